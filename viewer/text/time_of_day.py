"""Times of day without a date, as tools stamp what passes through them."""

_DAY_US = 24 * 60 * 60 * 10**6


def microseconds(written: str) -> int:
    """Return the microseconds since midnight of HH:MM:SS with up to six digits after the seconds."""
    hours, minutes, seconds = written.split(":")
    whole, _, part = seconds.partition(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 10**6 + int(part.ljust(6, "0"))


def after(last_us: int | None, us: int) -> int:
    """Return a time as microseconds since the midnight before the first, given the one before it.

    One that is earlier by more than half a day is of the next day; a clock that was set back a little stays so.
    """
    if last_us is None:
        return us
    us += last_us - last_us % _DAY_US
    return us + _DAY_US if us < last_us - _DAY_US // 2 else us
