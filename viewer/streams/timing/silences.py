"""Where a stream stood still, and what each silence was: events that show nothing, comments, or no event at all."""

from dataclasses import dataclass

import numpy as np

from viewer.streams.timing.metrics import burst_s
from viewer.streams.timing.timed_rows import Timed, chunk_times
from viewer.types.chunk_table import KEEP_ALIVE, SILENT, Floats

# A gap is a stall where it is long for a person and long for this stream.
STALL_S = 0.5
STALL_TIMES_MEDIAN = 5.0
MOST_STALLS = 20


@dataclass(frozen=True, slots=True)
class Stall:
    """Hold one gap between two chunks in which no event came but comments and pings."""

    begin_s: float
    end_s: float
    keep_alives: int

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.begin_s


@dataclass(frozen=True, slots=True)
class Silences:
    """Hold what of a stream shows nothing."""

    silent_events: int
    """Events with no visible delta: the provider was at work, or hides what it did."""
    keep_alives: int
    """Comments and pings: only the connection was kept."""
    stalls: tuple[Stall, ...]
    """True gaps, the longest first and no more than `MOST_STALLS`; none where the grade of the times cannot tell."""
    stall_count: int
    burst_s: float | None
    """How long the whole stream took to come, where that was all at once; something on the way may have buffered it."""


def silences_of(timed: Timed) -> Silences:
    """Return the silences of a stream; gaps are told only where times are measured or stamped."""
    silent = len(np.unique(timed.event[timed.kind == SILENT]))
    kept = timed.kind == KEEP_ALIVE
    if timed.timing.grade not in ("measured", "stamped") or timed.responses > 1:
        return Silences(silent, int(np.count_nonzero(kept)), (), 0, burst_s(timed))
    stalls, count = _stalls(chunk_times(timed), timed)
    return Silences(silent, int(np.count_nonzero(kept)), stalls, count, burst_s(timed))


def _stalls(times: Floats, timed: Timed) -> tuple[tuple[Stall, ...], int]:
    """Return the longest stalls, and how many there are."""
    gaps = np.diff(times)
    if not len(gaps):
        return (), 0
    long = np.flatnonzero((gaps >= STALL_S) & (gaps >= STALL_TIMES_MEDIAN * np.median(gaps)))
    longest = long[np.argsort(gaps[long])[::-1][:MOST_STALLS]]
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
