"""xAI's chat over gRPC, as used by xAI's own SDK: https://docs.x.ai/docs/grpc-reference.

Each line is a `GetChatCompletionChunk` as JSON. Enums are names in capitals, and fields with their default value are omitted,
such as index 0 or a missing finish reason. If xAI runs tools itself, each step of the model or of a tool is an output with its
own index, and all of them form one answer. Otherwise an index is a choice.
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
    FINISH,
    OTHER,
    REASONING,
    SILENT,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "xai-grpc"
ABOUT = About(
    PROTOCOL,
    "xAI chat over gRPC",
    "https://docs.x.ai/docs/grpc-reference",
    "chunks as JSON, with `outputs` or the older `choices`; tools of the client and of xAI",
)

_SERVICE = "xai_api.Chat"
_TOOL = "ROLE_TOOL"
_CLIENT_TOOLS = ("TOOL_CALL_TYPE_CLIENT_SIDE_TOOL", "TOOL_CALL_TYPE_INVALID")
_NO_REASON = "REASON_INVALID"


def recognise(sample: Sample) -> int:
    """Look for outputs whose role or finish reason is the name of an enum, then for the service in the path."""
    for output in (output for payload in sample.payloads for output in _outputs(mapping(payload))):
        role = as_text(mapping(output.get("delta")).get("role"))
        if role.startswith("ROLE_") or as_text(output.get("finish_reason")).startswith("REASON_"):
            return 95
    return 50 if _SERVICE in sample.url else 0


def read(events: Events, reading: Reading) -> None:
    """Read every chunk. Usage is cumulative, and empty in the chunks of a tool, so the last one that is not empty counts."""
    answer = _Answer(reading)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = mapping(payload)
        stamp = parse_time(chunk.get("created"))
        reading.note_model(chunk.get("model"))
        for output in _outputs(chunk):
            answer.add(event, output, stamp)
        if citations := chunk.get("citations"):
            reading.add(event, CITATION, write(citations), stamp=stamp)
        if chunk.get("error"):
            reading.add_error(event, error_of(chunk), stamp=stamp)
        if reported := mapping(chunk.get("usage")):
            reading.add_usage(event, reported, stamp=stamp)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _outputs(chunk: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(output) for output in items(chunk.get("outputs") or chunk.get("choices"))]


class _Answer:
    """The answer that the chunks add to."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._has_steps = False
        """Whether xAI runs tools itself."""
        self._waits = False
        """Whether the answer waits for one of them."""

    def add(self, event: int, output: Mapping[str, Any], stamp: float | None) -> None:
        """Add the rows of one output. The calls that xAI makes and the results of its tools are of kind other."""
        delta = mapping(output.get("delta"))
        calls = [mapping(call) for call in items(delta.get("tool_calls"))]
        is_tool = delta.get("role") == _TOOL
        if is_tool or not all(map(_is_client_call, calls)):
            self._has_steps = True
        if is_tool or calls:
            self._waits = not (is_tool or any(map(_is_client_call, calls)))
        choice = 0 if self._has_steps else valid_index(output.get("index"))
        rows_before = len(self._reading.kind)
        if is_tool:
            returned = only_text(delta.get("content"))
            call_id = delta.get("tool_call_id") or mapping(next(iter(calls), {})).get("id")
            name = mapping(mapping(next(iter(calls), {})).get("function")).get("name")
            self._reading.note_tool_result(event, returned, call_id, name, choice=choice)
            self._reading.add(event, OTHER, returned, choice=choice, stamp=stamp)
        else:
            self._add_delta(event, delta, calls, choice, stamp)
        reason = output.get("finish_reason")
        if reason and reason != _NO_REASON:
            self._reading.finish_reasons[choice] = as_text(reason)
            self._reading.ended = not self._waits
            self._reading.add(event, FINISH, choice=choice, stamp=stamp)
            return
        self._reading.ended = False
        if len(self._reading.kind) == rows_before:
            self._reading.add(event, SILENT, choice=choice, stamp=stamp)

    def _add_delta(
        self, event: int, delta: Mapping[str, Any], calls: list[dict[str, Any]], choice: int, stamp: float | None
    ) -> None:
        for kind, name in ((REASONING, "reasoning_content"), (CONTENT, "content")):
            if text := only_text(delta.get(name)):
                self._reading.add(event, kind, text, choice=choice, stamp=stamp)
        for call in calls:
            function = mapping(call.get("function"))
            text = as_text(function.get("arguments"))
            if _is_client_call(call):
                tool = self._start_call(call, function, choice)
                self._reading.add(event, TOOL_CALL, text, choice=choice, tool=tool, stamp=stamp)
            else:
                self._reading.note_tool_input(event, text, call.get("id"), function.get("name"), choice=choice)
                self._reading.add(event, OTHER, text, choice=choice, stamp=stamp)
        if citations := delta.get("citations"):
            self._reading.add(event, CITATION, write(citations), choice=choice, stamp=stamp)

    def _start_call(self, call: Mapping[str, Any], function: Mapping[str, Any], choice: int) -> int:
        """Note the id and name of a call, which is always sent whole. Return its index."""
        tool = next_index(self._reading.tool_calls)
        start = ToolCallStart(as_text(call.get("id") or ""), as_text(function.get("name") or ""))
        self._reading.tool_calls.setdefault((choice, tool), start)
        return tool


def _is_client_call(call: Mapping[str, Any]) -> bool:
    kind = as_text(call.get("type"))
    return kind in _CLIENT_TOOLS or not kind.startswith("TOOL_CALL_TYPE_")


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as a single chunk. Its message is the sum of all deltas."""
    outputs = _outputs(payload)
    if not any(as_text(mapping(output.get("message")).get("role")).startswith("ROLE_") for output in outputs):
        return None
    return [("message", {**payload, "outputs": [{**output, "delta": output.get("message")} for output in outputs]})]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts. The completion tokens do not include the reasoning tokens."""
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
