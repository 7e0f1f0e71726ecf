"""The tape: what the deck plays, as plain JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viewer.lanes import Lane, lanes_of
from viewer.metrics import chunk_rows
from viewer.schema import FINISH, Floats
from viewer.stream import Stream

VERSION = 1


def make_tape(streams: Sequence[Stream], choice: int | None = None) -> dict[str, Any]:
    """Return the tape of some streams, times in seconds since each one's origin, rounded to the microsecond."""
    return {"version": VERSION, "streams": [_track(stream, choice) for stream in streams]}


def _track(stream: Stream, choice: int | None) -> dict[str, Any]:
    chunks = stream.chunks
    t = chunks["t"].to_numpy()
    text = chunks["text"].tolist()
    kind = chunks["kind"].cat.codes.to_numpy()
    shown = chunk_rows(kind)
    lanes = lanes_of(stream, choice)
    return {
        "name": stream.model or stream.protocol,
        "grade": stream.timing.grade,
        "origin": stream.timing.origin,
        "duration": round(float(t[shown[-1]]), 6) if len(shown) else 0.0,
        "lanes": [
            {
                "kind": lane.kind,
                "label": lane.label,
                "t": _seconds(t[lane.rows]),
                "text": [text[row] for row in lane.rows] if lane.has_text else None,
            }
            for lane in lanes
        ],
        "markers": _markers(stream, lanes, t),
    }


def _markers(stream: Stream, lanes: Sequence[Lane], t: Floats) -> list[dict[str, Any]]:
    """Return the moments worth stepping to, in order."""
    kind = stream.chunks["kind"].cat.codes.to_numpy()
    markers = [(float(t[lane.rows[0]]), f"first {lane.label}") for lane in lanes if lane.has_text]
    markers += [(float(t[row]), "finish") for row in np.flatnonzero(kind == FINISH)[-1:]]
    return [{"t": round(at, 6), "label": label} for at, label in sorted(markers)]


def _seconds(values: Floats) -> list[float]:
    seconds: list[float] = np.round(values, 6).tolist()
    return seconds
