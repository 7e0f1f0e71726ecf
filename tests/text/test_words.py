import pytest

from viewer.text.words import (
    LABELS,
    bounds,
    counted,
    dollars,
    explain_grade,
    explanation,
    headline,
    marked,
    number,
    ranges,
    seconds,
    size,
)
from viewer.types.measure import Measure, unknown


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (82, "82"), (1234567, "1,234,567"), (81.97, "82"), (3.14159, "3.14"), (0.5, "0.5"), (1234.5, "1,230")],
)
def test_a_number_is_rounded_to_three_significant_digits_and_a_count_is_exact(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 streams"), (1, "1 stream"), (1234, "1,234 streams")])
def test_a_count_of_one_is_singular(count, text):
    assert counted(count, "stream") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (0.0005, "0.5 ms"),
        (0.0123, "12.3 ms"),
        (0.1925, "0.193 s"),
        (1, "1.00 s"),
        (1.6219, "1.62 s"),
        (12.34, "12.3 s"),
        (59.99, "60.0 s"),
        (61.2, "1 min 1 s"),
    ],
)
def test_a_time_has_three_significant_digits_and_its_unit(value, text):
    assert seconds(value) == text


def test_a_bound_without_a_value_is_written_as_an_inequality():
    assert headline(Measure(None, 0.193, None, "s", "bounded", "")) == "≥ 0.193 s"
    assert headline(Measure(None, None, 2, "s", "bounded", "")) == "≤ 2.00 s"


def test_an_unknown_value_is_a_dash_with_the_reason():
    measure = unknown("s", "nobody wrote it down")
    assert headline(measure) == "—"
    assert explanation(measure) == "nobody wrote it down"


def test_bounds_are_written_only_for_a_value_that_is_not_exact():
    assert bounds(Measure(1.6, 1, 3, "s", "bounded", "")) == "1.00 to 3.00 s"
    assert bounds(Measure(82, 82, 82, "chunks/s", "bounded", "")) == ""
    assert bounds(Measure(2, 1, None, "s", "bounded", "")) == "at least 1.00 s"


@pytest.mark.parametrize(("value", "text"), [(14, "14 B"), (36200, "36.2 kB"), (1_500_000, "1.5 MB")])
def test_a_size_is_written_in_decimal_units(value, text):
    assert size(value) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "$0.00"),
        (1234.5, "$1,234.50"),
        (0.1, "$0.10"),
        (0.0123, "$0.012"),
        (0.000468, "$0.00047"),
        (5.4e-6, "$0.0000054"),
    ],
)
def test_a_small_amount_of_dollars_has_two_significant_digits(value, written):
    assert dollars(value) == written


def test_rising_numbers_are_written_in_runs():
    assert ranges([4], 9) == "4"
    assert ranges([0, 1, 3, 4, 5, 9], 9) == "0, 1, 3 to 5 and 9"
    assert ranges([0, 2, 4, 6], 2) == "0, 2 and more"


def test_every_metric_has_a_label(seed_stream):
    assert set(LABELS) == set(seed_stream.metrics)


def test_a_figure_is_followed_by_the_mark_of_its_grade():
    assert marked(Measure(1.6, 1.0, 3.0, "s", "bounded", "stamps")) == "1.60 s ↔"
    assert marked(unknown("s", "the recording holds no times")) == "—"


def test_a_grade_is_explained():
    assert explain_grade("paced") == "paced: speed not recorded; replay uses a nominal pace"
