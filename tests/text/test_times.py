from datetime import UTC

import pytest

from viewer.text.times import continue_day, parse_epoch, parse_http_date, parse_time, parse_time_of_day, seconds_from_ms

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("written", "us"),
    [
        ("00:00:00", 0),
        ("00:00:01.5", 1_500_000),
        ("01:02:03.000004", 3_723_000_004),
        ("23:59:59.999999", 86_399_999_999),
    ],
)
def test_a_time_of_day_is_read_to_the_microsecond(written, us):
    assert parse_time_of_day(written) == us


def test_a_time_that_is_earlier_by_more_than_half_a_day_belongs_to_the_next_day():
    times = [23 * HOUR, 1 * HOUR, 14 * HOUR, 23 * HOUR, 0]
    last, read = None, []
    for us in times:
        last = continue_day(last, us)
        read.append(last // HOUR)
    assert read == [23, 25, 38, 47, 48]


def test_a_clock_that_was_set_back_a_little_stays_on_the_same_day():
    assert continue_day(5_000_000, 4_999_000) == 4_999_000


@pytest.mark.parametrize(
    ("text", "epoch_s"),
    [
        ("2025-09-03T05:00:16Z", 1756875616.0),
        ("2025-09-03T07:00:16.250+02:00", 1756875616.25),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        (1756875616, None),
        (None, None),
    ],
)
def test_an_rfc_3339_time_is_parsed_and_anything_else_is_not_a_time(text, epoch_s):
    assert parse_time(text) == epoch_s


def test_a_time_without_a_zone_is_in_the_given_one_or_unknown():
    assert parse_time("2025-09-03T05:00:16", UTC) == 1756875616.0
    assert parse_time("2025-09-03T05:00:16") is None


@pytest.mark.parametrize(
    ("value", "epoch_s"),
    [(1756875616, 1756875616.0), (1756875616250, 1756875616.25), (0, None), (True, None), ("1", None), (1e20, None)],
)
def test_a_number_is_epoch_seconds_or_milliseconds(value, epoch_s):
    assert parse_epoch(value) == epoch_s


def test_a_date_header_is_parsed():
    assert parse_http_date("Wed, 03 Sep 2025 05:00:16 GMT") == 1756875616.0
    assert parse_http_date("soon") is None


@pytest.mark.parametrize(
    ("value", "seconds"), [(1500, 1.5), (0, 0.0), (-1, None), (1e13, None), (True, None), ("5", None)]
)
def test_a_duration_in_milliseconds_is_given_in_seconds(value, seconds):
    assert seconds_from_ms(value) == seconds
