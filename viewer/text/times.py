"""Times of day as seconds of the epoch, in the forms that providers write them."""

from datetime import datetime, tzinfo
from typing import Any

_MILLISECONDS = 1e11
# The year 2286 in milliseconds.
_NO_TIME = 1e13


def of_text(value: Any, zone: tzinfo | None = None) -> float | None:
    """Return the seconds of an RFC 3339 time, in a zone where it names none; None for what is none.

    Nanoseconds are finer than a float of today's date can hold. Go's zero time, the year 1, is no time.
    """
    try:
        time = datetime.fromisoformat(value)
        time = time if time.tzinfo else time.replace(tzinfo=zone)
        seconds = time.timestamp() if time.tzinfo else 0.0
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds > 0 else None


def of_number(value: Any) -> float | None:
    """Return the seconds of a number of them, or of milliseconds, which a few send; 0, as on Azure's first chunk, is no time."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < _NO_TIME:
        return None
    return value / 1000 if value > _MILLISECONDS else float(value)
