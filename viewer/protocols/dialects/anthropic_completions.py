"""Anthropic text completions, the API before Messages: https://docs.anthropic.com/en/api/complete.

Every event of version 2023-01-01 repeats the whole text. Only its events have the fields `truncated` and `exception`
(https://docs.anthropic.com/en/api/versioning). Neither version reports usage.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping
from viewer.types.chunk_table import CONTENT, FINISH, KEEP_ALIVE, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "anthropic-completions"
ABOUT = About(
    PROTOCOL,
    "Anthropic text completions",
    "https://docs.anthropic.com/en/api/complete",
    "both versions of the legacy API",
)

_CUMULATIVE = ("truncated", "exception")
_FIELDS = frozenset({"log_id", "model", "stop", *_CUMULATIVE})


def recognise(sample: Sample) -> int:
    """Look for a completion with its usual fields, then for the path."""
    payloads = sample.objects
    completions = [payload for payload in payloads if isinstance(payload.get("completion"), str)]
    if any(payload.get("type") == "completion" for payload in completions):
        return 90
    if any("stop_reason" in payload and _FIELDS & payload.keys() for payload in completions):
        return 85
    return 50 if sample.path.endswith("/v1/complete") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Its fields show which version it belongs to."""
    text = CumulativeText(reading)
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        reading.note_model(payload.get("model"))
        kind = payload.get("type")
        if isinstance(payload.get("completion"), str):
            if any(name in payload for name in _CUMULATIVE):
                text.update(events, event, payload["completion"])
            elif payload["completion"]:
                reading.add(event, CONTENT, payload["completion"])
            _finish(event, payload, reading)
            if len(reading.kind) == rows_before:
                reading.add(event, SILENT)
        elif kind == "error" or payload.get("error") or events.name[event] == "error":
            _fail(event, payload.get("error") or value, reading)
        elif "ping" in (kind, events.name[event]):
            reading.add(event, KEEP_ALIVE)
        elif not unknown.add(event, "event type", as_text(kind or events.name[event]), payload):
            reading.add(event, OTHER)


def _finish(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish, and the exception that version 2023-01-01 sends in the same event."""
    if reason := payload.get("stop_reason"):
        reading.finish_reasons[0] = as_text(reason)
        reading.ended = True
        reading.add(event, FINISH)
    if exception := payload.get("exception"):
        _fail(event, exception, reading)


def _fail(event: int, error: Any, reading: Reading) -> None:
    details = mapping(error)
    reading.add_error(event, StreamError(as_text(details.get("message") or error), as_text(details.get("type") or "")))


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a completion as a single event, which has the same shape. Bedrock leaves the type out."""
    whole = isinstance(payload.get("completion"), str) and "stop_reason" in payload
    return [("completion", payload)] if whole else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. The API reports no usage."""
    return Usage(reported=reported)
