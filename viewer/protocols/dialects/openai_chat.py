"""OpenAI chat completions, as sent by OpenAI and the many providers that follow it.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.chat_completions.deltas import ChatDeltas
from viewer.protocols.contradictions import stated_reason
from viewer.protocols.errors import error_of
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import parse_epoch
from viewer.types.formats import About
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


def recognise(sample: Sample) -> int:
    """Look for chunk objects, then for choices with a delta, then for a whole completion, then for the path."""
    payloads = sample.objects
    if any(payload.get("object") == "chat.completion.chunk" for payload in payloads):
        return 90
    choices = [choice for payload in payloads for choice in choices_of(payload)]
    if any("delta" in choice or _has_azure_messages(choice) for choice in choices):
        return 80
    # Others have messages too, but call their reason something else. Several that are finished are several answers.
    whole = [choice for choice in choices if isinstance(choice.get("message"), dict) and "finish_reason" in choice]
    if whole and sum(bool(stated_reason(one["finish_reason"])) and not one.get("index") for one in whole) <= 1:
        return 70
    return 50 if sample.path.endswith("/chat/completions") else 0


def _has_azure_messages(choice: Mapping[str, Any]) -> bool:
    return any("delta" in mapping(message) for message in items(choice.get("messages")))


def read(events: Events, reading: Reading) -> None:
    """Read every chunk. The last usage object counts, since some providers send a cumulative one with each chunk."""
    deltas = ChatDeltas(events, reading)
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
            is_plain = deltas.add(event, choice, stamp)
            concerns_stream = concerns_stream or "usage" in choice
        if is_plain and not concerns_stream and len(choices) == 1:
            if expects_repeats:
                expects_repeats = reading.expect_repeats(events.name[event], only_text(chunk.get("obfuscation")))
            continue
        if concerns_stream:
            _read_stream_fields(event, payload, chunk, choices, stamp, reading, is_error=is_error)
        if len(reading.kind) == rows_before:
            deltas.add_unknown_chunk(event, payload, stamp)
    deltas.finish()


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
