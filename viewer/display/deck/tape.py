"""The tape: the JSON that the deck plays."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from viewer.conversation.brought_results import BroughtResult
from viewer.display.deck.markers import markers_of
from viewer.display.deck.track_axis import TrackAxis
from viewer.display.drawing import rate_steps
from viewer.display.lanes import Lane, choices_of, lanes_of
from viewer.display.packing import packed
from viewer.display.transcript import blocks_of, packed_blocks
from viewer.streams.stream import Stream
from viewer.streams.timing.metrics import thinking_time
from viewer.text.words import MARKS, explain_grade, headline, number, seconds
from viewer.types.chunk_table import Floats

VERSION = 3


def make_tape(
    streams: Sequence[Stream],
    choice: int | None = None,
    names: Sequence[str] = (),
    brought: Sequence[Sequence[BroughtResult]] = (),
) -> dict[str, Any]:
    """Return the tape of some streams.

    Each track has an axis. In seconds, times are since the origin of the stream, rounded to the microsecond. If seconds would be
    invented, every time of the track is instead the number of a chunk, counted from 1 in the order of the wire.
    The tracks take their names from `names`, or from the models if it is empty. `brought` has for each stream what later requests
    brought back of the tools that it called; their results stand in its transcript.
    """
    track_names = names or [stream.model or stream.protocol for stream in streams]
    tracks = [
        _track(stream, choice, name, results)
        for stream, name, results in zip(streams, track_names, brought or [()] * len(streams), strict=True)
    ]
    return {"version": VERSION, "streams": tracks}


def _track(stream: Stream, choice: int | None, name: str, brought: Sequence[BroughtResult]) -> dict[str, Any]:
    choice = min(choices_of(stream), default=0) if choice is None else choice
    lanes = lanes_of(stream, choice)
    axis = TrackAxis(
        stream, np.sort(np.concatenate([lane.rows for lane in lanes])) if lanes else np.empty(0, dtype=np.intp)
    )
    grade = stream.timing.grade
    return {
        "name": name,
        "grade": grade,
        "mark": MARKS[grade],
        "meaning": explain_grade(grade),
        "origin": stream.timing.origin,
        "axis": axis.drawing.axis,
        "draws": asdict(axis.drawing),
        "duration": axis.end,
        "pace": axis.pace(),
        "total": _total(stream),
        "anchors": _anchors(stream, lanes, axis),
        "thought": _reasoning_summary(stream, lanes),
        "cost": _cost(stream),
        "stalls": sorted([_rounded(stall.begin_s), _rounded(stall.end_s)] for stall in stream.silences.stalls),
        "steps": [[_rounded(one) for one in step] for step in rate_steps(stream, axis.rows)],
        "lanes": [_lane(stream, lane, axis) for lane in lanes],
        # The transcript: blocks in the order of the wire, which refer to the lanes.
        "blocks": packed_blocks(blocks_of(stream, choice, lanes, brought), stream, axis.place),
        "markers": markers_of(stream, choice, lanes, axis),
    }


def _lane(stream: Stream, lane: Lane, axis: TrackAxis) -> dict[str, Any]:
    columns, rows = stream.columns, lane.rows
    has_bounds = axis.drawing.bounds and len(lane.rows) > 0
    return {
        "kind": lane.kind,
        "label": lane.label,
        "t": axis.places(rows),
        "events": packed(columns.event[rows].tolist()),
        "bounds": _bounds(columns.arrival.low[rows], columns.arrival.high[rows]) if has_bounds else None,
        "tokens": _tokens(columns.tokens[rows]),
        "text": columns.text[rows].tolist() if lane.has_text else None,
    }


def _bounds(low: Floats, high: Floats) -> list[list[float | int | None]]:
    """Return runs of chunks with the same bounds: the index of the first chunk, and the bounds in seconds."""
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


def _anchors(stream: Stream, lanes: Sequence[Lane], axis: TrackAxis) -> dict[str, float | None]:
    """Return the places of the request, the first token and the first content, each None if unknown."""
    timing = stream.timing
    request = 0.0 if timing.origin == "request" else None
    if request is None and timing.lead.value is not None:
        request = -_rounded(timing.lead.value)
    first = [int(lane.rows[0]) for lane in lanes if lane.has_text and lane.kind != "error"]
    content = [int(lane.rows[0]) for lane in lanes if lane.kind == "content"]
    return {
        "request": request if axis.drawing.axis == "seconds" else None,
        "token": axis.place(min(first)) if first else None,
        "content": axis.place(content[0]) if content else None,
    }


def _total(stream: Stream) -> str:
    """Return in words how long a stream took of which only totals are recorded, or "" for any other."""
    if stream.timing.grade != "span":
        return ""
    known = [stream.metrics[name] for name in ("stream_time", "end_to_end")]
    written = next((headline(measure) for measure in known if measure.grade), "")
    return written or seconds(float(stream.columns.arrival.t.max()))


def _reasoning_summary(stream: Stream, lanes: Sequence[Lane]) -> str:
    """Return the summary of folded reasoning, or "" if no reasoning is shown."""
    rows = next((lane.rows for lane in lanes if lane.kind == "reasoning"), None)
    if rows is None:
        return ""
    tokens = stream.usage.reasoning if stream.usage else None
    tokens = tokens or round(float(np.nansum(stream.columns.tokens[rows])))
    thinking = thinking_time(stream.timed, stream.hidden).value
    parts = [f"thought for {seconds(thinking)}" if thinking is not None else "thought"]
    parts += [f"{number(tokens)} tokens"] if tokens else []
    parts += [f"{number(stream.hidden.tokens)} hidden"] if stream.hidden else []
    return ", ".join(parts)


def _cost(stream: Stream) -> dict[str, Any] | None:
    cost = stream.cost
    if cost.usd is None:
        return None
    return {"input": cost.input_usd, "total": cost.usd, "estimate": cost.is_estimate}


def _rounded(value: float) -> float:
    return round(float(value), 6)
