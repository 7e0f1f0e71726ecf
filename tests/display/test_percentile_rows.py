"""Percentiles as rows of a table."""

from dataclasses import replace

import pytest

import viewer
from tests.conftest import SAMPLES
from viewer.display.percentile_rows import group_summary, group_title, mark_lines, percentile_rows, unknown_line
from viewer.library import statistics_of


@pytest.fixture(scope="module")
def seed():
    [group] = statistics_of(viewer.open_many(SAMPLES / "grok-code-fast-1_simple_streaming.yaml"))
    return group


def cells_of(group, label):
    [row] = (row for row in percentile_rows(group) if row.label == label)
    return [*row.cells, row.known]


def test_each_row_has_a_cell_for_each_percentile_and_the_count_with_grades(seed):
    assert percentile_rows(seed)[0] == ("", ("p50", "p90", "p95", "p99"), "known in")
    assert cells_of(seed, "First to last chunk") == [*["1.00 to 3.00 s"] * 4, "1 of 1 ↔1"]
    assert cells_of(seed, "Output rate, tokens/s") == [*["53 to 159"] * 4, "1 of 1 ↔1"]
    assert cells_of(seed, "Output tokens") == [*["160"] * 4, "1 of 1"]


def test_a_figure_that_too_few_support_is_one_dash_and_explained(seed):
    times = replace(seed.figures["stream_time"], known=3, of=40, percentiles={})
    few = replace(seed, figures={**seed.figures, "stream_time": times})
    assert cells_of(few, "First to last chunk") == ["—", "", "", "", "3 of 40 ↔1"]
    assert mark_lines([few])[-1].startswith("— fewer than half")
    assert not any(line.startswith("—") for line in mark_lines([seed]))


def test_figures_that_none_supports_are_named_and_have_no_row(seed):
    assert unknown_line(seed) == "known in none: between chunks, p99"
    assert "Between chunks, p99" not in [row.label for row in percentile_rows(seed)]


@pytest.mark.parametrize(
    ("estimated", "label"), [(0, "Cost"), (1, "Cost, by list prices"), (7, "Cost, partly by list prices")]
)
def test_costs_say_whether_they_are_calculated(seed, estimated, label):
    assert percentile_rows(replace(seed, estimated_costs=estimated))[-1].label == label


def test_a_group_says_what_it_is_and_what_is_left_out(seed):
    assert group_summary(replace(seed, left_out=2)) == (
        "1 answer in 1 recording; 1 streamed; 2 left out, which ended in an error or were cut off"
    )
    assert [group_title(seed, by) for by in (None, "model")] == ["all recordings", "model not known"]
    empty = replace(seed, answers=0, streams=0)
    assert (percentile_rows(empty), unknown_line(empty)) == ([], "")
