"""OpenAI chat completions, as sent by OpenAI and the many providers that follow it.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import Callable, Mapping
from typing import Any

from viewer.protocols import Sample, chat_usage, server_times
from viewer.protocols.errors import error_of
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    CONTENT,
    FINISH,
    OTHER,
    REASONING,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.wire import Events

PROTOCOL = "openai-chat"
ABOUT = About(
    PROTOCOL,
    "OpenAI chat completions",
    "https://platform.openai.com/docs/api-reference/chat-streaming",
    "as sent by OpenAI, xAI, OpenRouter, Groq, DeepSeek, Azure, llama.cpp, vLLM and many more",
)


_STREAM_FIELDS = server_times.FIELDS | {"error", "usage", "x_groq"}
"""Fields of a chunk that concern the stream as a whole."""
_TEXTS = {"content": CONTENT, "refusal": REFUSAL, "reasoning_content": REASONING, "reasoning": REASONING}
"""The kind of row for each field of a delta that holds a single text."""
_FIELDS = frozenset(_TEXTS) | {"reasoning_details", "tool_calls", "function_call", "audio", "annotations"}
"""Fields of a delta that add rows."""


def recognise(sample: Sample) -> int:
    """Look for chunk objects, then for choices with a delta, then for the path."""
    payloads = sample.objects
    if any(payload.get("object") == "chat.completion.chunk" for payload in payloads):
        return 90
    if any("delta" in choice for payload in payloads for choice in choices_of(payload)):
        return 80
    return 50 if sample.path.endswith("/chat/completions") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every chunk. The last usage object counts, since some providers send a cumulative one with each chunk."""
    reasoning = _ReasoningField()
    started: set[int] = set()
    created, stamp = None, None
    expects_repeats = True
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = payload if isinstance(payload, dict) else {}
        # Nearly every chunk repeats the time of the previous one.
        if chunk.get("created") != created:
            created = chunk.get("created")
            stamp = parse_epoch(created)
        if reading.model is None:
            # Only watsonx uses `model_id`.
            model = chunk.get("model") or chunk.get("model_id")
            reading.model = as_text(model) if model else None
        if chunk.get("service_tier"):
            reading.service_tier = as_text(chunk["service_tier"])
        choices = choices_of(chunk)
        is_error = events.name[event] == "error"
        concerns_stream = is_error or _has_stream_fields(chunk)
        is_plain = False
        for choice in choices:
            is_plain = _read_choice(event, choice, stamp, reading, reasoning, started)
            concerns_stream = concerns_stream or "usage" in choice
        if is_plain and not concerns_stream and len(choices) == 1:
            if expects_repeats:
                expects_repeats = reading.expect_repeats(events.name[event], only_text(chunk.get("obfuscation")))
            continue
        if concerns_stream:
            _read_stream_fields(event, payload, chunk, choices, stamp, reading, is_error=is_error)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _has_stream_fields(chunk: Mapping[str, Any]) -> bool:
    """Tell whether a chunk holds something about the stream as a whole. Nearly all of OpenAI's chunks have `"usage":null`."""
    return not _STREAM_FIELDS.isdisjoint(chunk) and any(chunk.get(name) for name in _STREAM_FIELDS)


def _read_stream_fields(
    event: int,
    payload: Any,
    chunk: Mapping[str, Any],
    choices: list[dict[str, Any]],
    stamp: float | None,
    reading: Reading,
    *,
    is_error: bool,
) -> None:
    """Read what concerns the stream as a whole: an error, usage, the server's times."""
    if is_error or chunk.get("error"):
        reading.add_error(event, error_of(payload), stamp=stamp)
    reported = _reported_usage(chunk, choices)
    if reported is not None:
        reading.add_usage(event, reported, stamp=stamp)
        reading.server_times = server_times.of_usage(reported) or reading.server_times
    reading.server_times = server_times.of_chunk(chunk) or reading.server_times


