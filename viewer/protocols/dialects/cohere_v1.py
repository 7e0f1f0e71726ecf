"""Cohere chat and generate, version 1: https://docs.cohere.com/v1/reference/chat-stream.

The stream is lines of JSON or server-sent events. The last event repeats the whole text.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import cohere_v2
from viewer.protocols.indices import next_index, valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, MAX_INDEX, OTHER, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.wire import Events

PROTOCOL = "cohere-v1"
ABOUT = About(PROTOCOL, "Cohere, version 1", "https://docs.cohere.com/v1/reference/chat-stream", "chat and generate")

_TYPES = frozenset(
    {
        "stream-start",
        "text-generation",
        "citation-generation",
        "search-queries-generation",
        "search-results",
        "tool-calls-chunk",
        "tool-calls-generation",
        "stream-end",
    }
)


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for `is_finished`, which every older event has."""
    payloads = sample.objects
    types = [payload.get("event_type") for payload in payloads]
    if any(isinstance(kind, str) and kind in _TYPES for kind in types):
        return 90
    return 60 if any(isinstance(payload.get("is_finished"), bool) for payload in payloads) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. The text that the last one repeats is not added again."""
    calls = _ToolCalls(reading)
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        match _event_type(payload):
            case "stream-start":
                reading.add(event, START)
            case "text-generation":
                reading.add_text(event, CONTENT, payload.get("text"), choice=valid_index(payload.get("index")))
            case "citation-generation":
                reading.add(event, CITATION, write(payload.get("citations")))
            case "search-queries-generation" | "search-results":
                reading.add(event, OTHER, "\n".join(texts_in(payload)))
            case "tool-calls-chunk":
                calls.add_chunk(event, payload)
            case "tool-calls-generation":
                calls.add_whole(event, payload.get("tool_calls"))
            case "stream-end":
                _finish(event, payload, reading)
            case kind:
                _add_other(event, events.name[event], as_text(kind), value, reading, unknown)


def _add_other(event: int, name: str, kind: str, value: Any, reading: Reading, unknown: UnknownText) -> None:
    """Add an error, or an event that is not known."""
    if "error" in (kind, name):
        _fail(event, as_text(mapping(value).get("message") or write(value)), "", reading)
    elif not unknown.add(event, "event type", kind, value):
        reading.add(event, OTHER)


def _event_type(payload: Mapping[str, Any]) -> Any:
    """Return the type of an event. Events of the first versions do not name it and are one of two."""
    if "event_type" in payload or not isinstance(payload.get("is_finished"), bool):
        return payload.get("event_type")
    return "stream-end" if payload["is_finished"] else "text-generation"


class _ToolCalls:
    """Tool calls that are streamed in pieces, or sent whole."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tools: dict[str, int] = {}

    def add_chunk(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add a piece of a call, or of the plan that precedes calls, which is not content but of kind other."""
        delta = payload.get("tool_call_delta")
        if not isinstance(delta, dict):
            self._reading.add(event, OTHER, only_text(payload.get("text")))
            return
        tool = self._tools.setdefault(as_text(delta.get("index")), next_index(self._tools))
        self._reading.identify_call(tool, None, delta.get("name"))
        self._reading.add(event, TOOL_CALL, only_text(delta.get("parameters")), tool=tool)

    def add_whole(self, event: int, calls: Any) -> None:
        """Add whole calls, unless they repeat calls that were streamed."""
        listed = [call for call in items(calls) if isinstance(call, dict)]
        if self._tools or not listed:
            self._reading.add(event, OTHER)
            return
        for call in listed[:MAX_INDEX]:
            tool = self._tools.setdefault(str(len(self._tools)), len(self._tools))
            self._reading.tool_calls[0, tool] = ToolCallStart(name=as_text(call.get("name") or ""))
            self._reading.add(event, TOOL_CALL, write(call.get("parameters") or {}), tool=tool)


def _finish(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish, and the usage in the `meta` of the response."""
    reading.ended = True
    response = mapping(payload.get("response"))
    reason = as_text(payload.get("finish_reason") or response.get("finish_reason") or "")
    if reason:
        reading.finish_reasons[0] = reason
    if payload.get("error") or reason.startswith("ERROR"):
        _fail(event, as_text(payload.get("error") or reason), reason, reading)
    reading.add(event, FINISH)
    meta = response.get("meta")
    if isinstance(meta, dict) and (meta.get("tokens") or meta.get("billed_units")):
        reading.add_usage(event, meta)


def _fail(event: int, message: str, reason: str, reading: Reading) -> None:
    reading.add_error(event, StreamError(message, reason))


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer of chat or generate, which Bedrock sends too, as the events of a stream."""
    generations = [mapping(one) for one in items(payload.get("generations"))]
    if isinstance(payload.get("text"), str) and "generation_id" in payload:
        generations = [payload]
    if not any(isinstance(one.get("text"), str) for one in generations):
        return None
    events: list[dict[str, Any]] = [
        {"event_type": "text-generation", "index": index, "text": one.get("text")}
        for index, one in enumerate(generations)
    ]
    if calls := payload.get("tool_calls"):
        events.append({"event_type": "tool-calls-generation", "tool_calls": calls})
    events += [{"event_type": "citation-generation", "citations": [one]} for one in items(payload.get("citations"))]
    reason = generations[0].get("finish_reason")
    return [
        (one["event_type"], one)
        for one in [*events, {"event_type": "stream-end", "finish_reason": reason, "response": payload}]
    ]


usage = cohere_v2.usage
