"""When a stream showed nothing, and why: events without a visible delta, comments, or no event at all."""

from dataclasses import dataclass

import numpy as np

from viewer.streams.timing.metrics import burst_s
from viewer.streams.timing.timed_rows import Timed, event_times, flow_rows
from viewer.types.chunk_table import KEEP_ALIVE, SILENT, Floats, count_events

# A gap is a stall if it is long for a person and long for this stream.
STALL_S = 0.5
STALL_TIMES_MEDIAN = 5.0
# Nobody reads a longer list.
MAX_STALLS = 20


@dataclass(frozen=True, slots=True)
class Stall:
    """One gap between two chunks in which nothing arrived except comments and pings."""

    begin_s: float
    end_s: float
    keep_alives: int

    @property
    def length_s(self) -> float:
        """Its duration."""
        return self.end_s - self.begin_s


@dataclass(frozen=True, slots=True)
class Silences:
    """The parts of a stream that show nothing."""

    silent_events: int
    """Events without a visible delta: the provider was busy, or hides its work."""
    keep_alives: int
    """Comments and pings, which only keep the connection open."""
    stalls: tuple[Stall, ...]
    """True gaps, longest first, at most `MAX_STALLS`. Empty if the grade of the times cannot show them."""
    stall_count: int
    burst_s: float | None
    """The duration of a stream that arrived in one burst, perhaps because a proxy buffered it; None for any other."""


def find_silences(timed: Timed) -> Silences:
    """Find the silences of a stream. Gaps are found only if its times are measured or stamped, and not of whole parts."""
    silent = count_events(timed.event[timed.kind == SILENT])
    keep_alives = int(np.count_nonzero(timed.kind == KEEP_ALIVE))
    has_gaps = timed.timing.grade in ("measured", "stamped") and not timed.timing.marks_ends
    if not has_gaps or timed.responses > 1:
        return Silences(silent, keep_alives, (), 0, burst_s(timed))
    stalls, count = _stalls(event_times(timed, flow_rows(timed.kind)), timed)
    return Silences(silent, keep_alives, stalls, count, burst_s(timed))


def _stalls(times: Floats, timed: Timed) -> tuple[tuple[Stall, ...], int]:
    """Return the longest stalls, and the number of all stalls."""
    gaps = np.diff(times)
    if not len(gaps):
        return (), 0
    long = np.flatnonzero((gaps >= STALL_S) & (gaps >= STALL_TIMES_MEDIAN * np.median(gaps)))
    longest = long[np.argsort(gaps[long])[::-1][:MAX_STALLS]]
    comments = timed.arrival.t[timed.kind == KEEP_ALIVE]
    stalls = tuple(
        Stall(
            float(times[gap]),
            float(times[gap + 1]),
            int(np.count_nonzero((comments > times[gap]) & (comments < times[gap + 1]))),
        )
        for gap in longest
    )
    return stalls, len(long)
