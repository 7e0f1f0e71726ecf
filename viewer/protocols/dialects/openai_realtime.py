"""OpenAI Realtime: https://developers.openai.com/api/reference/resources/realtime/server-events, one event a line.

Azure and xAI send the same events, and the beta called them `response.text` and `response.audio`. A connection holds
several responses, whose texts follow each other here; the last one says how the stream ended and what was counted. What
the user said is other; in a transcription session, which has no responses, it is what was asked for, and content. A
translation session has no responses either, and ends with `session.closed`.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.usage_counts import inclusive_checks
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    AUDIO,
    CONTENT,
    ERROR,
    FINISH,
    KEEP_ALIVE,
    NO_TOOL,
    OTHER,
    SILENT,
    START,
    TOOL_CALL,
    USAGE,
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "openai-realtime"
ABOUT = About(
    PROTOCOL,
    "OpenAI Realtime",
    "https://developers.openai.com/api/reference/resources/realtime/server-events",
    "also Azure's, xAI's and the beta's events; transcription and translation sessions",
)

_FAMILIES = ("session.", "conversation.", "response.", "input_audio_buffer.", "transcription_session.")
# Event types that no other protocol has, in case a recorder left out the ids of events.
_OWN = ("transcription_session.", "conversation.item.", "input_audio_buffer.")
_PATHS = ("/realtime", "/realtime/translations")
# The kind of each text that comes in deltas, and the field that repeats it whole.
_TEXTS = {
    "output_text": (CONTENT, "text"),
    "text": (CONTENT, "text"),
    "output_audio_transcript": (AUDIO, "transcript"),
    "audio_transcript": (AUDIO, "transcript"),
    "session.output_transcript": (AUDIO, "transcript"),
    "function_call_arguments": (TOOL_CALL, "arguments"),
    "mcp_call_arguments": (TOOL_CALL, "arguments"),
}
_PARTS = {
    "output_text": (CONTENT, "text"),
    "text": (CONTENT, "text"),
    "output_audio": (AUDIO, "transcript"),
    "audio": (AUDIO, "transcript"),
}
"""The same of the content parts of an item."""
_AUDIO = frozenset({"output_audio", "audio", "session.output_audio"})
_HEARD = frozenset({"conversation.item.input_audio_transcription", "session.input_transcript"})
_CALLS = ("function_call", "mcp_call")
# What is no number of milliseconds since 1970 in this century is no time.
_TIMES_MS = range(10**12, 10**13)


def recognise(sample: Sample) -> int:
    """Look for the families of events, all of which have an id, or for those no other protocol has, else for the path."""
    payloads = sample.objects
    if any(
        as_text(payload.get("type")).startswith(_FAMILIES if "event_id" in payload else _OWN) for payload in payloads
    ):
        return 90
    return 50 if sample.path.endswith(_PATHS) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event; only xAI says when it sent one, and of audio alone."""
    connection = _Connection(reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        connection.take(event, as_text(payload.get("type") or ("error" if payload.get("error") else "")), payload)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)
        rows = len(reading.kind) - rows_before
        stamp = _stamp(payload)
        if stamp is not None:
            reading.stamp[rows_before:] = array("d", [stamp] * rows)


def _stamp(payload: Mapping[str, Any]) -> float | None:
    """Return epoch seconds of xAI's times, which are whole milliseconds."""
    times = [payload.get(name) for name in ("ts", "timestamp")]
    return next((time / 1000 for time in times if isinstance(time, int) and time in _TIMES_MS), None)


