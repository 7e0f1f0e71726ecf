"""The time axis of a session, on which long waits for the user are cut short."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from viewer.conversation.sessions.times import SessionTimes

# All cut waits together take at most this share of the axis.
_SHARE_OF_WAITS = 0.2
# Below, a wait is easier to read at its true length than as a break.
_MIN_CUT = 2.0


class Piece(NamedTuple):
    """A stretch of an axis. What is cut has fewer units than seconds."""

    begin_s: float
    end_s: float
    begin: float
    end: float
    """On the axis. A unit is a second, except where time is cut."""

    @property
    def is_cut(self) -> bool:
        """Tell whether the stretch is drawn shorter than it was."""
        return self.end - self.begin < (self.end_s - self.begin_s) * 0.999


class SessionAxis:
    """Where each moment of a session stands on the axis."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self.end = pieces[-1].end if pieces else 0.0
        self._ends_s = [piece.end_s for piece in pieces]

    def at(self, second: float) -> float:
        """Return where a moment stands. Moments beyond the ends stand at the ends."""
        place = bisect_left(self._ends_s, second)
        if place == len(self.pieces):
            return self.end
        piece = self.pieces[place]
        share = (second - piece.begin_s) / (piece.end_s - piece.begin_s)
        return piece.begin + max(0.0, share) * (piece.end - piece.begin)


def session_axis(times: SessionTimes) -> SessionAxis:
    """Return the axis of a session: its whole time, with each wait for the user that is much longer than the others cut."""
    end_s = max([0.0, *(span.end_s for span in times.spans), *(wait.end_s for wait in times.waits)])
    if not end_s:
        return SessionAxis(())
    waits = [(wait.begin_s, wait.end_s) for wait in times.waits]
    busy_s = end_s - sum(end - begin for begin, end in waits)
    # Times of milliseconds that are floats do not add up exactly.
    if busy_s < 1e-3:
        return SessionAxis((Piece(0.0, end_s, 0.0, end_s),))
    longest = busy_s * _SHARE_OF_WAITS / (1 - _SHARE_OF_WAITS) / max(1, len(waits))
    pieces: list[Piece] = []
    at_s = at = 0.0
    for begin_s, wait_end_s in waits:
        if begin_s < at_s or wait_end_s - begin_s < _MIN_CUT * longest:
            continue
        if begin_s > at_s:
            pieces.append(Piece(at_s, begin_s, at, at + begin_s - at_s))
            at += begin_s - at_s
        pieces.append(Piece(begin_s, wait_end_s, at, at + longest))
        at_s, at = wait_end_s, at + longest
    if end_s > at_s:
        pieces.append(Piece(at_s, end_s, at, at + end_s - at_s))
    return SessionAxis(pieces)
