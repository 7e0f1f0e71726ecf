"""The tape: the JSON that the deck plays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.text.words import MARKS, explain_grade, number, seconds
from viewer.types.chunk_table import FINISH, USAGE, Floats, Ints

VERSION = 2


def make_tape(streams: Sequence[Stream], choice: int | None = None, names: Sequence[str] = ()) -> dict[str, Any]:
    """Return the tape of some streams. Times are in seconds since the origin of each, rounded to the microsecond.

    The tracks take their names from `names`, or from the models if it is empty.
    """
    track_names = names or [stream.model or stream.protocol for stream in streams]
    tracks = [_track(stream, choice, name) for stream, name in zip(streams, track_names, strict=True)]
    return {"version": VERSION, "streams": tracks}


def _track(stream: Stream, choice: int | None, name: str) -> dict[str, Any]:
    chunks = stream.chunks
    t = chunks["t"].to_numpy()
    kind = chunks["kind"].cat.codes.to_numpy()
    shown = chunk_rows(kind)
    lanes = lanes_of(stream, choice)
    return {
        "name": name,
        "grade": stream.timing.grade,
        "mark": MARKS[stream.timing.grade],
        "meaning": explain_grade(stream.timing.grade),
        "origin": stream.timing.origin,
        "duration": _rounded(t[shown[-1]]) if len(shown) else 0.0,
        "anchors": _anchors(stream, lanes, t),
        "thought": _reasoning_summary(stream, lanes),
        "cost": _cost(stream),
        "stalls": sorted([_rounded(stall.begin_s), _rounded(stall.end_s)] for stall in stream.silences.stalls),
        "lanes": [_lane(stream, lane) for lane in lanes],
        "markers": _markers(stream, lanes, t, kind),
    }


def _lane(stream: Stream, lane: Lane) -> dict[str, Any]:
    rows = stream.chunks.iloc[lane.rows]
    return {
        "kind": lane.kind,
        "label": lane.label,
        "t": _seconds(rows["t"].to_numpy()),
        "bounds": _bounds(rows["t_low"].to_numpy(), rows["t_high"].to_numpy(), stream.timing.grade),
        "tokens": _tokens(rows["tokens"].to_numpy()),
        "text": rows["text"].tolist() if lane.has_text else None,
    }


def _bounds(low: Floats, high: Floats, grade: str) -> list[list[float | int | None]] | None:
    """Return runs of chunks with the same bounds: the index of the first chunk, and the bounds in seconds.

    Return None for grades whose chunks have no bounds or bounds too narrow to be seen.
    """
    if grade not in ("bounded", "span") or not len(low):
        return None
    changes = np.flatnonzero((low[1:] != low[:-1]) | (high[1:] != high[:-1])) + 1
    runs = [0, *changes.tolist()]
    return [
        [
            place,
            _rounded(low[place]) if np.isfinite(low[place]) else 0.0,
            _rounded(high[place]) if np.isfinite(high[place]) else None,
        ]
        for place in runs
    ]


def _tokens(tokens: Floats) -> list[float] | float:
    """Return the tokens of each chunk, or a single number if all chunks have the same."""
    counted = np.nan_to_num(tokens)
    if len(counted) and (counted == counted[0]).all():
        return round(float(counted[0]), 3)
    listed: list[float] = np.round(counted, 3).tolist()
    return listed


def _anchors(stream: Stream, lanes: Sequence[Lane], t: Floats) -> dict[str, float | None]:
    """Return the times of the request, the first token and the first content, each None if unknown."""
    timing = stream.timing
    request = 0.0 if timing.origin == "request" else None
    if request is None and timing.lead.value is not None and timing.grade != "paced":
        request = -_rounded(timing.lead.value)
    first = [t[lane.rows[0]] for lane in lanes if lane.has_text and lane.kind != "error"]
    content = [t[lane.rows[0]] for lane in lanes if lane.kind == "content"]
    return {
        "request": request,
        "token": _rounded(min(first)) if first else None,
        "content": _rounded(content[0]) if content else None,
    }


def _reasoning_summary(stream: Stream, lanes: Sequence[Lane]) -> str:
    """Return the summary of folded reasoning, or "" if no reasoning is shown."""
    rows = next((lane.rows for lane in lanes if lane.kind == "reasoning"), None)
    if rows is None:
        return ""
    tokens = stream.usage.reasoning if stream.usage else None
    tokens = tokens or round(float(np.nansum(stream.chunks["tokens"].to_numpy()[rows])))
    thinking = stream.metrics["thinking_time"].value
    parts = [f"thought for {seconds(thinking)}" if thinking is not None else "thought"]
    parts += [f"{number(tokens)} tokens"] if tokens else []
    parts += [f"{number(stream.hidden.tokens)} hidden"] if stream.hidden else []
    return ", ".join(parts)


def _cost(stream: Stream) -> dict[str, Any] | None:
    cost = stream.cost
    if cost.usd is None:
        return None
    return {"input": cost.input_usd, "total": cost.usd, "estimate": cost.is_estimate}


def _markers(stream: Stream, lanes: Sequence[Lane], t: Floats, kind: Ints) -> list[dict[str, Any]]:
    """Return the moments worth stepping to, in order."""
    markers = [(float(t[lane.rows[0]]), _marker_label(lane)) for lane in lanes if lane.has_text]
    headers = stream.metrics["time_to_headers"].value
    if headers is not None and stream.timing.origin == "request":
        markers.append((headers, "headers"))
    if stream.silences.stalls:
        markers.append((stream.silences.stalls[0].begin_s, "longest stall"))
    for code, label in ((FINISH, "finish"), (USAGE, "usage")):
        markers += [(float(t[row]), label) for row in np.flatnonzero(kind == code)[-1:]]
    return [{"t": _rounded(at), "label": label} for at, label in sorted(markers)]


def _marker_label(lane: Lane) -> str:
    return lane.label if lane.kind in ("tool_call", "error") else f"first {lane.label}"


def _rounded(value: float) -> float:
    return round(float(value), 6)


def _seconds(values: Floats) -> list[float]:
    listed: list[float] = np.round(values, 6).tolist()
    return listed