class _Connection:
    """Keep what was shown of each item: whatever repeats it whole is shown only where no delta was."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shown: defaultdict[int, set[str]] = defaultdict(set)
        """Items of which a text was shown, by its kind; "" stands for any item of the response."""
        self._tools: dict[str, int] = {}
        """Calls by their own id and by that of their item: not every event has both."""
        self._transcribes = False

    def take(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add what an event adds."""
        match name:
            case "response.created":
                self._begin(event)
            case "response.output_item.added":
                self._begin_item(event, mapping(payload.get("item")))
            case "response.output_item.done":
                self._fill_item(event, mapping(payload.get("item")))
            case "response.done":
                self._end(event, payload)
            case "session.closed":
                self._finish(event, None)
            case "error" | "conversation.item.input_audio_transcription.failed":
                self._fail(event, payload)
            case "ping":
                self._reading.add(event, KEEP_ALIVE)
            case _ if "session" in payload:
                self._configure(mapping(payload["session"]), name)
            case _:
                subject, _, step = name.removeprefix("response.").rpartition(".")
                self._take_text(event, subject, step, payload)

    def _begin(self, event: int) -> None:
        for shown in self._shown.values():
            shown.discard("")
        self._reading.ended = False
        self._reading.add(event, START)

    def _begin_item(self, event: int, item: Mapping[str, Any]) -> None:
        if item.get("type") in _CALLS:
            self._reading.add(event, TOOL_CALL, tool=self._start_call(item))

    def _configure(self, session: Mapping[str, Any], name: str) -> None:
        """Take the model; that of a transcription session stands with the other settings of what is heard."""
        self._transcribes = session.get("type") == "transcription" or name.startswith("transcription_session.")
        heard = mapping(mapping(session.get("audio")).get("input")).get("transcription")
        transcription = mapping(session.get("input_audio_transcription") or heard)
        if model := (transcription if self._transcribes else session).get("model"):
            self._reading.model = as_text(model)

    def _take_text(self, event: int, subject: str, step: str, payload: Mapping[str, Any]) -> None:
        """Add a delta, or a text that is whole and of which no delta came."""
        item = as_text(payload.get("item_id") or "")
        if subject in _HEARD:
            self._take_heard(event, item, step, payload)
        elif subject in _AUDIO and step == "delta":
            self._reading.add(event, AUDIO)
        elif subject in _TEXTS and step in ("delta", "done"):
            kind, whole = _TEXTS[subject]
            tool = self._call(payload) if kind == TOOL_CALL else NO_TOOL
            if step == "delta":
                self._add(event, item, kind, payload.get("delta"), tool)
            else:
                self._fill(event, item, kind, payload.get(whole), tool)

    def _take_heard(self, event: int, item: str, step: str, payload: Mapping[str, Any]) -> None:
        """Add what the user said; xAI repeats it as it grows, and says when it is final."""
        kind = CONTENT if self._transcribes else OTHER
        if step == "delta":
            self._add(event, item, kind, payload.get("delta"))
        elif step == "completed" and payload.get("status") != "in_progress":
            self._fill(event, item, kind, payload.get("transcript"))
            if self._transcribes:
                self._finish(event, payload.get("usage"))

    def _end(self, event: int, payload: Mapping[str, Any]) -> None:
        """Take what only the end of a response holds; xAI's counts stand beside the response."""
        response = mapping(payload.get("response"))
        for item in map(mapping, items(response.get("output"))):
            self._fill_item(event, item)
        status = response.get("status")
        if status:
            self._reading.finish_reasons[0] = as_text(status)
        error = mapping(response.get("status_details")).get("error")
        if status == "failed" or error:
            self._fail(event, {"error": error or "The response failed."})
        self._finish(event, response.get("usage") or payload.get("usage"))

    def _finish(self, event: int, usage: Any) -> None:
        self._reading.ended = True
        self._reading.add(event, FINISH)
        if usage and isinstance(usage, dict):
            self._reading.usage = usage
            self._reading.add(event, USAGE)

    def _fail(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an error; the first counts, and most leave the connection open."""
        error = error_of(payload)
        self._reading.error = self._reading.error or error
        self._reading.add(event, ERROR, error.message)

    def _fill_item(self, event: int, item: Mapping[str, Any]) -> None:
        """Add what was not shown of an item that is whole."""
        if item.get("type") in _CALLS:
            tool = self._known_call(item)
            if tool is None:
                self._add(event, "", TOOL_CALL, item.get("arguments"), self._start_call(item))
            else:
                self._fill(event, "", TOOL_CALL, item.get("arguments"), tool)
            return
        texts: defaultdict[int, str] = defaultdict(str)
        for part in map(mapping, items(item.get("content"))):
            kind, whole = _PARTS.get(as_text(part.get("type")), (OTHER, ""))
            texts[kind] += only_text(part.get(whole))
        for kind, text in texts.items():
            self._fill(event, as_text(item.get("id") or ""), kind, text)

    def _known_call(self, content: Mapping[str, Any]) -> int | None:
        return next((self._tools[identity] for identity in _identities(content) if identity in self._tools), None)

    def _call(self, content: Mapping[str, Any]) -> int:
        """Return the number of a call, and note its name, which not every event has."""
        tool = self._known_call(content)
        if tool is None:
            return self._start_call(content)
        start = self._reading.tool_calls[0, tool]
        start.name = start.name or as_text(content.get("name") or "")
        return tool

    def _start_call(self, content: Mapping[str, Any]) -> int:
        tool = next_index(self._reading.tool_calls)
        identities = _identities(content)
        self._tools |= dict.fromkeys(identities, tool)
        name = as_text(content.get("name") or "")
        self._reading.tool_calls.setdefault((0, tool), ToolCallStart(identities[0], name))
        return tool

    def _fill(self, event: int, item: str, kind: int, whole: Any, tool: int = NO_TOOL) -> None:
        if whole and (item if tool == NO_TOOL else as_text(tool)) not in self._shown[kind]:
            self._add(event, item, kind, whole, tool)

    def _add(self, event: int, item: str, kind: int, value: Any, tool: int = NO_TOOL) -> None:
        text = write(value) if kind == TOOL_CALL and isinstance(value, dict | list) else only_text(value)
        if text:
            self._shown[kind] |= {item if tool == NO_TOOL else as_text(tool), ""}
        self._reading.add(event, kind if text or kind == TOOL_CALL else SILENT, text, tool=tool)


def _identities(call: Mapping[str, Any]) -> list[str]:
    """Return by what a call is known: its own id first, then that of its item."""
    return [as_text(call[name]) for name in ("call_id", "item_id", "id") if call.get(name)] or [""]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Put the counts of a response into the one vocabulary, which is its own: cache and reasoning are counted in."""
    result = Usage(
        input=count(reported, "input_tokens"),
        output=count(reported, "output_tokens"),
        reasoning=count(reported, "output_token_details", "reasoning_tokens"),
        cache_read=count(reported, "input_token_details", "cached_tokens"),
        audio_input=count(reported, "input_token_details", "audio_tokens"),
        audio_output=count(reported, "output_token_details", "audio_tokens"),
        total=count(reported, "total_tokens"),
        reported=reported,
    )
    return replace(result, checks=tuple(inclusive_checks(result)))
