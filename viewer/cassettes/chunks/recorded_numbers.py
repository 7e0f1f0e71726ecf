"""Read recorded times of any notation as numbers: JSON numbers, numbers as text, `"120ms"`, and dates."""

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any, NamedTuple

from viewer.text.json import is_number
from viewer.text.times import parse_time

UNITS_S = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "usec", "usecs", "micro", "micros", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds"), 1e-9),
}
"""The units of time by their names, in seconds."""

_WITH_UNIT = re.compile(r"\s*([0-9.]+)\s*(ns|us|µs|μs|ms|s)\s*")
_FRACTION = re.compile(r":\d\d[.,](\d+)")


class RecordedNumbers(NamedTuple):
    """Times as numbers of one unit."""

    values: list[float]
    unit_s: float | None
    """None if the values do not say."""
    resolution: float
    """In the unit of the values."""
    is_date: bool = False


def read_numbers(values: Sequence[Any]) -> RecordedNumbers | None:
    """Return recorded times as numbers. Return None if any is not a time."""
    if not values:
        return None
    if all(is_number(value) and abs(value) < 1e19 for value in values):
        return RecordedNumbers(list(values), None, 10.0 ** -max(map(_decimals, values)))
    if not all(isinstance(value, str) for value in values):
        return None
    matches = [_WITH_UNIT.fullmatch(value) for value in values]
    try:
        if all(matches):
            parts = [(float(match[1]), UNITS_S[match[2]]) for match in matches if match]
            finest = min(10.0 ** -_decimals(number) * unit for number, unit in parts)
            return RecordedNumbers([number * unit for number, unit in parts], 1.0, finest)
        plain = [float(value) if "." in value else int(value) for value in values if len(value) < 40]
    except ValueError:
        plain = []
    if len(plain) == len(values):
        return read_numbers(plain)
    dates = [parse_time(value, UTC) for value in values]
    known = [date for date in dates if date is not None]
    if len(known) < len(dates):
        return None
    digits = max(len(found[1]) if (found := _FRACTION.search(value)) else 0 for value in values)
    return RecordedNumbers(known, 1.0, 10.0 ** -min(digits, 6), is_date=True)


def _decimals(value: float) -> int:
    """Return how many decimals a number is written with. A number with a point has at least one."""
    if isinstance(value, int):
        return 0
    text = repr(value)
    return 9 if "e" in text else min(9, len(text.partition(".")[2]))
