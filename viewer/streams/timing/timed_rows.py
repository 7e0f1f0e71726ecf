"""A stream's rows with their times: which rows are chunks, when they arrived, and the time between two of them."""

from dataclasses import dataclass

import numpy as np

from viewer.streams.timing.arrival import BOUNDED, Arrival
from viewer.streams.timing.timing import Timing
from viewer.types.chunk_table import (
    AUDIO,
    CONTENT,
    FINISH,
    KEEP_ALIVE,
    OTHER,
    REASONING,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
    USAGE,
    Floats,
    Ints,
    begins_event,
    count_events,
    is_kind,
)
from viewer.types.measure import Measure, unknown

SHOWN_KINDS = (REASONING, CONTENT, TOOL_CALL, REFUSAL, AUDIO)
"""The kinds of chunk that show something of the answer: AIPerf's content responses."""
NOT_RECORDED = "the recording does not say when chunks arrived"
ENDS_ONLY = "the program wrote when each part was complete, not when it began"
SPREAD = "only a total is recorded, which includes the time before the first chunk"


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """The columns of a stream from which its figures are computed, and how their times are known."""

    event: Ints
    kind: Ints
    tokens: Floats
    tokens_before: float
    """The number of hidden tokens before the first row."""
    arrival: Arrival
    timing: Timing
    responses: int = 1
    """The number of responses in the stream, one after another."""

    def is_known(self, row: int) -> bool:
        """Tell whether a row's own time is known, and not only its bounds."""
        return self.timing.grade not in ("measured", "stamped") or int(self.arrival.grade[row]) != BOUNDED


def chunk_rows(kind: Ints) -> Ints:
    """Return the rows that are chunks: not comments or pings, and not of kind other unless the stream has nothing else."""
    chunks = np.flatnonzero((kind != KEEP_ALIVE) & (kind != OTHER))
    return chunks if len(chunks) else np.flatnonzero(kind == OTHER)


def shown_rows(kind: Ints) -> Ints:
    """Return the rows that show something of the answer, or all chunks if none does.

    A role, a finish reason and the usage are chunks of their own, but no part of the answer arrives with them.
    """
    shown = np.flatnonzero(is_kind(kind, SHOWN_KINDS))
    return shown if len(shown) else chunk_rows(kind)


def flow_rows(kind: Ints) -> Ints:
    """Return the chunks from the first to the last that shows something, silent ones between them and a final error included.

    What comes before belongs to the time to the first token. A finish reason or the usage can come long after the answer.
    """
    shown = np.flatnonzero(is_kind(kind, SHOWN_KINDS))
    if not len(shown):
        return chunk_rows(kind)
    after_first = np.arange(len(kind)) >= shown[0]
    silent_at_end = (kind == SILENT) & (np.arange(len(kind)) > shown[-1])
    passed_over = is_kind(kind, (KEEP_ALIVE, OTHER, START, FINISH, USAGE))
    return np.flatnonzero(after_first & ~silent_at_end & ~passed_over)


def event_count(timed: Timed, rows: Ints) -> int:
    """Count the events of some rows."""
    return count_events(timed.event[rows])


def event_times(timed: Timed, rows: Ints) -> Floats:
    """Return when each event of some rows arrived, in order and in seconds since the origin."""
    rows = rows[begins_event(timed.event[rows])]
    if timed.timing.grade in ("measured", "stamped"):
        rows = rows[timed.arrival.grade[rows] != BOUNDED]
    times: Floats = timed.arrival.t[rows]
    return times


def measure_between(first: int, last: int, timed: Timed, source: str) -> Measure:
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
