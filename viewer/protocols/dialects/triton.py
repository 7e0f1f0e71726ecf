"""NVIDIA Triton's generate extension: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_generate.md.

Each event has a piece of text in `text_output`. With `accumulate_tokens`, a parameter of TensorRT-LLM, it has all of the text so
far, which the texts themselves tell. No event marks the end.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText, is_cumulative
from viewer.protocols.errors import error_of
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import mapping, only_text
from viewer.types.chunk_table import OTHER, SILENT
from viewer.types.formats import About
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "triton"
ABOUT = About(
    PROTOCOL,
    "NVIDIA Triton",
    "https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_generate.md",
    "generate_stream",
)


def recognise(sample: Sample) -> int:
    """Look for a text output, beside the name of the model or alone, then for the path."""
    outputs = [payload for payload in sample.objects if isinstance(payload.get("text_output"), str)]
    if any("model_name" in payload for payload in outputs):
        return 95
    return 85 if outputs else 50 if sample.path.endswith("/generate_stream") and "/v2/models/" in sample.path else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event, after a look at whether the texts repeat themselves. A text counts as the end, as no event marks it."""
    text, unknown = CumulativeText(reading), UnknownText(events, reading)
    has_wholes = is_cumulative([_output(data) for data in events.data])
    for event, value in reading.payloads(events):
        payload = mapping(value)
        rows_before = len(reading.kind)
        if payload.get("error"):
            reading.add_error(event, error_of(value))
        elif "text_output" not in payload:
            if not unknown.add(event, "event type", events.name[event], value):
                reading.add(event, OTHER)
        elif has_wholes:
            text.update(events, event, only_text(payload["text_output"]) or text.shown)
        else:
            text.append(event, only_text(payload["text_output"]))
        reading.model = reading.model or only_text(payload.get("model_name")) or None
        if len(reading.kind) == rows_before:
            reading.add(event, SILENT)
    reading.ended = bool(text.shown)


def _output(data: bytes | None) -> str:
    try:
        return only_text(mapping(orjson.loads(data or b"")).get("text_output"))
    except orjson.JSONDecodeError:
        return ""


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response that was not streamed as one event, which has the same shape."""
    return [("message", payload)] if isinstance(payload.get("text_output"), str) else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. Triton reports no usage."""
    return Usage(reported=reported)
