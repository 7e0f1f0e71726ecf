"""OpenAI text completions, and others like them: https://platform.openai.com/docs/api-reference/completions.

Two variants have a different shape: llama.cpp's `/completion`
(https://github.com/ggml-org/llama.cpp/tree/master/tools/server) and Writer's (https://dev.writer.com/home/streaming).
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.chat_completions.deltas import CHOICE_METADATA
from viewer.protocols.contradictions import stated_reason
from viewer.protocols.dialects import openai_chat
from viewer.protocols.errors import error_of
from viewer.protocols.indices import valid_index
from viewer.protocols.provider import provider_of
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "openai-completions"
ABOUT = About(
    PROTOCOL,
    "OpenAI text completions",
    "https://platform.openai.com/docs/api-reference/completions",
    "also llama.cpp's `/completion`, and Writer",
)

_OBJECTS = frozenset({"text_completion", "completion.chunk"})
_PATHS = ("/v1/completions", "/completion")
_COUNTS = ("tokens_evaluated", "tokens_predicted", "tokens_cached", "timings")
_KNOWN_FIELDS = CHOICE_METADATA | {"delta", "prompt_logprobs", "prompt_token_ids"}
"""Fields of a choice beside its text. A delta repeats the text."""
# Older llama.cpp servers send one of these instead of `stop_type`.
_STOP_FLAGS = ("stopped_eos", "stopped_word", "stopped_limit")


def recognise(sample: Sample) -> int:
    """Look for completion objects, then for the fields of each variant, then for the path."""
    payloads = sample.objects
    # Text Generation Inference 1.4 calls the chunks of a chat `text_completion`.
    if any(_is_chat(choice) for payload in payloads for choice in openai_chat.choices_of(payload)):
        return 0
    objects = [payload.get("object") for payload in payloads]
    if any(isinstance(name, str) and name in _OBJECTS for name in objects):
        return 90
    on_path = sample.path.endswith(_PATHS)
    for payload in payloads:
        if _is_llama(payload) and ("tokens_predicted" in payload or on_path):
            return 80
        if any(
            isinstance(choice.get("text"), str) and "delta" not in choice for choice in openai_chat.choices_of(payload)
        ):
            return 80
        if isinstance(payload.get("value"), str) and (on_path or provider_of(sample.url, None) == "api.writer.com"):
            return 80
    return 50 if on_path else 0


def _is_chat(choice: Mapping[str, Any]) -> bool:
    return isinstance(choice.get("delta"), dict) and not isinstance(choice.get("text"), str)


def read(events: Events, reading: Reading) -> None:
    """Read every event, whichever variant it belongs to."""
    unknown = UnknownText(events, reading)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = payload if isinstance(payload, dict) else {}
        stamp = parse_epoch(chunk.get("created"))
        reading.note_model(chunk.get("model"))
        for choice in openai_chat.choices_of(chunk):
            _add_choice(event, choice, stamp, reading, unknown)
        if chunk.get("error") or events.name[event] == "error":
            reading.add_error(event, error_of(payload), stamp=stamp)
        reported = chunk.get("usage")
        if _is_llama(chunk):
            _add(event, chunk["content"], chunk.get("index"), _stop_reason(chunk), stamp, reading)
            reported = {name: chunk[name] for name in _COUNTS if name in chunk} if chunk["stop"] else None
        elif isinstance(chunk.get("value"), str):
            # Writer does not mark the end, so a stream that lacks it need not have broken off.
            reading.ended = True
            _add(event, chunk["value"], 0, None, stamp, reading)
        if not server_times.FIELDS.isdisjoint(chunk):
            reading.server_times = server_times.of_chunk(chunk) or reading.server_times
        if reported and isinstance(reported, dict):
            reading.add_usage(event, reported, stamp=stamp)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, "" if "choices" in chunk else as_text(payload), stamp=stamp)


def _add_choice(
    event: int, choice: Mapping[str, Any], stamp: float | None, reading: Reading, unknown: UnknownText
) -> None:
    text = choice.get("text")
    _add(event, text, choice.get("index"), stated_reason(choice.get("finish_reason")), stamp, reading)
    for name, value in choice.items():
        if value and name not in _KNOWN_FIELDS and (name != "text" or not isinstance(text, str)):
            unknown.add(
                event, "choice field", name, {"delta": value}, choice=valid_index(choice.get("index")), stamp=stamp
            )


def _is_llama(payload: Mapping[str, Any]) -> bool:
    return isinstance(payload.get("content"), str) and isinstance(payload.get("stop"), bool)


def _stop_reason(payload: Mapping[str, Any]) -> Any:
    if not payload["stop"]:
        return None
    return payload.get("stop_type") or next((name for name in _STOP_FLAGS if payload.get(name)), "stop")


def _add(event: int, text: Any, index: Any, finish: Any, stamp: float | None, reading: Reading) -> None:
    """Add the rows of one choice of one event."""
    choice = valid_index(index)
    if isinstance(text, str) and text:
        reading.add(event, CONTENT, text, choice=choice, stamp=stamp)
    elif not finish:
        reading.add(event, SILENT, choice=choice, stamp=stamp)
    if finish:
        reading.finish_reasons[choice] = as_text(finish)
        reading.ended = True
        reading.add(event, FINISH, choice=choice, stamp=stamp)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a completion as a single event, which has the same shape."""
    texts = [choice.get("text") for choice in openai_chat.choices_of(payload)]
    return [("message", payload)] if _is_llama(payload) or any(isinstance(text, str) for text in texts) else None


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert a usage object: that of a chat completion, or the counts of llama.cpp's last event."""
    if "tokens_predicted" not in reported:
        return chat_usage.usage(reported, provider)
    return Usage(
        input=count(reported, "tokens_evaluated"),
        output=count(reported, "tokens_predicted"),
        cache_read=count(reported, "timings", "cache_n"),
        reported=reported,
    )
