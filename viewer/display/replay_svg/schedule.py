"""When each chunk of a stream appears in the picture, and where it stands on the axis."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from viewer.display.deck.track_axis import TrackAxis
from viewer.display.drawing import Drawing
from viewer.display.lanes import Lane
from viewer.streams.stream import Stream
from viewer.types.chunk_table import KEEP_ALIVE, Floats, Ints

IDLE_LIMIT_S = 1.0
"""Longer gaps are shortened to this, as in the deck."""
# A stream that arrived at one moment still needs an axis.
_MIN_END = 1e-3


class Knot(NamedTuple):
    """The axis is linear between two of these."""

    recorded: float
    """A place on the axis as recorded: in seconds, or the number of a chunk."""
    drawn: float
    """The same place with long gaps shortened."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """How one choice of a stream plays."""

    drawing: Drawing
    rows: Ints
    """The rows that are drawn, in the order of the wire."""
    appears_s: Floats
    """When each of them appears, in seconds since the picture starts to play."""
    end_s: float
    knots: tuple[Knot, ...]
    gaps: tuple[tuple[float, float], ...]
    """The gaps that are shortened, as recorded."""

    def appearance_s(self, rows: Ints) -> Floats:
        """Return when some of the drawn rows appear."""
        times: Floats = self.appears_s[np.searchsorted(self.rows, rows)]
        return times

    def fractions(self, places: Floats) -> Floats:
        """Return how far along the axis some places stand, from 0 to 1."""
        recorded, drawn = np.array(self.knots).T
        found: Floats = np.interp(places, recorded, drawn) / drawn[-1]
        return found

    def places(self, rows: Ints, stream: Stream) -> Floats:
        """Return where some of the drawn rows stand on the axis, as recorded."""
        if self.drawing.axis == "chunks":
            return np.searchsorted(self.rows, rows, side="right").astype(np.float64)
        return np.maximum(stream.columns.arrival.t[rows], 0.0)


def schedule_of(stream: Stream, lanes: list[Lane]) -> Schedule:
    """Return how some lanes of a stream play: at the recorded speed, or in order at a nominal pace if seconds would be invented."""
    rows = np.sort(np.concatenate([lane.rows for lane in lanes])) if lanes else np.empty(0, dtype=np.intp)
    axis = TrackAxis(stream, rows)
    if axis.drawing.axis == "chunks":
        paced_s = axis.paced_us() / 1e6
        end = max(axis.end, 1.0)
        return Schedule(
            axis.drawing, rows, paced_s, float(paced_s.max(initial=_MIN_END)), (Knot(0, 0), Knot(end, end)), ()
        )
    t = np.maximum.accumulate(np.maximum(stream.columns.arrival.t[rows], 0.0))
    moments = t[stream.columns.kind[rows] != KEEP_ALIVE]
    gaps = _gaps(moments) if axis.drawing.gaps else ()
    knots = _knots(gaps, max(axis.end, float(t.max(initial=0.0)), _MIN_END))
    recorded, drawn = np.array(knots).T
    return Schedule(axis.drawing, rows, np.interp(t, recorded, drawn), float(drawn[-1]), knots, gaps)


def _gaps(moments: Floats) -> tuple[tuple[float, float], ...]:
    before = np.concatenate([[0.0], moments[:-1]]) if len(moments) else moments
    long = np.flatnonzero(moments - before > IDLE_LIMIT_S)
    return tuple(zip(before[long].tolist(), moments[long].tolist(), strict=True))


def _knots(gaps: tuple[tuple[float, float], ...], end: float) -> tuple[Knot, ...]:
    knots = [Knot(0.0, 0.0)]
    for begin, until in gaps:
        drawn = knots[-1].drawn + begin - knots[-1].recorded
        knots += [Knot(begin, drawn), Knot(until, drawn + IDLE_LIMIT_S)]
    last = knots[-1]
    if end > last.recorded:
        knots.append(Knot(end, last.drawn + end - last.recorded))
    return tuple(knots)
