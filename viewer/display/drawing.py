"""What may be drawn of a stream: it follows from the grade of its times, and everything that draws asks here."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from viewer.streams.stream import Stream
from viewer.types.chunk_table import Grade, Ints

Axis = Literal["seconds", "chunks"]
Rate = Literal["curve", "steps", "none"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What may be drawn of streams of one grade."""

    axis: Axis
    """What x is: seconds, or the number of the chunk if seconds would be invented."""
    rate: Rate
    """How tokens per second may be drawn: as a curve, as one step for each whole second, or not at all."""
    live_rate: bool
    """Whether a rate at one moment ("now") and the peak of the rate may be given."""
    gaps: bool
    """Whether the time between two chunks is recorded, so that gaps can be shown and skipped."""
    bounds: bool
    """Whether chunks have bounds wide enough to be seen on the axis."""


_RECORDED = Drawing(axis="seconds", rate="curve", live_rate=True, gaps=True, bounds=False)
_WHOLE_PARTS = Drawing(axis="seconds", rate="none", live_rate=False, gaps=True, bounds=False)
_WITHIN_SECONDS = Drawing(axis="seconds", rate="steps", live_rate=False, gaps=False, bounds=True)
_IN_ORDER = Drawing(axis="chunks", rate="none", live_rate=False, gaps=False, bounds=False)
_BY_GRADE: dict[Grade, Drawing] = {
    "measured": _RECORDED,
    "stamped": _RECORDED,
    "bounded": _WITHIN_SECONDS,
    "span": _IN_ORDER,
    "paced": _IN_ORDER,
}


def drawing_of(grade: Grade, *, marks_ends: bool = False) -> Drawing:
    """Return what may be drawn of streams of a grade. There is no rate if times are only those at which parts were complete."""
    return _WHOLE_PARTS if marks_ends and grade == "stamped" else _BY_GRADE[grade]


class RateStep(NamedTuple):
    """The rate in one whole second of the clock that stamped the chunks."""

    from_s: float
    to_s: float
    tokens_per_s: float


def rate_steps(stream: Stream, rows: Ints) -> list[RateStep]:
    """Return the rate of some rows in each whole second of a bounded stream.

    The first and the last second are left out: how much of them passed is not known. A second without rows has no step.
    """
    second = stream.columns.arrival.second
    if drawing_of(stream.timing.grade).rate != "steps" or second is None:
        return []
    known = rows[np.isfinite(second[rows])]
    seconds, first, counts = np.unique(second[known], return_index=True, return_counts=True)
    tokens = np.add.reduceat(np.nan_to_num(stream.columns.tokens[known]), first) if len(known) else np.zeros(0)
    full = (seconds > np.nanmin(second)) & (seconds < np.nanmax(second)) if len(known) else np.zeros(0, dtype=np.bool_)
    # Rows are spread evenly over their second, so the first is half of their distance after its begin.
    begins = np.maximum(stream.columns.arrival.t[known[first]] - 0.5 / counts, 0.0)
    ends = np.minimum(begins + 1.0, np.append(begins[1:], np.inf))
    steps = zip(begins[full].tolist(), ends[full].tolist(), tokens[full].tolist(), strict=True)
    return [RateStep(*step) for step in steps]
