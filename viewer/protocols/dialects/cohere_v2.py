"""Cohere chat, version 2: https://docs.cohere.com/v2/docs/streaming."""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    FINISH,
    OTHER,
    REASONING,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Check, Usage, count, part_check
from viewer.wire import Events

PROTOCOL = "cohere-v2"
ABOUT = About(PROTOCOL, "Cohere, version 2", "https://docs.cohere.com/reference/chat-stream", "chat")

_TYPES = frozenset(
    {
        "message-start",
        "content-start",
        "content-delta",
        "content-end",
        "tool-plan-delta",
        "tool-call-start",
        "tool-call-delta",
        "message-end",
    }
)


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for the path."""
    types = [payload.get("type") for payload in sample.objects]
    if any(isinstance(kind, str) and kind in _TYPES for kind in types):
        return 90
    return 50 if sample.path.endswith("/v2/chat") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. The plan that precedes tool calls is neither content nor reasoning, but of kind other."""
    tools: dict[str, int] = {}
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        delta = mapping(payload.get("delta"))
        message = mapping(delta.get("message"))
        match payload.get("type"):
            case "message-start":
                reading.add(event, START)
            case "content-start":
                _read_content(event, message, OTHER, reading, unknown)
            case "content-delta":
                _read_content(event, message, SILENT, reading, unknown)
            case "tool-plan-delta":
                reading.add(event, OTHER, only_text(message.get("tool_plan")))
            case "tool-call-start" | "tool-call-delta":
                tool = tools.setdefault(as_text(payload.get("index")), next_index(tools))
                _read_tool_call(event, tool, mapping(message.get("tool_calls")), reading)
            case "citation-start":
                reading.add(event, CITATION, write(message.get("citations")))
            case "message-end":
                _finish(event, delta, reading)
            case kind:
                _add_other(event, events.name[event], as_text(kind), value, reading, unknown)


def _add_other(event: int, name: str, kind: str, value: Any, reading: Reading, unknown: UnknownText) -> None:
    """Add an error, or an event that is not known."""
    if "error" in (kind, name) or "error" in mapping(value):
        reading.add_error(event, StreamError(_error_message(value)))
    elif not unknown.add(event, "event type", kind, value):
        reading.add(event, OTHER)


def _read_content(
    event: int, message: Mapping[str, Any], kind_if_empty: int, reading: Reading, unknown: UnknownText
) -> None:
    content = mapping(message.get("content"))
    rows_before = len(reading.kind)
    for kind, name in ((REASONING, "thinking"), (CONTENT, "text")):
        if text := only_text(content.get(name)):
            reading.add(event, kind, text)
    for name in content.keys() - {"type", "text", "thinking"}:
        unknown.add(event, "content field", name, {"delta": {name: content[name]}})
    if len(reading.kind) == rows_before:
        reading.add(event, kind_if_empty)


def _read_tool_call(event: int, tool: int, call: Mapping[str, Any], reading: Reading) -> None:
    function = mapping(call.get("function"))
    reading.identify_call(tool, call.get("id"), function.get("name"))
    reading.add(event, TOOL_CALL, only_text(function.get("arguments")), tool=tool)


def _finish(event: int, delta: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish. A failed generation has a finish reason that says so, and sometimes an error."""
    reading.ended = True
    reason = as_text(delta.get("finish_reason") or "")
    if reason:
        reading.finish_reasons[0] = reason
    if delta.get("error") or reason.startswith("ERROR"):
        reading.add_error(event, StreamError(_error_message(delta) if delta.get("error") else reason, reason))
    reading.add(event, FINISH)
    reported = delta.get("usage")
    if reported and isinstance(reported, dict):
        reading.add_usage(event, reported)


def _error_message(value: Any) -> str:
    payload = mapping(value)
    error = payload.get("error") or payload.get("message") or value
    message = mapping(error).get("message") or error
    return message if isinstance(message, str) else write(message)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a message as the events of a stream."""
    message = payload.get("message")
    if not isinstance(message, dict) or "finish_reason" not in payload or "choices" in payload:
        return None
    parts = [{"content": part} for part in items(message.get("content"))]
    events: list[dict[str, Any]] = [{"type": "content-delta", "delta": {"message": part}} for part in parts]
    for index, call in enumerate(items(message.get("tool_calls"))):
        events.append({"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": call}}})
    return [("message", event) for event in [*events, {"type": "message-end", "delta": payload}]]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object: the tokens of the model or, without these, the billed units.

    Billed units do not include the tokens that Cohere itself adds to the prompt.
    """
    of_model = reported.get("tokens")
    counted = of_model if isinstance(of_model, dict) and of_model else mapping(reported.get("billed_units"))
    tokens_in = count(counted, "input_tokens")
    tokens_out = count(counted, "output_tokens")
    reasoning = count(counted, "reasoning_tokens")
    cached = count(reported, "cached_tokens")
    return Usage(
        input=tokens_in,
        output=tokens_out,
        reasoning=reasoning,
        cache_read=cached,
        reported=reported,
        checks=tuple(_checks(reported, tokens_in, tokens_out, reasoning, cached)),
    )


def _checks(
    reported: Mapping[str, Any],
    tokens_in: int | None,
    tokens_out: int | None,
    reasoning: int | None,
    cached: int | None,
) -> Iterator[Check]:
    billed = count(reported, "billed_units", "input_tokens")
    if billed and tokens_in is not None:
        yield part_check("billed input ≤ input", billed, tokens_in)
    if cached and tokens_in is not None:
        yield part_check("cached ≤ input", cached, tokens_in)
    if reasoning and tokens_out is not None:
        yield part_check("reasoning ≤ output", reasoning, tokens_out)
