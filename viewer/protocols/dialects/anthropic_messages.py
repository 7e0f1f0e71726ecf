"""Anthropic Messages, also as sent by Vertex AI.

https://docs.anthropic.com/en/docs/build-with-claude/streaming

Content comes in blocks. Usage comes in two parts: the input at the start, the output at the end. Results of tools that the
provider runs, summaries of what was compacted and other blocks are of kind other, with their text.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.anthropic_message import Message
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import is_error_result, result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import tier_of, tool_uses, written_for_1h
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    KEEP_ALIVE,
    NO_TOOL,
    OTHER,
    REASONING,
    SILENT,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "anthropic-messages"
ABOUT = About(
    PROTOCOL,
    "Anthropic Messages",
    "https://docs.anthropic.com/en/docs/build-with-claude/streaming",
    "also on Vertex AI and inside Bedrock",
)

_TYPES = frozenset(
    {
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
    }
)
# The kind of each type of delta, and the field with its text.
_DELTAS = {
    "text_delta": (CONTENT, "text"),
    "thinking_delta": (REASONING, "thinking"),
    "input_json_delta": (TOOL_CALL, "partial_json"),
    "signature_delta": (SILENT, ""),
    "compaction_delta": (OTHER, "content"),
}
# The same for what a block starts with.
_TEXT_BLOCKS = {"text": CONTENT, "thinking": REASONING}
_TOOL_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_OTHER_BLOCKS = frozenset({"redacted_thinking", "container_upload", "compaction", "fallback", "mcp_tool_listing"})


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for the path."""
    types = [payload.get("type") for payload in sample.objects]
    if any(isinstance(name, str) and name in _TYPES for name in types):
        return 90
    return 50 if sample.path.endswith("/v1/messages") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Merge usage as the SDK does: later counts replace those of the start."""
    messages = MessageEvents(events, reading)
    for event, value in reading.payloads(events):
        messages.add(event, mapping(value))
    messages.close()


class MessageEvents:
    """The rows of the events of a message, or of several messages one after another."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._reading = reading
        self._unknown = UnknownText(events, reading)
        self._blocks = _Blocks(reading, self._unknown)
        self._message = Message(events, reading)

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        match payload.get("type"):
            case "message_start":
                self._message.start(event, mapping(payload.get("message")))
                # The result of a program that called tools comes whole, in the start.
                content = items(mapping(payload.get("message")).get("content"))
                for position, block in enumerate(map(mapping, content)):
                    self._blocks.start(event, f"start {position}", block)
            case "content_block_start":
                self._blocks.start(event, as_text(payload.get("index")), mapping(payload.get("content_block")))
            case "content_block_delta":
                self._blocks.delta(event, payload)
            case "message_delta":
                self._message.finish(event, payload)
            case "error":
                self._fail(event, payload)
            case "message_stop":
                self._message.stop(event)
            case kind:
                self._add_other(event, as_text(kind), payload)

    def close(self) -> None:
        """Drop the output count of a message that was cut off."""
        self._message.drop_output_of_start()

    def _add_other(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        is_known = kind in ("ping", "content_block_stop")
        if is_known or not self._unknown.add(event, "event type", kind, dict(payload)):
            self._reading.add(event, KEEP_ALIVE if kind == "ping" else OTHER)

    def _fail(self, event: int, payload: Mapping[str, Any]) -> None:
        error = mapping(payload.get("error"))
        message = as_text(error.get("message") or write(payload))
        self._reading.add_error(event, StreamError(message, as_text(error.get("type") or "")))


class _Blocks:
    """The content blocks of a message, and which tool call each of them is."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._tools: dict[str, int] = {}
        self._start_inputs: dict[str, int] = {}
        """By block, the row with the input that a tool call started with, until deltas replace it."""

    def start(self, event: int, index: str, block: Mapping[str, Any]) -> None:
        """Add what a block starts with."""
        kind = as_text(block.get("type"))
        if kind in _TOOL_BLOCKS:
            self._start_call(event, index, block)
        elif kind in _TEXT_BLOCKS:
            text = as_text(block.get(kind) or "")
            self._reading.add(event, _TEXT_BLOCKS[kind] if text else OTHER, text)
            for citation in items(block.get("citations")):
                self._reading.add(event, CITATION, write(citation))
        elif kind == "redacted_thinking":
            self._reading.add(event, SILENT)
        elif kind in _OTHER_BLOCKS or kind.endswith("_tool_result"):
            if model := mapping(block.get("to")).get("model"):
                # Another model took over. It is the one that answers.
                self._reading.model = as_text(model)
            if kind.endswith("_tool_result"):
                self._note_result(event, kind, block)
            self._reading.add(event, OTHER, "\n".join(texts_in(dict(block))))
        elif not self._unknown.add(event, "block type", kind, dict(block)):
            self._reading.add(event, OTHER)

    def _note_result(self, event: int, kind: str, block: Mapping[str, Any]) -> None:
        content = block.get("content")
        is_error = block.get("is_error") is True or is_error_result(content)
        name = kind.removesuffix("_tool_result")
        self._reading.note_tool_result(event, result_text(content), block.get("tool_use_id"), name, is_error=is_error)

    def _start_call(self, event: int, index: str, block: Mapping[str, Any]) -> None:
        tool = self._tools[index] = next_index(self._reading.tool_calls)
        name, call_id = as_text(block.get("name") or ""), as_text(block.get("id") or "")
        self._reading.tool_calls[0, tool] = ToolCallStart(call_id, name)
        start_input = block.get("input")
        if start_input:
            self._start_inputs[index] = len(self._reading.kind)
        self._reading.add(event, TOOL_CALL, write(start_input) if start_input else "", tool=tool)

    def delta(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a delta adds."""
        delta = mapping(payload.get("delta"))
        delta_type = as_text(delta.get("type"))
        kind, field = _DELTAS.get(delta_type, (OTHER, ""))
        if delta_type == "citations_delta":
            self._reading.add(event, CITATION, write(delta.get("citation")))
            return
        text = delta.get(field)
        tool = NO_TOOL
        if kind == TOOL_CALL:
            block = as_text(payload.get("index"))
            tool = self._tools.get(block, NO_TOOL)
            if text and block in self._start_inputs:
                self._reading.text[self._start_inputs.pop(block)] = ""
        if tool == NO_TOOL and kind == TOOL_CALL:
            self._reading.add(event, OTHER, only_text(text))
        elif isinstance(text, str) and (text or kind == TOOL_CALL):
            self._reading.add(event, kind, text, tool=tool)
        elif field in delta or kind == SILENT or not self._unknown.add(event, "delta", delta_type, {"delta": delta}):
            self._reading.add(event, SILENT)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a message as the events of a stream. Each content block starts with everything it holds."""
    blocks = payload.get("content")
    if payload.get("type") != "message" or not isinstance(blocks, list):
        return None
    started = [
        {"type": "content_block_start", "index": index, "content_block": block} for index, block in enumerate(blocks)
    ]
    ended = {
        "type": "message_delta",
        "delta": {name: payload.get(name) for name in ("stop_reason", "stop_details")},
        "usage": payload.get("usage"),
    }
    events = [
        {"type": "message_start", "message": {**payload, "content": []}},
        *started,
        ended,
        {"type": "message_stop"},
    ]
    return [("message", event) for event in events]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object. Its input does not include the tokens read from and written to the cache."""
    uncached = count(reported, "input_tokens")
    output = count(reported, "output_tokens")
    read_from_cache = count(reported, "cache_read_input_tokens")
    written_to_cache = count(reported, "cache_creation_input_tokens")
    split = [count(reported, "cache_creation", f"ephemeral_{time}_input_tokens") for time in ("5m", "1h")]
    if written_to_cache is None and any(split):
        written_to_cache = sum(tokens or 0 for tokens in split)
    return Usage(
        input=None if uncached is None else uncached + (read_from_cache or 0) + (written_to_cache or 0),
        output=output,
        reasoning=count(reported, "output_tokens_details", "thinking_tokens"),
        cache_read=read_from_cache,
        cache_write=written_to_cache,
        reported=reported,
        checks=tuple(_checks(reported, output, written_to_cache)),
        cache_write_1h=written_for_1h(reported),
        service_tier=tier_of(reported),
        tool_uses=tool_uses(reported),
    )


def _checks(reported: Mapping[str, Any], output: int | None, written_to_cache: int | None) -> Iterator[Check]:
    five_minutes = count(reported, "cache_creation", "ephemeral_5m_input_tokens")
    one_hour = count(reported, "cache_creation", "ephemeral_1h_input_tokens")
    if written_to_cache and five_minutes is not None and one_hour is not None:
        yield sum_check("cache written = 5 min + 1 h", written_to_cache, five_minutes, one_hour)
    thinking = count(reported, "output_tokens_details", "thinking_tokens")
    if thinking and output is not None:
        yield part_check("thinking ≤ output", thinking, output)
