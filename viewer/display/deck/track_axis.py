"""The axis of a track: where each row of a stream stands on it, in seconds or as the number of a chunk."""

from typing import Any

import numpy as np

from viewer.display.drawing import Drawing, drawing_of
from viewer.display.packing import packed
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.types.chunk_table import Ints

# How long each chunk plays if neither times nor tokens say it.
_NOMINAL_CHUNK_US = 20_000


class TrackAxis:
    """The axis of one choice of a stream, of which some rows are drawn."""

    def __init__(self, stream: Stream, rows: Ints) -> None:
        """Take the drawn rows in ascending order."""
        self.rows = rows
        self.drawing: Drawing = drawing_of(stream.timing.grade, marks_ends=stream.timing.marks_ends)
        self._t = stream.columns.arrival.t
        chunks = chunk_rows(stream.columns.kind)
        if self.drawing.axis == "chunks":
            self.end = float(len(rows))
        else:
            self.end = round(float(self._t[chunks[-1]]), 6) if len(chunks) else 0.0

    def place(self, row: int) -> float:
        """Return where a row stands. A row that is not drawn stands at the last drawn one before it."""
        return self.places(np.array([row]))[0]

    def places(self, rows: Ints) -> list[float]:
        """Return where each row stands."""
        if self.drawing.axis == "chunks":
            numbers: list[float] = np.searchsorted(self.rows, rows, side="right").tolist()
            return numbers
        times: list[float] = np.round(self._t[rows], 6).tolist()
        return times

    def pace(self) -> Any:
        """Return how many microseconds each chunk plays, packed; None if the axis is in seconds."""
        return None if self.drawing.axis == "seconds" else packed(np.diff(self.paced_us(), prepend=0).tolist())

    def paced_us(self) -> Ints:
        """Return when each chunk has played, in microseconds since the start, if the axis is the number of the chunk.

        This follows the times that the stream has, which are its tokens spread over its total or played at a nominal pace.
        """
        until_us = np.rint(np.maximum.accumulate(np.maximum(self._t[self.rows], 0.0)) * 1e6).astype(np.int64)
        if not until_us[-1:].any():
            until_us = np.arange(1, len(self.rows) + 1) * _NOMINAL_CHUNK_US
        return until_us
