"""xAI's chat by gRPC: https://docs.x.ai/docs/grpc-reference, its `GetChatCompletionChunk` as JSON, one a line.

It is what xAI's own SDK speaks. Enums are names in capitals, and what has its default value is left out: the first index,
a finish reason there is none of. Where xAI runs tools itself, each step of the model and of a tool is an output with an
index of its own, and all are one answer here; otherwise an index is a choice.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index, valid_index
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    ERROR,
    FINISH,
    OTHER,
    REASONING,
    SILENT,
    TOOL_CALL,
    USAGE,
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "xai-grpc"
ABOUT = About(
    PROTOCOL,
    "xAI chat by gRPC",
    "https://docs.x.ai/docs/grpc-reference",
    "chunks as JSON, with outputs or, before, choices; tools of the client's and of xAI's",
)

_SERVICE = "xai_api.Chat"
_TOOL = "ROLE_TOOL"
_CLIENT_TOOLS = ("TOOL_CALL_TYPE_CLIENT_SIDE_TOOL", "TOOL_CALL_TYPE_INVALID")
_NO_REASON = "REASON_INVALID"


def recognise(sample: Sample) -> int:
    """Look for outputs whose role or finish reason is an enum's name, else for the service in the path."""
    for output in (output for payload in sample.payloads for output in _outputs(mapping(payload))):
        role = as_text(mapping(output.get("delta")).get("role"))
        if role.startswith("ROLE_") or as_text(output.get("finish_reason")).startswith("REASON_"):
            return 95
    return 50 if _SERVICE in sample.url else 0


def read(events: Events, reading: Reading) -> None:
    """Read every chunk; usage grows from chunk to chunk and is empty on those of a tool, so the last that is not counts."""
    answer = _Answer(reading)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = mapping(payload)
        stamp = parse_time(chunk.get("created"))
        if reading.model is None and chunk.get("model"):
            reading.model = as_text(chunk["model"])
        for output in _outputs(chunk):
            answer.take(event, output, stamp)
        if citations := chunk.get("citations"):
            reading.add(event, CITATION, write(citations), stamp=stamp)
        if chunk.get("error"):
            reading.error = error_of(chunk)
            reading.add(event, ERROR, reading.error.message, stamp=stamp)
        if reported := mapping(chunk.get("usage")):
            reading.usage = reported
            reading.add(event, USAGE, stamp=stamp)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _outputs(chunk: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(output) for output in items(chunk.get("outputs") or chunk.get("choices"))]


class _Answer:
    """Keep whether xAI runs tools, and whether the answer waits for one of them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._has_steps = False
        self._waits = False

    def take(self, event: int, output: Mapping[str, Any], stamp: float | None) -> None:
        """Add the rows of one output of one chunk; the result of a tool is other, and so is a call that xAI makes."""
        delta = mapping(output.get("delta"))
        calls = [mapping(call) for call in items(delta.get("tool_calls"))]
        of_tool = delta.get("role") == _TOOL
        if of_tool or not all(map(_is_client_call, calls)):
            self._has_steps = True
        if of_tool or calls:
            self._waits = not (of_tool or any(map(_is_client_call, calls)))
        choice = 0 if self._has_steps else valid_index(output.get("index"))
        rows_before = len(self._reading.kind)
        if of_tool:
            self._reading.add(event, OTHER, only_text(delta.get("content")), choice=choice, stamp=stamp)
        else:
            self._take_delta(event, delta, calls, choice, stamp)
        reason = output.get("finish_reason")
        if reason and reason != _NO_REASON:
            self._reading.finish_reasons[choice] = as_text(reason)
            self._reading.ended = not self._waits
            self._reading.add(event, FINISH, choice=choice, stamp=stamp)
            return
        self._reading.ended = False
        if len(self._reading.kind) == rows_before:
            self._reading.add(event, SILENT, choice=choice, stamp=stamp)

    def _take_delta(
        self, event: int, delta: Mapping[str, Any], calls: list[dict[str, Any]], choice: int, stamp: float | None
    ) -> None:
        for kind, name in ((REASONING, "reasoning_content"), (CONTENT, "content")):
            if text := only_text(delta.get(name)):
                self._reading.add(event, kind, text, choice=choice, stamp=stamp)
        for call in calls:
            function = mapping(call.get("function"))
            text = as_text(function.get("arguments"))
            if _is_client_call(call):
                tool = self._start(call, function, choice)
                self._reading.add(event, TOOL_CALL, text, choice=choice, tool=tool, stamp=stamp)
            else:
                self._reading.add(event, OTHER, text, choice=choice, stamp=stamp)
        if citations := delta.get("citations"):
            self._reading.add(event, CITATION, write(citations), choice=choice, stamp=stamp)

    def _start(self, call: Mapping[str, Any], function: Mapping[str, Any], choice: int) -> int:
        """Note who is called, and return the number of the call; every call comes whole."""
        tool = next_index(self._reading.tool_calls)
        start = ToolCallStart(as_text(call.get("id") or ""), as_text(function.get("name") or ""))
        self._reading.tool_calls.setdefault((choice, tool), start)
        return tool


def _is_client_call(call: Mapping[str, Any]) -> bool:
    kind = as_text(call.get("type"))
    return kind in _CLIENT_TOOLS or not kind.startswith("TOOL_CALL_TYPE_")


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as a chunk: what it calls a message is all of the deltas."""
    outputs = _outputs(payload)
    if not any(as_text(mapping(output.get("message")).get("role")).startswith("ROLE_") for output in outputs):
        return None
    return [("message", {**payload, "outputs": [{**output, "delta": output.get("message")} for output in outputs]})]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Put the counts into the one vocabulary: reasoning stands beside the completion."""
    prompt = count(reported, "prompt_tokens")
    completion = count(reported, "completion_tokens")
    reasoning = count(reported, "reasoning_tokens")
    cached = count(reported, "cached_prompt_text_tokens")
    total = count(reported, "total_tokens")
    return Usage(
        input=prompt,
        output=None if completion is None and reasoning is None else (completion or 0) + (reasoning or 0),
        reasoning=reasoning,
        cache_read=cached,
        total=total,
        reported=reported,
        checks=tuple(_checks(prompt, completion, reasoning, cached, total)),
    )


def _checks(
    prompt: int | None, completion: int | None, reasoning: int | None, cached: int | None, total: int | None
) -> Iterator[Check]:
    if prompt is not None and total is not None:
        known = {name: part for name, part in (("completion", completion), ("reasoning", reasoning)) if part}
        yield sum_check(" + ".join(["total = prompt", *known]), total, prompt, *known.values())
    if cached and prompt is not None:
        yield part_check("cached ≤ prompt", cached, prompt)
