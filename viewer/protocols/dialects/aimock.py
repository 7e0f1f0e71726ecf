"""The assembled responses that aimock keeps instead of streams: https://github.com/CopilotKit/aimock.

A response is one event, in the same form for every provider. Only usage is the provider's own object. aimock never records a
finish reason; people add one by hand.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.dialects import anthropic_messages, gemini_generate
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api import usage as responses_usage
from viewer.text.json import items, mapping, write
from viewer.types.chunk_table import AUDIO, CONTENT, FINISH, OTHER, REASONING, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "aimock"

ABOUT = About(
    PROTOCOL,
    "aimock's assembled responses",
    "https://github.com/CopilotKit/aimock",
    "the reasoning, content, tool calls and usage of a stream in one event",
)

_TYPICAL_FIELDS = frozenset({"content", "toolCalls", "blocks", "audio", "transcription"})
_ENVELOPE = frozenset(
    {"id", "created", "model", "usage", "systemFingerprint", "finishReason", "role", "provider", "nativeFinishReason"}
)
_FIELDS = _TYPICAL_FIELDS | _ENVELOPE | {"reasoning", "reasoningSignature", "redactedThinking", "webSearches", "format"}


def recognise(sample: Sample) -> int:
    """Look for a single event without a URL whose fields are all known from aimock."""
    if sample.url or len(sample.names) != 1 or len(sample.payloads) != 1:
        return 0
    fields = mapping(sample.payloads[0]).keys()
    return 70 if fields & _TYPICAL_FIELDS and fields <= _FIELDS else 0


def read(events: Events, reading: Reading) -> None:
    """Read the response. If it has `blocks`, they hold its content and tool calls in order, and replace those fields."""
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        response = mapping(payload)
        reading.model = _text(response.get("model")) or None
        _add(event, REASONING, response.get("reasoning"), reading)
        blocks = _mappings(response.get("blocks"))
        for block in blocks:
            if block.get("type") == "toolCall":
                _add_call(event, block, reading)
            else:
                _add(event, CONTENT, block.get("text"), reading)
        if not blocks:
            _add(event, CONTENT, response.get("content"), reading)
            _add(event, CONTENT, mapping(response.get("transcription")).get("text"), reading)
            for call in _mappings(response.get("toolCalls")):
                _add_call(event, call, reading)
        if response.get("audio"):
            reading.add(event, AUDIO)
        _finish(event, response, reading)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [item for item in items(value) if isinstance(item, dict)]


def _text(value: Any) -> str:
    """Return a text. Write parsed JSON as text again, as aimock does when it loads a fixture."""
    return value if isinstance(value, str) else write(value) if isinstance(value, dict | list) else ""


def _add(event: int, kind: int, value: Any, reading: Reading) -> None:
    if text := _text(value):
        reading.add(event, kind, text)


def _add_call(event: int, call: Mapping[str, Any], reading: Reading) -> None:
    tool = next_index(reading.tool_calls)
    reading.tool_calls[0, tool] = ToolCallStart(_text(call.get("id")), _text(call.get("name")))
    reading.add(event, TOOL_CALL, _text(call.get("arguments")), tool=tool)


def _finish(event: int, response: Mapping[str, Any], reading: Reading) -> None:
    # aimock does not record streams that broke off.
    reading.ended = True
    if reason := _text(response.get("finishReason")):
        reading.finish_reasons[0] = reason
        reading.add(event, FINISH)
    reported = response.get("usage")
    if reported and isinstance(reported, dict):
        reading.add_usage(event, reported)


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert the provider's usage object, which is recognised by the names of its counts."""
    if "promptTokenCount" in reported:
        return gemini_generate.usage(reported, provider)
    if "input_tokens" in reported:
        # Anthropic reports no total.
        if "total_tokens" not in reported:
            return anthropic_messages.usage(reported, provider)
        return responses_usage.usage(reported, provider)
    return chat_usage.usage(reported, provider)
