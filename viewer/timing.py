"""When each chunk arrived, and how we know.

Recordings rarely hold arrival times. What one holds decides the grade of every time read from it; a time that nothing
supports is `paced`, made for the eye alone, and enters no figure.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.http import RecordedTimes
from viewer.measure import Measure, unknown
from viewer.schema import Floats, Grade, Ints

DEFAULT_PACE_TOKENS_PER_S = 50.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """State one thing the recording holds about time."""

    source: str
    """The field it stands in, as the recorder or the provider names it."""
    statement: str
    """What it says, and what it does not."""


@dataclass(frozen=True, slots=True)
class Timing:
    """State how the times of a stream are known."""

    grade: Grade
    origin: str
    """What t = 0 is: "request" where the recording ties chunks to the request, else "first chunk"."""
    lead: Measure
    """From the request to the first chunk."""
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """Hold the arrival of each row in seconds since the origin: best value and hard bounds."""

    t: Floats
    low: Floats
    high: Floats


def time_rows(
    event: Ints,
    stamp: Floats,
    tokens: Floats,
    times: RecordedTimes,
    pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S,
) -> tuple[Timing, Arrival]:
    """Return how the rows of one stream are timed, and when each arrived.

    Rows are in the order of the wire; `event` numbers the unit each came from and `stamp` is the provider's own time on
    it, or missing. All rows of one event arrive together.
    """
    evidence: list[Evidence] = []
    lead = _lead(times, evidence)
    arrival = _bounded(event, stamp, evidence)
    if arrival is not None:
        return Timing("bounded", "first chunk", lead, evidence), arrival
    return Timing("paced", "first chunk", lead, evidence), _paced(event, tokens, pace_tokens_per_s)


def _lead(times: RecordedTimes, evidence: list[Evidence]) -> Measure:
    if times.headers_s is None:
        return unknown("s", "the recording does not say when the request was sent")
    evidence.append(
        Evidence(
            "headers",
            f"Response headers came after {times.headers_s * 1000:.1f} ms. This time ends before the body is"
            " read: a lower bound of the first chunk, not the length of the stream.",
        )
    )
    return Measure(None, times.headers_s, None, "s", "bounded", "after the response headers")


def _bounded(event: Ints, stamp: Floats, evidence: list[Evidence]) -> Arrival | None:
    """Return times from whole-second stamps that move; None, with the reason as evidence, where they do not."""
    stamped = np.isfinite(stamp)
    seconds = stamp[stamped]
    if not len(seconds):
        evidence.append(Evidence("created", "No event carries a time stamp that can be read."))
        return None
    if (np.diff(seconds) < 0).any():
        evidence.append(Evidence("created", "The stamps run backwards, so they bound nothing."))
        return None
    if (seconds % 1).any():
        evidence.append(Evidence("created", "The stamps are no whole seconds, so what they bound is not known."))
        return None
    ticks = int(seconds[-1] - seconds[0])
    if ticks == 0:
        evidence.append(
            Evidence(
                "created",
                "Every event carries the same whole second. Most servers stamp all events with the time the response was created, so it says nothing of when each came.",
            )
        )
        return None
    evidence.append(
        Evidence(
            "created",
            f"The server's stamps are whole seconds that move, from the first to second {ticks + 1}: each stamped chunk"
            " lies in the second it is stamped with, on the server's clock.",
        )
    )
    first_row = np.flatnonzero(stamped)[0]
    position = _positions_in_seconds(event, stamp - seconds[0], stamped)
    index = np.arange(len(stamp))
    # A row without a stamp came after the last stamped row before it and before the next one.
    before = np.maximum.accumulate(np.where(stamped, index, -1))
    after = np.minimum.accumulate(np.where(stamped, index, len(stamp))[::-1])[::-1]
    zero = seconds[0]
    low = np.where(before >= 0, stamp[before] - zero - 1, -np.inf)
    high = np.where(after < len(stamp), stamp[np.minimum(after, len(stamp) - 1)] - zero + 1, np.inf)
    t = position[np.where(before >= 0, before, first_row)] - position[first_row]
    at_origin = event == event[first_row]
    low = np.where(at_origin, 0.0, np.where(before >= 0, np.maximum(low, 0.0), low))
    high = np.where(at_origin | (before < 0), 0.0, high)
    return Arrival(np.clip(t, low, high), low, high)


def _positions_in_seconds(event: Ints, stamp: Floats, stamped: npt.NDArray[np.bool_]) -> Floats:
    """Return where in time each stamped row most likely lies, missing for the others.

    How many events came before each tick of the server's clock is known exactly; between two ticks they are spread
    evenly. The first and the last second are only partly used: there the rate of the nearest full second goes on.
    """
    events, first_rows, row_event = np.unique(event[stamped], return_index=True, return_inverse=True)
    event_stamp = stamp[stamped][first_rows]
    second, begin, event_second, n = np.unique(event_stamp, return_index=True, return_inverse=True, return_counts=True)
    rank = np.arange(len(events)) - begin[event_second]
    used = np.ones(len(second))
    # With two seconds only, both partial, the slowest rate that fits both is the fuller one's.
    first_rate = n[1] if len(second) > 2 else n.max()
    last_rate = n[-2] if len(second) > 2 else n.max()
    used[0] = min(1.0, n[0] / first_rate)
    used[-1] = min(1.0, n[-1] / last_rate)
    offset = np.zeros(len(second))
    offset[0] = 1 - used[0]
    place = event_stamp + offset[event_second] + used[event_second] * (rank + 0.5) / n[event_second]
    position = np.full(len(stamp), np.nan)
    position[stamped] = place[row_event]
    return position


def _paced(event: Ints, tokens: Floats, pace_tokens_per_s: float) -> Arrival:
    """Return nominal times: every chunk takes as long as its tokens at the chosen pace."""
    counted = np.nan_to_num(tokens)
    total = np.cumsum(counted)
    # All rows of an event arrive with its last.
    last_row = np.searchsorted(event, event, side="right") - 1
    t = (total[last_row] - (total[last_row[0]] if len(total) else 0.0)) / pace_tokens_per_s
    return Arrival(t, np.zeros(len(t)), np.full(len(t), np.inf))
