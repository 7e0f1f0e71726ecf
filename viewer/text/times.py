"""Recorded times as seconds of the epoch, in every form that providers and recorders write."""

from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from viewer.text.json import is_number, number

# As seconds, 1e11 lies in the year 5138; as milliseconds, in 1973. So a larger number counts milliseconds.
_FIRST_MILLISECONDS = 1e11
# In milliseconds, the year 2286.
_MAX_TIME = 1e13
# Thirty years: no recording lasts longer.
_MAX_DURATION_MS = 1e12
_DAY_US = 24 * 60 * 60 * 10**6


def parse_time(value: Any, zone: tzinfo | None = None) -> float | None:
    """Parse an RFC 3339 time to epoch seconds, assuming `zone` if it has none. Return None if it is not a time.

    Nanoseconds are lost: a float of today's date is no finer than 0.2 µs. Go's zero time (year 1) is not a time.
    """
    try:
        time = datetime.fromisoformat(value)
        time = time if time.tzinfo else time.replace(tzinfo=zone)
        epoch_s = time.timestamp() if time.tzinfo else 0.0
    except (TypeError, ValueError, OverflowError):
        return None
    return epoch_s if epoch_s > 0 else None


def parse_http_date(value: str) -> float | None:
    """Parse the date of an HTTP header (RFC 9110, 5.6.7) to epoch seconds. Return None if it is not a date."""
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def parse_epoch(value: Any) -> float | None:
    """Return epoch seconds from a number of seconds or milliseconds. Return None for 0, which Azure sends, and non-numbers."""
    if not is_number(value) or not 0 < value < _MAX_TIME:
        return None
    return value / 1000 if value > _FIRST_MILLISECONDS else float(value)


def seconds_from_ms(value: Any) -> float | None:
    """Return a recorded number of milliseconds in seconds. Return None if it is not a number that can be a duration."""
    milliseconds = number(value, 0, _MAX_DURATION_MS)
    return None if milliseconds is None else milliseconds / 1e3


def parse_time_of_day(text: str) -> int:
    """Parse HH:MM:SS with up to six decimals to microseconds since midnight. Raise `ValueError` if it is something else."""
    hours, minutes, seconds = text.split(":")
    whole, _, fraction = seconds.partition(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 10**6 + int(fraction.ljust(6, "0"))


def continue_day(last_us: int | None, time_us: int) -> int:
    """Convert a time of day to microseconds since the midnight before the first one, given the previous result.

    A time that is more than half a day earlier belongs to the next day. A clock that was set back a little stays so.
    """
    if last_us is None:
        return time_us
    time_us += last_us - last_us % _DAY_US
    return time_us + _DAY_US if time_us < last_us - _DAY_US // 2 else time_us
