"""Anthropic Messages, also as sent by Vertex AI.

https://docs.anthropic.com/en/docs/build-with-claude/streaming

Content comes in blocks. Usage comes in two parts: the input at the start, the output at the end.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.usage_counts import tier_of, tool_uses, written_for_1h
from viewer.text.json import as_text, mapping, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    FINISH,
    KEEP_ALIVE,
    NO_TOOL,
    OTHER,
    REASONING,
    SILENT,
    START,
    TOOL_CALL,
    USAGE,
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
}
_TOOL_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


_WRITTEN = "cache_creation_input_tokens"
"""The count of tokens written to the cache, which `cache_creation` splits by how long they stay there."""


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for the path."""
    types = [payload.get("type") for payload in sample.objects]
    if any(isinstance(name, str) and name in _TYPES for name in types):
        return 90
    return 50 if sample.path.endswith("/v1/messages") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Merge usage as the SDK does: later counts replace those of the start."""
    blocks = _Blocks(reading)
    for event, payload in reading.payloads(events):
        if not isinstance(payload, dict):
            reading.add(event, OTHER)
            continue
        match payload.get("type"):
            case "message_start":
                message = mapping(payload.get("message"))
                reading.model = reading.model or (as_text(message["model"]) if message.get("model") else None)
                _merge_usage(reading, message.get("usage"))
                reading.add(event, START)
            case "content_block_start":
                blocks.start(event, payload)
            case "content_block_delta":
                blocks.delta(event, payload)
            case "message_delta":
                blocks.has_final_usage |= isinstance(payload.get("usage"), dict)
                _finish(event, payload, reading)
            case "ping":
                reading.add(event, KEEP_ALIVE)
            case "error":
                error = mapping(payload.get("error"))
                reading.add_error(
                    event,
                    StreamError(as_text(error.get("message") or write(payload)), as_text(error.get("type") or "")),
                )
            case "message_stop":
                reading.ended = True
                reading.add(event, OTHER)
            case _:
                reading.add(event, OTHER)
    _drop_output_of_start(reading, blocks)


class _Blocks:
    """The content blocks of a message, and which tool call each of them is."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tools: dict[Any, int] = {}
        self.has_final_usage = False
        """Whether a usage object came after that of the start."""
        self._start_inputs: dict[Any, int] = {}
        """By block, the row with the input that a tool call started with, until deltas replace it."""

    def start(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a block starts with."""
        block = mapping(payload.get("content_block"))
        kind = block.get("type")
        if isinstance(kind, str) and kind in _TOOL_BLOCKS:
            tool = next_index(self._tools)
            self._tools[as_text(payload.get("index"))] = tool
            name, call_id = as_text(block.get("name") or ""), as_text(block.get("id") or "")
            self._reading.tool_calls[0, tool] = ToolCallStart(call_id, name)
            start_input = block.get("input")
            if start_input:
                self._start_inputs[as_text(payload.get("index"))] = len(self._reading.kind)
            self._reading.add(event, TOOL_CALL, write(start_input) if start_input else "", tool=tool)
        elif kind == "text" and block.get("text"):
            self._reading.add(event, CONTENT, as_text(block["text"]))
        elif kind == "thinking" and block.get("thinking"):
            self._reading.add(event, REASONING, as_text(block["thinking"]))
        else:
            self._reading.add(event, SILENT if kind == "redacted_thinking" else OTHER)

    def delta(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a delta adds."""
        delta = mapping(payload.get("delta"))
        kind, field = _DELTAS.get(as_text(delta.get("type")), (OTHER, ""))
        if delta.get("type") == "citations_delta":
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
            self._reading.add(event, OTHER)
        elif isinstance(text, str) and (text or kind == TOOL_CALL):
            self._reading.add(event, kind, text, tool=tool)
        else:
            self._reading.add(event, SILENT)


def _finish(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    reason = mapping(payload.get("delta")).get("stop_reason")
    if reason:
        reading.finish_reasons[0] = as_text(reason)
        reading.add(event, FINISH)
    if _merge_usage(reading, payload.get("usage")):
        reading.add(event, USAGE)
    elif not reason:
        reading.add(event, SILENT)


def _drop_output_of_start(reading: Reading, blocks: _Blocks) -> None:
    """Drop the output count of a stream that broke off before the final one. The start only says where counting began."""
    if reading.usage is not None and not (reading.ended or blocks.has_final_usage):
        reading.usage = {name: value for name, value in reading.usage.items() if name != "output_tokens"} or None


def _merge_usage(reading: Reading, reported: Any) -> bool:
    """Replace earlier counts by later ones. Counts that the later object omits, or sends as null, stay.

    Only the split of a sum does not stay if the later object has another sum: a search may write to the cache in between.
    """
    if not isinstance(reported, dict):
        return False
    later = {name: value for name, value in reported.items() if value is not None}
    earlier = dict(reading.usage or {})
    if later.get(_WRITTEN, earlier.get(_WRITTEN)) != earlier.get(_WRITTEN):
        earlier.pop("cache_creation", None)
    reading.usage = {**earlier, **later}
    reading.first_usage = reading.first_usage or later
    return True


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a message as the events of a stream. Each content block starts with everything it holds."""
    blocks = payload.get("content")
    if payload.get("type") != "message" or not isinstance(blocks, list):
        return None
    started = [
        {"type": "content_block_start", "index": index, "content_block": block} for index, block in enumerate(blocks)
    ]
    ended = {"type": "message_delta", "delta": {"stop_reason": payload.get("stop_reason")}}
    events = [{"type": "message_start", "message": payload}, *started, ended, {"type": "message_stop"}]
    return [("message", event) for event in events]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object. Its input does not include the tokens read from and written to the cache."""
    uncached = count(reported, "input_tokens")
    output = count(reported, "output_tokens")
    read_from_cache = count(reported, "cache_read_input_tokens")
    written_to_cache = count(reported, _WRITTEN)
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