def choices_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a chunk that are objects."""
    choices = payload.get("choices")
    if not isinstance(choices, list):
        return []
    # Nearly every chunk has exactly one, so its own list is returned.
    if len(choices) == 1 and isinstance(choices[0], dict):
        return choices
    return [choice for choice in choices if isinstance(choice, dict)]


class _ReasoningField:
    """The field to read reasoning from. Providers repeat the same reasoning in several, so the first with text is chosen."""

    def __init__(self) -> None:
        self.chosen = ""
        """Its name, or "" until a field holds text."""

    def read(self, delta: Mapping[str, Any]) -> str:
        """Return the reasoning that a delta adds."""
        for name in (self.chosen,) if self.chosen else _REASONING_FIELDS:
            if text := _REASONING_FIELDS[name](delta.get(name)):
                self.chosen = name
                return text
        return ""


def _details_text(details: Any) -> str:
    """Return the text of `reasoning_details` (OpenRouter). Encrypted items have none."""
    details = map(mapping, items(details))
    return "".join(only_text(detail.get("text") or detail.get("summary")) for detail in details)


def _thinking_text(content: Any) -> str:
    """Return the thinking parts if the content is a list (Mistral)."""
    parts = (part for part in map(mapping, items(content)) if part.get("type") == "thinking")
    return "".join(_text(part.get("thinking")) for part in parts)


_REASONING_FIELDS: dict[str, Callable[[Any], str]] = {
    "reasoning_content": only_text,
    "reasoning": only_text,
    "reasoning_details": _details_text,
    "content": _thinking_text,
}


def _read_choice(
    event: int,
    choice: Mapping[str, Any],
    stamp: float | None,
    reading: Reading,
    reasoning: _ReasoningField,
    started: set[int],
) -> bool:
    """Add the rows of one choice. Return whether it is a single row that holds its only text, or is silent."""
    delta = mapping(choice.get("delta"))
    # Nearly every choice is the first.
    number = choice.get("index")
    if number != 0:
        number = valid_index(number)
    # Nearly every delta has exactly one field that is not empty, so only those present are looked at.
    fields, name, text = 0, "", None
    for field, value in delta.items():
        if value and field in _FIELDS:
            fields, name, text = fields + 1, field, value
    is_first = number not in started
    if is_first:
        started.add(number)
    reason = choice.get("finish_reason")
    kind = _TEXTS.get(name, OTHER) if fields == 1 and isinstance(text, str) else OTHER
    is_text = kind != OTHER and (kind != REASONING or name == reasoning.chosen)
    if is_text:
        reading.add(event, kind, str(text), choice=number, stamp=stamp)
        if not reason:
            return True
    has_rows = is_text or (fields > 0 and _read_delta(event, delta, number, stamp, reading, reasoning))
    if reason:
        reading.finish_reasons[number] = as_text(reason)
        reading.ended = True
        reading.add(event, FINISH, choice=number, stamp=stamp)
    if reason or has_rows:
        return False
    is_start = is_first and "role" in delta
    reading.add(event, START if is_start else SILENT, choice=number, stamp=stamp)
    return not (fields or is_start)


def _read_delta(
    event: int,
    delta: Mapping[str, Any],
    choice: int,
    stamp: float | None,
    reading: Reading,
    reasoning: _ReasoningField,
) -> bool:
    """Add a row for everything that a delta adds. Return whether there is any."""
    rows_before = len(reading.kind)
    if thought := reasoning.read(delta):
        reading.add(event, REASONING, thought, choice=choice, stamp=stamp)
    for kind, name in ((CONTENT, "content"), (REFUSAL, "refusal")):
        if text := _text(delta.get(name)):
            reading.add(event, kind, text, choice=choice, stamp=stamp)
    for tool, arguments in _tool_deltas(delta, choice, reading):
        reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
    if (audio := delta.get("audio")) and isinstance(audio, dict):
        reading.add(event, AUDIO, _text(audio.get("transcript")), choice=choice, stamp=stamp)
    if annotations := delta.get("annotations"):
        reading.add(event, CITATION, write(annotations), choice=choice, stamp=stamp)
    return len(reading.kind) > rows_before


def _text(value: Any) -> str:
    """Return a text, which Mistral and others send as a list of parts."""
    if isinstance(value, str):
        return value
    return "".join(only_text(part.get("text")) for part in map(mapping, items(value)))


def _tool_deltas(delta: Mapping[str, Any], choice: int, reading: Reading) -> list[tuple[int, str]]:
    """Return the tool index and argument fragment of each tool call in a delta. Note its id and name."""
    calls = delta.get("tool_calls")
    if not isinstance(calls, list):
        legacy = delta.get("function_call")
        calls = [{"index": 0, "function": legacy}] if isinstance(legacy, dict) else []
    fragments = []
    for position, call in enumerate(calls):
        if not isinstance(call, dict):
            continue
        tool = valid_index(call.get("index"), position)
        start = reading.tool_calls.setdefault((choice, tool), ToolCallStart())
        function = mapping(call.get("function") or call.get("custom"))
        start.id = start.id or as_text(call.get("id") or "")
        # Some providers send the name in pieces, which SDKs join. Others repeat the whole name with every piece.
        name = as_text(function.get("name") or "")
        start.name += name if name != start.name else ""
        fragments.append((tool, as_text(function.get("arguments", function.get("input")))))
    return fragments


def _reported_usage(payload: Mapping[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the usage object. Groq sends it in `x_groq` before the last chunk, Moonshot in the choice."""
    reported = payload.get("usage")
    if not reported and "x_groq" in payload and isinstance(payload["x_groq"], dict):
        reported = payload["x_groq"].get("usage")
    if not reported:
        for choice in choices:
            reported = reported or choice.get("usage")
    return reported if reported and isinstance(reported, dict) else None


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a completion as a single chunk. Its message is the sum of all deltas."""
    choices = choices_of(payload)
    if not any(isinstance(choice.get("message"), dict) for choice in choices):
        return None
    return [("message", {**payload, "choices": [{**choice, "delta": choice.get("message")} for choice in choices]})]


usage = chat_usage.usage
