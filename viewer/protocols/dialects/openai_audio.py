"""OpenAI transcriptions and speech, streamed: https://platform.openai.com/docs/api-reference/audio.

A transcription is content. A transcription with speakers comes in segments. Each segment starts with the space that separates
it from the one before, but the whole text does not start with a space. Speech is audio without text.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api import usage as responses_usage
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping, only_text
from viewer.types.chunk_table import AUDIO, CONTENT, FINISH, OTHER, SILENT
from viewer.types.formats import About
from viewer.wire import Events

PROTOCOL = "openai-audio"
ABOUT = About(
    PROTOCOL,
    "OpenAI audio",
    "https://platform.openai.com/docs/api-reference/audio",
    "transcriptions, with or without speakers, and speech",
)

_FAMILIES = ("transcript.text.", "speech.audio.")
_REPEATED = ("transcript.text.segment",)
"""Events whose text the deltas already have."""
_PATHS = ("/audio/transcriptions", "/audio/translations", "/audio/speech")


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for an error on its paths, where others send other events."""
    payloads = sample.objects
    if any(as_text(payload.get("type")).startswith(_FAMILIES) for payload in payloads):
        return 90
    return 50 if sample.path.endswith(_PATHS) and any(map(_is_error, payloads)) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Segments repeat the deltas, and the last event repeats everything."""
    unknown = UnknownText(events, reading)
    has_text = False
    has_deltas = False
    for event, value in reading.payloads(events):
        payload = mapping(value)
        match payload.get("type"):
            case "transcript.text.delta":
                has_deltas = True
                has_text |= _add(event, payload.get("delta"), reading)
            case "transcript.text.segment" if not has_deltas:
                text = only_text(payload.get("text"))
                has_text |= _add(event, text if has_text else text.removeprefix(" "), reading)
            case "transcript.text.done":
                if not has_text:
                    _add(event, payload.get("text"), reading)
                _finish(event, payload, reading)
            case "speech.audio.delta":
                reading.add(event, AUDIO)
            case "speech.audio.done":
                _finish(event, payload, reading)
            case _ if _is_error(payload) or events.name[event] == "error":
                reading.add_error(event, error_of(value))
            case kind:
                if kind in _REPEATED or not unknown.add(event, "event type", as_text(kind), value):
                    reading.add(event, OTHER)


def _is_error(payload: Mapping[str, Any]) -> bool:
    return bool(payload.get("error")) or payload.get("type") == "error"


def _add(event: int, value: Any, reading: Reading) -> bool:
    text = only_text(value)
    reading.add(event, CONTENT if text else SILENT, text)
    return bool(text)


def _finish(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    reading.ended = True
    reading.add(event, FINISH)
    if reported := mapping(payload.get("usage")):
        reading.add_usage(event, reported)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a transcription as the last event of a stream, which repeats everything."""
    counted = mapping(payload.get("usage")).get("type") in ("tokens", "duration")
    if not isinstance(payload.get("text"), str) or not (counted or payload.get("task") == "transcribe"):
        return None
    return [("message", {**payload, "type": "transcript.text.done"})]


usage = responses_usage.usage
