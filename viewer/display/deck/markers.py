"""The moments of a stream worth stepping to."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from viewer.display.deck.track_axis import TrackAxis
from viewer.display.lanes import Lane
from viewer.streams.stream import Stream
from viewer.streams.timing.metrics import time_to_headers
from viewer.types.chunk_table import FINISH, USAGE


class Marker(NamedTuple):
    """One moment on the axis of its track."""

    t: float
    label: str
    kind: str
    """What it is: `first`, `tool_call`, `error`, `headers`, `stall`, `finish`, `usage` or `cut_off`."""
    event: int | None
    """The number of the event; None if it is none."""


def markers_of(stream: Stream, choice: int | None, lanes: Sequence[Lane], axis: TrackAxis) -> list[dict[str, Any]]:
    """Return the markers of one choice of a stream in order."""
    markers = [*_of_lanes(stream, lanes, axis), *_of_times(stream, axis), *_of_end(stream, choice, axis)]
    return [marker._asdict() for marker in sorted(markers, key=lambda marker: marker.t)]


def _of_lanes(stream: Stream, lanes: Sequence[Lane], axis: TrackAxis) -> Iterator[Marker]:
    for lane in lanes:
        if lane.has_text:
            row = int(lane.rows[0])
            is_named = lane.kind in ("tool_call", "error")
            label = lane.label if is_named else f"first {lane.label}"
            yield Marker(axis.place(row), label, lane.kind if is_named else "first", _event(stream, row))


def _of_times(stream: Stream, axis: TrackAxis) -> Iterator[Marker]:
    """Yield the headers and the longest stall, which are moments only if the axis is in seconds."""
    if axis.drawing.axis != "seconds":
        return
    headers = time_to_headers(stream.recorded_times).value
    if headers is not None and stream.timing.origin == "request":
        yield Marker(round(headers, 6), "headers", "headers", None)
    if stream.silences.stalls:
        begin_s = stream.silences.stalls[0].begin_s
        row = int(np.searchsorted(stream.columns.arrival.t, begin_s))
        yield Marker(round(begin_s, 6), "longest stall", "stall", _event(stream, row))


def _of_end(stream: Stream, choice: int | None, axis: TrackAxis) -> Iterator[Marker]:
    kind, numbers = stream.columns.kind, stream.columns.choice
    of_choice = numbers == (numbers.min(initial=np.iinfo(np.int16).max) if choice is None else choice)
    finishes = np.flatnonzero((kind == FINISH) & of_choice)[-1:]
    for row in finishes:
        reason = stream.finish_reason if numbers[row] == 0 else None
        yield Marker(axis.place(row), f"finish: {reason}" if reason else "finish", "finish", _event(stream, row))
    for row in np.flatnonzero(kind == USAGE)[-1:]:
        yield Marker(axis.place(row), "usage", "usage", _event(stream, row))
    if not (stream.complete or stream.error or len(finishes)) and len(axis.rows):
        yield Marker(axis.end, "ends without a finish", "cut_off", _event(stream, int(axis.rows[-1])))


def _event(stream: Stream, row: int) -> int:
    return int(stream.columns.event[row])
