"""Text Generation Inference, one token per event: https://huggingface.co/docs/text-generation-inference.

The content is what `InferenceClient.text_generation` yields: the text of every token, including special tokens such as the
end of the sequence. The last event repeats the whole text without these (`generated_text`), which adds nothing. Chat
completions of the same server follow OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "huggingface-tgi"
ABOUT = About(
    PROTOCOL,
    "Text Generation Inference",
    "https://huggingface.co/docs/text-generation-inference/conceptual/streaming",
    "`generate_stream`, token by token",
)

_KNOWN_FIELDS = frozenset({"index", "token", "generated_text", "details", "top_tokens", "error", "error_type"})
_COUNTS = ("generated_tokens", "input_length", "prefill")


def recognise(sample: Sample) -> int:
    """Look for a token with its text and its id, then for the path."""
    tokens = [mapping(mapping(payload).get("token")) for payload in sample.payloads]
    if any(isinstance(token.get("text"), str) and "id" in token for token in tokens):
        return 90
    return 50 if sample.path.endswith("/generate_stream") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Its `index` numbers tokens, not choices."""
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        text = mapping(payload.get("token")).get("text")
        if text and isinstance(text, str):
            reading.add(event, CONTENT, text)
        if payload.get("error") or events.name[event] == "error":
            error = StreamError(as_text(payload.get("error", value)), as_text(payload.get("error_type") or ""))
            reading.add_error(event, error)
        for name, other in payload.items():
            if name not in _KNOWN_FIELDS or _is_unread(name, other, reading):
                unknown.add(event, "field", name, {"delta": other})
        _read_end(event, payload, reading)
        if len(reading.kind) == rows_before:
            reading.add(event, SILENT if "token" in payload else OTHER)


def _is_unread(name: str, value: Any, reading: Reading) -> bool:
    """Tell whether a known field holds text that no row has: the whole text if no token came, or a token that is a text."""
    if name == "generated_text":
        return CONTENT not in reading.kind
    return name == "token" and not isinstance(value, dict)


def _read_end(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish. It has details only if the request asks for them."""
    details = mapping(payload.get("details"))
    if payload.get("generated_text") is None and not details:
        return
    reading.ended = True
    if reason := details.get("finish_reason"):
        reading.finish_reasons[0] = as_text(reason)
    reading.add(event, FINISH)
    if any(name in details for name in _COUNTS):
        reading.add_usage(event, details)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the details of the last event. Older servers list the prompt tokens instead of counting them."""
    inputs = count(reported, "input_length")
    prefill = reported.get("prefill")
    if inputs is None and prefill and isinstance(prefill, list):
        inputs = len(prefill)
    return Usage(input=inputs, output=count(reported, "generated_tokens"), reported=reported)
