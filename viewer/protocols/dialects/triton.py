"""NVIDIA Triton's generate extension: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_generate.md.

Each event has a piece of text in `text_output`. With `accumulate_tokens`, a parameter of TensorRT-LLM, it has all of the text so
far, which shows in the texts themselves. No event marks the end. `sequence_index` tells several sequences apart, or they come in a list.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText, is_cumulative
from viewer.protocols.errors import error_of
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import items, mapping, only_text
from viewer.types.chunk_table import OTHER
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
_MAX_SEQUENCES = 64
"""How many elements of a list are read as sequences."""


def recognise(sample: Sample) -> int:
    """Look for a text output, beside the name of the model or alone, then for the path."""
    outputs = [payload for payload in sample.objects if _has_text(payload)]
    if any("model_name" in payload for payload in outputs):
        return 95
    return 85 if outputs else 50 if sample.path.endswith("/generate_stream") and "/v2/models/" in sample.path else 0


def _has_text(payload: Mapping[str, Any]) -> bool:
    output = payload.get("text_output")
    return isinstance(output, str) or (bool(items(output)) and all(isinstance(one, str) for one in items(output)))


def read(events: Events, reading: Reading) -> None:
    """Read every event, after a look at whether the texts repeat themselves. A text counts as the end, as no event marks it."""
    unknown = UnknownText(events, reading)
    sent = [_outputs(data) for data in events.data]
    choices = {choice for outputs in sent for choice in outputs}
    texts = {choice: CumulativeText(reading, choice=choice) for choice in choices}
    wholes = {choice for choice in choices if is_cumulative([outputs.get(choice, "") for outputs in sent])}
    for event, value in reading.payloads(events):
        payload = mapping(value)
        rows_before = len(reading.kind)
        if payload.get("error"):
            reading.add_error(event, error_of(value))
        elif "text_output" not in payload and not unknown.add(event, "event type", events.name[event], value):
            reading.add(event, OTHER)
        for choice, output in sent[event].items():
            if choice in wholes:
                texts[choice].update(events, event, output or texts[choice].shown)
            else:
                texts[choice].append(event, output)
        reading.note_model(only_text(payload.get("model_name")))
        reading.end_event(event, rows_before)
    reading.ended = any(text.shown for text in texts.values())


def _outputs(data: bytes | None) -> dict[int, str]:
    """Return the texts of an event by their sequence. A tensor of several elements is a list."""
    try:
        payload = mapping(orjson.loads(data or b""))
    except orjson.JSONDecodeError:
        return {}
    output, first = payload.get("text_output"), valid_index(payload.get("sequence_index"))
    texts = output if isinstance(output, list) else [output]
    return {valid_index(first + place): only_text(text) for place, text in enumerate(texts[:_MAX_SEQUENCES])}


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response that was not streamed as one event, which has the same shape."""
    return [("message", payload)] if _has_text(payload) else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. Triton reports no usage."""
    return Usage(reported=reported)
