"""Anthropic text completions, before Messages: https://docs.anthropic.com/en/api/complete.

Version 2023-01-01 repeats the whole text in every event; only it has `truncated` and `exception` in them
(https://docs.anthropic.com/en/api/versioning). Neither version reports usage.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, mapping
from viewer.types.chunk_table import CONTENT, ERROR, FINISH, KEEP_ALIVE, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "anthropic-completions"
ABOUT = About(
    PROTOCOL,
    "Anthropic text completions",
    "https://docs.anthropic.com/en/api/complete",
    "the legacy API, both of its versions",
)

_CUMULATIVE = ("truncated", "exception")
_FIELDS = frozenset({"log_id", "model", "stop", *_CUMULATIVE})


class WholeText:
    """Show a text that every event repeats whole: an event adds what it has more than the one before.

    Where it does not go on with what was shown, a client shows it instead; so what it leaves out is taken back.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shown = ""
        self._rows: list[int] = []
        self._took_back = False

    def take(self, events: Events, event: int, text: str) -> None:
        """Add what an event adds that says what the text is by now: one row, or none."""
        if not text.startswith(self._shown):
            self._take_back(_common_length(self._shown, text))
            self._report(events, event)
        added = text[len(self._shown) :]
        self._shown = text
        if added:
            self._rows.append(len(self._reading.kind))
            self._reading.add(event, CONTENT, added)

    def _take_back(self, length: int) -> None:
        """Keep so much of what was shown; a row of which nothing is kept has its text still, but is no content."""
        excess = len(self._shown) - length
        self._shown = self._shown[:length]
        while excess:
            row = self._rows[-1]
            text = self._reading.text[row]
            if len(text) > excess:
                self._reading.text[row] = text[:-excess]
                return
            self._reading.kind[row] = OTHER
            self._rows.pop()
            excess -= len(text)

    def _report(self, events: Events, event: int) -> None:
        if self._took_back:
            return
        self._took_back = True
        what = f"Event {event} does not go on with the text before it, but puts another in its place."
        advice = "A client shows the new text instead; what it leaves out is kept as rows of kind other."
        self._reading.problems.append(Problem("note", what, advice, offset=int(events.offset[event])))


def _common_length(first: str, second: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def recognise(sample: Sample) -> int:
    """Look for a completion and the fields around it, else for the path."""
    payloads = sample.objects
    completions = [payload for payload in payloads if isinstance(payload.get("completion"), str)]
    if any(payload.get("type") == "completion" for payload in completions):
        return 90
    if any("stop_reason" in payload and _FIELDS & payload.keys() for payload in completions):
        return 85
    return 50 if sample.path.endswith("/v1/complete") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event; what is in it tells which version it is of."""
    whole = WholeText(reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        if reading.model is None and payload.get("model"):
            reading.model = as_text(payload["model"])
        kind = payload.get("type")
        if isinstance(payload.get("completion"), str):
            if any(name in payload for name in _CUMULATIVE):
                whole.take(events, event, payload["completion"])
            elif payload["completion"]:
                reading.add(event, CONTENT, payload["completion"])
            _finish(event, payload, reading)
            if len(reading.kind) == rows_before:
                reading.add(event, SILENT)
        elif kind == "error" or payload.get("error") or events.name[event] == "error":
            _fail(event, payload.get("error") or value, reading)
        else:
            reading.add(event, KEEP_ALIVE if "ping" in (kind, events.name[event]) else OTHER)


def _finish(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add the end, and the exception that version 2023-01-01 has in the same event."""
    if reason := payload.get("stop_reason"):
        reading.finish_reasons[0] = as_text(reason)
        reading.ended = True
        reading.add(event, FINISH)
    if exception := payload.get("exception"):
        _fail(event, exception, reading)


def _fail(event: int, error: Any, reading: Reading) -> None:
    details = mapping(error)
    reading.error = StreamError(as_text(details.get("message") or error), as_text(details.get("type") or ""))
    reading.add(event, ERROR, reading.error.message)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object as it is; none is known."""
    return Usage(reported=reported)
