"""A stream's rows with their times: which of them are chunks, when those came, and how long it was from one to another."""

from dataclasses import dataclass

import numpy as np

from viewer.streams.timing.arrival import BOUNDED, Arrival
from viewer.streams.timing.timing import Timing
from viewer.types.chunk_table import KEEP_ALIVE, OTHER, Floats, Ints, begins_event
from viewer.types.measure import Measure, unknown

NOT_RECORDED = "the recording does not say when chunks arrived"
SPREAD = "only a total is recorded, which counts the time before the first chunk in"


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Hold the columns of one stream's rows that its figures are made of, and how their times are known."""

    event: Ints
    kind: Ints
    tokens: Floats
    tokens_before: float
    """Tokens made out of sight before the first row."""
    arrival: Arrival
    timing: Timing
    responses: int = 1
    """How many responses the stream holds, one after another."""

    def is_known(self, row: int) -> bool:
        """Tell whether a row's own time is known, and not only what it lies between."""
        return self.timing.grade not in ("measured", "stamped") or int(self.arrival.grade[row]) != BOUNDED


def chunk_rows(kind: Ints) -> Ints:
    """Return the rows that are chunks: no comments and pings, and no `[DONE]` where anything else was understood."""
    chunks = np.flatnonzero((kind != KEEP_ALIVE) & (kind != OTHER))
    return chunks if len(chunks) else np.flatnonzero(kind == OTHER)


def event_count(timed: Timed, rows: Ints) -> int:
    """Return how many events some rows came from."""
    return int(np.count_nonzero(begins_event(timed.event[rows])))


def chunk_times(timed: Timed) -> Floats:
    """Return when each event that is a chunk arrived, in order, in seconds since the origin."""
    chunks = chunk_rows(timed.kind)
    rows = chunks[begins_event(timed.event[chunks])]
    if timed.timing.grade in ("measured", "stamped"):
        rows = rows[timed.arrival.grade[rows] != BOUNDED]
    times: Floats = timed.arrival.t[rows]
    return times


def between(first: int, last: int, timed: Timed, source: str) -> Measure:
    """Measure from one row to a later one."""
    arrival, timing = timed.arrival, timed.timing
    value: float | None = float(arrival.t[last] - arrival.t[first])
    if not timed.is_known(first) or not timed.is_known(last) or timing.is_window:
        value = None
    low = max(0.0, float(arrival.low[last] - arrival.high[first]))
    high = float(arrival.high[last] - arrival.low[first])
    if value is None and not low and not np.isfinite(high):
        return unknown("s", SPREAD)
    return Measure(value, low, high if np.isfinite(high) else None, "s", timing.grade, source)
