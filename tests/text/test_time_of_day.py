import pytest

from viewer.text.time_of_day import after, microseconds

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
    assert microseconds(written) == us


def test_a_time_that_is_earlier_by_more_than_half_a_day_is_of_the_next_day():
    times = [23 * HOUR, 1 * HOUR, 14 * HOUR, 23 * HOUR, 0]
    last, read = None, []
    for us in times:
        last = after(last, us)
        read.append(last // HOUR)
    assert read == [23, 25, 38, 47, 48]


def test_a_clock_that_was_set_back_a_little_stays_so():
    assert after(5_000_000, 4_999_000) == 4_999_000
