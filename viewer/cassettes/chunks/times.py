"""Decide from their names and values what the times beside the chunks of a list mean, and whether they can be arrivals.

Nobody documents such times. A unit in the name decides; else the values do, if only one unit makes sense of them. Delays add
up and offsets do not. Times that cannot be arrivals are not used, and a reason is given.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import median
from typing import Any, NamedTuple

from viewer.cassettes.chunks.recorded_numbers import UNITS_S, RecordedNumbers, read_numbers

_WORD = re.compile(r"[A-Z]?[a-zµμ]+|[A-Z]+(?![a-z])|\d+")
_DELAYS = frozenset(
    [
        "delay",
        "delays",
        "gap",
        "gaps",
        "interval",
        "intervals",
        "dt",
        "wait",
        "waits",
        "sleep",
        "inter",
        "itl",
        "delta",
        "deltas",
        "previous",
        "prev",
        "last",
    ]
)
_TIMES = frozenset(
    [
        "t",
        "ts",
        "time",
        "times",
        "timestamp",
        "timestamps",
        "stamp",
        "stamps",
        "offset",
        "offsets",
        "elapsed",
        "at",
        "arrival",
        "arrivals",
        "arrived",
        "received",
        "recv",
        "when",
        "date",
        "datetime",
        "clock",
        "since",
        "relative",
        "rel",
    ]
)
# What these count from is not in the name.
_UNCLEAR = frozenset(["timing", "timings", "duration", "durations", "latency", "latencies"])
_NOT_TIMES = frozenset(
    ["token", "tokens", "count", "index", "idx", "size", "bytes", "length", "max", "min", "total", "rate", "per"]
)
_OWN_TIMES = frozenset(["offset", "elapsed", "arrival", "arrived", "received", "recv", "delay"])

# Epoch seconds from 2001 to 2103, and the years in which recordings of language models were made.
_EPOCH_S = (1e9, 4.2e9)
_RECORDING_YEARS_S = (1.42e9, 2.1e9)
# By unit, the typical time between two chunks of a stream, as a plain number. Between the rows the unit is not certain.
_TYPICAL_STEPS = ((1.0, 0.0, 0.5), (1e-3, 5.0, 5e3), (1e-6, 2e4, 5e6), (1e-9, 5e7, 5e9))
# Fractions of a second are written with a fraction, milliseconds mostly without.
_FRACTIONAL_SECONDS = (0.5, 5.0)
# No model writes 10,000 chunks in a second, but a loop that stamps a finished list does.
_MIN_CHUNKS_OF_BURST = 5
_MIN_STEP_S = 1e-4
# So many delays, each longer than the one before, are offsets.
_MIN_GROWING = 6
_MAX_LENGTH_S = 86_400.0


class TimeColumn(NamedTuple):
    """One time for each chunk of a list, as recorded."""

    name: str
    values: Sequence[Any]


class ChunkTimes(NamedTuple):
    """When the chunks of a list arrived."""

    s: tuple[float, ...]
    """Seconds since `origin`."""
    resolution_s: float
    since_request: bool
    ended_epoch_s: float | None
    """When the last chunk arrived; None if the times have no date."""
    headers_s: float | None = None
    """From the request to the response headers; None if not recorded."""
    doubt: str = ""
    """What speaks against these times without ruling them out; "" if nothing does."""


def names_time(name: str, *, in_event: bool = False) -> bool:
    """Tell whether a key names a time. A key within a provider's event is the provider's, unless only a client writes it."""
    words = _words(name)
    if in_event:
        return name in ("t", "_t") or not _OWN_TIMES.isdisjoint(words) or words[:1] == ["t"]
    is_time = not (_TIMES | _DELAYS | _UNCLEAR).isdisjoint(words) or (len(words) == 1 and words[0] in UNITS_S)
    return is_time and _NOT_TIMES.isdisjoint(words)


def names_delay(name: str) -> bool:
    """Tell whether a key names the time since the chunk before."""
    return not _DELAYS.isdisjoint(_words(name))


def read_times(column: TimeColumn, sent: Any = None, answered: Any = None) -> ChunkTimes | str:
    """Return when the chunks arrived, or why their times cannot be used.

    `sent` and `answered` are the times of the request and of the response's headers under the same name. The first makes the
    times count from the request.
    """
    numbers = read_numbers(column.values)
    if numbers is None:
        return "not all of them are times"
    words = _words(column.name)
    is_delay = names_delay(column.name)
    if not is_delay and not _UNCLEAR.isdisjoint(words) and not numbers.is_date:
        if _goes_back(numbers.values):
            is_delay = True
        elif len(numbers.values) < _MIN_GROWING:
            return "they can be delays or offsets"
    return _delays(numbers, words) if is_delay else _offsets(numbers, words, sent, answered)


def _delays(numbers: RecordedNumbers, words: list[str]) -> ChunkTimes | str:
    delays = numbers.values
    if min(delays) < 0:
        return "a delay is negative"
    if len(delays) >= _MIN_GROWING and all(one < other for one, other in pairwise(delays)):
        return "each is longer than the one before, as offsets are and delays are not"
    # The first delay counts from something else, such as the request.
    unit_s = numbers.unit_s or _unit_in(words) or _typical_unit(delays[1:] or delays, numbers)
    if unit_s is None:
        return "their unit is not certain"
    s = tuple(one * unit_s for one in accumulate(delays))
    doubt = ""
    if len(delays) > 2 and len(set(delays[1:])) == 1:
        doubt = "All delays are equal. If they were set by hand, they are not a measurement"
    return _checked(ChunkTimes(s, numbers.resolution * unit_s, since_request=False, ended_epoch_s=None, doubt=doubt))


def _offsets(numbers: RecordedNumbers, words: list[str], sent: Any, answered: Any) -> ChunkTimes | str:
    times = numbers.values
    if _goes_back(times):
        return "they run backwards"
    if len(times) > 1 and times[0] == times[-1]:
        return "all are equal, so they do not tell when each chunk arrived"
    named_s, epoch_s = _unit_in(words), _epoch_unit(times)
    unit_s = numbers.unit_s or named_s or epoch_s
    if named_s and epoch_s and named_s != epoch_s and _is_recent(times, epoch_s) and not numbers.is_date:
        return "their name and their size say different units"
    origin = _same_clock(sent, numbers)
    origin = None if origin is None or origin > times[0] else origin
    headers = _same_clock(answered, numbers)
    unit_s = unit_s or _typical_unit([other - one for one, other in pairwise(times)] or times, numbers)
    if unit_s is None and origin is not None and words == ["t"]:
        # This is how docs/recording-by-hand.md defines it.
        unit_s = 1.0
    if unit_s is None:
        return "their unit is not certain"
    is_epoch = numbers.is_date or epoch_s == unit_s
    since_request = origin is not None or ("request" in words and not is_epoch)
    zero = (times[0] if is_epoch else 0.0) if origin is None else origin
    return _checked(
        ChunkTimes(
            tuple((one - zero) * unit_s for one in times),
            numbers.resolution * unit_s,
            since_request,
            times[-1] * unit_s if is_epoch else None,
            (headers - origin) * unit_s if headers is not None and origin is not None and headers >= origin else None,
        )
    )


def _checked(times: ChunkTimes) -> ChunkTimes | str:
    length_s = times.s[-1] - times.s[0]
    count = len(times.s)
    if count >= _MIN_CHUNKS_OF_BURST and length_s < count * _MIN_STEP_S:
        return (
            f"{count:,} within {length_s * 1e3:.3g} ms are too close together, as if written after the stream had ended"
        )
    return "they say that the stream took more than a day" if length_s > _MAX_LENGTH_S else times


def _same_clock(value: Any, numbers: RecordedNumbers) -> float | None:
    """Return another time of the clock of some times. Return None if it is not one."""
    other = read_numbers([value])
    return other.values[0] if other and other.is_date == numbers.is_date else None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _unit_in(words: list[str]) -> float | None:
    """Return the unit that a name ends with, or contains as in `ms_since_start`."""
    found = [UNITS_S[word] for word in words if word in UNITS_S]
    return found[-1] if found else None


def _epoch_unit(times: Sequence[float]) -> float | None:
    low, high = _EPOCH_S
    return next((unit for unit in (1.0, 1e-3, 1e-6, 1e-9) if all(low <= one * unit < high for one in times)), None)


def _is_recent(times: Sequence[float], unit_s: float) -> bool:
    low, high = _RECORDING_YEARS_S
    return all(low <= one * unit_s < high for one in times)


def _typical_unit(steps: Sequence[float], numbers: RecordedNumbers) -> float | None:
    """Return the unit in which these are times between chunks. Return None if more than one unit makes sense."""
    positive = [step for step in steps if step > 0]
    if not positive:
        return None
    step = median(positive)
    low, high = _FRACTIONAL_SECONDS
    if low <= step < high and numbers.resolution < 1:
        return 1.0
    return next((unit_s for unit_s, low, high in _TYPICAL_STEPS if low <= step < high), None)


def _goes_back(times: Sequence[float]) -> bool:
    return any(other < one for one, other in pairwise(times))
