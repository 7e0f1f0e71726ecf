"""An interaction as one line of JSON, for programs. docs/json.md describes each field, and docs/json-schema-1.json is its schema.

Nothing is rounded or invented: a figure that the recording cannot support is null, and so is an infinite bound.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from viewer.cli.session_json import place_json
from viewer.display.head import head_of
from viewer.display.lanes import choices_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.streams.timing.metrics import time_to_headers
from viewer.streams.timing.timing import Timing
from viewer.text.safe import well_formed
from viewer.types.http import RecordedTimes
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage

SCHEMA = 1
"""The version of the schema. A field may be added to it. One that is removed, renamed or changes its meaning makes a new version."""

Json = dict[str, Any]
_COUNTS = (
    "input",
    "output",
    "reasoning",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "audio_input",
    "audio_output",
    "total",
)


def interaction_json(cassette: Cassette, index: int, file: str) -> str:
    """Return one interaction as a line of JSON. `file` is what to call the recording."""
    return json_line(_interaction(cassette, index, file))


def json_line(value: Json) -> str:
    """Return an object as a line of JSON in ASCII, so that it controls no terminal."""
    line = json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    # The one control character that JSON in ASCII leaves as it is.
    return line.replace("\x7f", "\\u007f")


def _interaction(cassette: Cassette, index: int, file: str) -> Json:
    interaction = cassette.interactions[index]
    stream = cassette.stream_of(index)
    answer = cassette.answers.get(index) if stream is None else None
    reply = stream or answer
    head = head_of(cassette, index, reply)
    return {
        "schema": SCHEMA,
        "file": file,
        "recorder": cassette.format,
        "recorder_version": cassette.format_version or None,
        "interaction": index,
        "session": place_json(cassette.session, index),
        "reply": "stream" if stream else "answer" if answer else None,
        "method": interaction.request.method or None,
        "url": interaction.request.url or None,
        "status": interaction.response.status,
        "protocol": (reply.protocol or None) if reply else None,
        "provider": reply.provider if reply else None,
        "model": reply.model if reply else None,
        "recorded_at_s": reply.recorded_at_s if reply else None,
        "asked": {"label": head.asked.label, "text": head.asked.text} if head.asked else None,
        "story": head.story or None,
        **_said(stream, answer),
        "finish_reason": reply.finish_reason if reply else None,
        "complete": stream.complete if stream else None,
        "error": _error(reply.error) if reply else None,
        "usage": _usage(reply.usage) if reply else None,
        "hidden_reasoning_tokens": stream.hidden.tokens if stream and stream.hidden else None,
        "cost": _cost(reply.cost) if reply else None,
        "timing": _timing(stream.timing) if stream else None,
        "metrics": _measures(stream.metrics if stream else _recorded(interaction.times)),
        "events": stream.columns.event_count if stream else None,
        "chunks": len(stream.columns.event) if stream else None,
        "problems": [_problem(one) for one in cassette.problems if one.interaction == index],
        "file_problems": [_problem(one) for one in cassette.problems if one.interaction is None],
    }


def _said(stream: Stream | None, answer: Answer | None) -> Json:
    """Return the texts and tool calls of the first choice, and those of the others."""
    if stream is None:
        return {
            "text": answer.text if answer else "",
            "reasoning": answer.reasoning if answer else "",
            "refusal": "",
            "audio": "",
            "tool_calls": _calls(answer.tool_calls, 0) if answer else [],
            "other_choices": [],
        }
    first, *others = choices_of(stream) or [0]
    return {**_choice(stream, first), "other_choices": [{"choice": one, **_choice(stream, one)} for one in others]}


def _choice(stream: Stream, choice: int) -> Json:
    return {
        "text": stream.text("content", choice),
        "reasoning": stream.text("reasoning", choice),
        "refusal": stream.text("refusal", choice),
        "audio": stream.text("audio", choice),
        "tool_calls": _calls(stream.tool_calls, choice),
    }


def _calls(calls: list[ToolCall], choice: int) -> list[Json]:
    return [
        {"id": call.id or None, "name": call.name or None, "arguments": call.arguments}
        for call in calls
        if call.choice == choice
    ]


def _error(error: StreamError | None) -> Json | None:
    if error is None:
        return None
    return {"message": error.message, "type": error.type or None, "code": error.code or None}


def _usage(usage: Usage | None) -> Json | None:
    if usage is None:
        return None
    checks = [
        {"name": one.name, "passed": one.passed, "figures": one.figures, "off_by": one.off_by} for one in usage.checks
    ]
    counts = {name: getattr(usage, name) for name in _COUNTS}
    more = {"tool_uses": usage.tool_uses, "service_tier": usage.service_tier}
    return {**counts, **more, "reported": _reported(usage), "checks": checks}


def _reported(usage: Usage) -> Any:
    try:
        return _plain(usage.reported)
    except RecursionError:
        # Nested deeper than Python can follow, so it holds no counts.
        return None


def _cost(cost: Cost) -> Json:
    return {
        "usd": cost.usd,
        "input_usd": cost.input_usd,
        "is_estimate": cost.is_estimate,
        "source": cost.source,
        "caveats": cost.caveats,
    }


def _timing(timing: Timing) -> Json:
    return {
        "grade": timing.grade,
        "origin": timing.origin,
        "lead": _measure(timing.lead),
        "evidence": [
            {"source": one.source, "statement": one.statement, "contradicts": one.contradicts}
            for one in timing.evidence
        ],
    }


def _recorded(times: RecordedTimes) -> dict[str, Measure]:
    """Return what the recorder measured of a response that was not streamed, by the names of a stream's metrics."""
    measures: dict[str, Measure] = {}
    if times.headers_s is not None:
        measures["time_to_headers"] = time_to_headers(times)
    if times.whole_s is not None:
        whole_s = times.whole_s
        source = "request to the end of the response"
        measures["end_to_end"] = Measure(whole_s, whole_s, whole_s, "s", "measured", source)
    return measures


def _measures(measures: Mapping[str, Measure]) -> Json:
    return {name: _measure(one) for name, one in measures.items()}


def _measure(one: Measure) -> Json:
    return {
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "grade": one.grade,
        "source": one.source,
    }


def _problem(problem: Problem) -> Json:
    return {
        "severity": problem.severity,
        "message": problem.message,
        "advice": problem.advice or None,
        "offset": problem.offset,
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it. Numbers are not rounded; NaN and infinity, which JSON lacks, are None."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {well_formed(str(name)): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # YAML has bytes and dates.
    return well_formed(value.decode(errors="replace") if isinstance(value, bytes) else str(value))
