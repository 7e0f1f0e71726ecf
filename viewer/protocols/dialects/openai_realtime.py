"""OpenAI Realtime, one event per line: https://developers.openai.com/api/reference/resources/realtime/server-events.

Azure and xAI send the same events. The beta called some of them `response.text` and `response.audio`. A connection has
several responses, and their texts are joined. Usage and finish reason are those of the last one. What the user said is of kind
other, except in a transcription session, which has no responses: there it is the content. A translation session has no
responses either, and ends with `session.closed`.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api import usage as responses_usage
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
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
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.wire import Events

PROTOCOL = "openai-realtime"
ABOUT = About(
    PROTOCOL,
    "OpenAI Realtime",
    "https://developers.openai.com/api/reference/resources/realtime/server-events",
    "also from Azure, xAI and the beta API; transcription and translation sessions",
)

_FAMILIES = ("session.", "conversation.", "response.", "input_audio_buffer.", "transcription_session.")
# Event types that no other protocol has. They identify events if a recorder dropped their ids.
_OWN_FAMILIES = ("transcription_session.", "conversation.item.", "input_audio_buffer.")
_PATHS = ("/realtime", "/realtime/translations")
# The kind of each text that is streamed as deltas, and the field that repeats the whole text.
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
"""The same for the content parts of an item."""
_AUDIO = frozenset({"output_audio", "audio", "session.output_audio"})
_INPUT_TRANSCRIPTS = frozenset({"conversation.item.input_audio_transcription", "session.input_transcript"})
_OTHER_FAMILIES = ("conversation.", "input_audio_buffer.", "output_audio_buffer.", "rate_limits.", "mcp_list_tools.")
"""Events about what the user said, which is shown with its transcript, and events without text."""
_REPEATED = frozenset({"content_part", "output_item", "session.input_transcript"})
"""Events whose text others have."""
_CALLS = ("function_call", "mcp_call")
# Epoch milliseconds from 2001 to 2286. Other numbers are not times.
_EPOCH_MS = range(10**12, 10**13)


def recognise(sample: Sample) -> int:
    """Look for events of the known families that have an id, or for families no other protocol has, then for the path."""
    payloads = sample.objects
    if any(
        as_text(payload.get("type")).startswith(_FAMILIES if "event_id" in payload else _OWN_FAMILIES)
        for payload in payloads
    ):
        return 90
    return 50 if sample.path.endswith(_PATHS) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Only xAI says when it sent an event, and only for audio."""
    connection = _Connection(reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        connection.add_event(event, as_text(payload.get("type") or ("error" if payload.get("error") else "")), payload)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)
        rows = len(reading.kind) - rows_before
        stamp = _stamp(payload)
        if stamp is not None:
            reading.stamp[rows_before:] = array("d", [stamp] * rows)


def _stamp(payload: Mapping[str, Any]) -> float | None:
    """Return xAI's timestamp, which is in milliseconds, as epoch seconds."""
    times = [payload.get(name) for name in ("ts", "timestamp")]
    return next((time / 1000 for time in times if isinstance(time, int) and time in _EPOCH_MS), None)


class _Connection:
    """What was added of each item. Events that repeat a whole text add it only if none of its deltas was."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._items_with_text: defaultdict[int, set[str]] = defaultdict(set)
        """By kind, the items that had text, and the tool indices of calls. "" means any item of the response."""
        self._tools: dict[str, int] = {}
        """Tool indices by the id of the call and by the id of its item, since not every event has both."""
        self._transcribes = False

    def add_event(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        match name:
            case "response.created":
                self._start(event)
            case "response.output_item.added":
                self._start_item(event, mapping(payload.get("item")))
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
                self._add_text(event, subject, step, payload)

    def _start(self, event: int) -> None:
        for item_ids in self._items_with_text.values():
            item_ids.discard("")
        self._reading.ended = False
        self._reading.add(event, START)

    def _start_item(self, event: int, item: Mapping[str, Any]) -> None:
        if item.get("type") in _CALLS:
            self._reading.add(event, TOOL_CALL, tool=self._start_call(item))

    def _configure(self, session: Mapping[str, Any], name: str) -> None:
        """Note the model. In a transcription session it is part of the settings of the input."""
        self._transcribes = session.get("type") == "transcription" or name.startswith("transcription_session.")
        input_settings = mapping(mapping(session.get("audio")).get("input"))
        transcription = mapping(session.get("input_audio_transcription") or input_settings.get("transcription"))
        if model := (transcription if self._transcribes else session).get("model"):
            self._reading.model = as_text(model)

    def _add_text(self, event: int, subject: str, step: str, payload: Mapping[str, Any]) -> None:
        """Add a delta, or a whole text if none of its deltas was added."""
        item = as_text(payload.get("item_id") or "")
        if subject in _INPUT_TRANSCRIPTS:
            self._add_input_transcript(event, item, step, payload)
        elif subject in _AUDIO and step == "delta":
            self._reading.add(event, AUDIO)
        elif subject in _TEXTS and step in ("delta", "done"):
            kind, whole = _TEXTS[subject]
            tool = self._call(payload) if kind == TOOL_CALL else NO_TOOL
            if step == "delta":
                self._add(event, item, kind, payload.get("delta"), tool)
            else:
                self._fill(event, item, kind, payload.get(whole), tool)
        elif subject not in _REPEATED and not as_text(payload.get("type")).startswith(_OTHER_FAMILIES):
            self._unknown.add(event, "event type", as_text(payload.get("type")), dict(payload))

    def _add_input_transcript(self, event: int, item: str, step: str, payload: Mapping[str, Any]) -> None:
        """Add what the user said. xAI repeats the growing text and marks the final one."""
        kind = CONTENT if self._transcribes else OTHER
        if step == "delta":
            self._add(event, item, kind, payload.get("delta"))
        elif step == "completed" and payload.get("status") != "in_progress":
            self._fill(event, item, kind, payload.get("transcript"))
            if self._transcribes:
                self._finish(event, payload.get("usage"))

    def _end(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what only the end of a response holds. xAI sends usage next to the response, not in it."""
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
            self._reading.add_usage(event, usage)

    def _fail(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an error. The first one counts, and most do not close the connection."""
        error = error_of(payload)
        self._reading.error = self._reading.error or error
        self._reading.add(event, ERROR, error.message)

    def _fill_item(self, event: int, item: Mapping[str, Any]) -> None:
        """Add what was not yet added of a whole item."""
        if item.get("type") in _CALLS:
            tool = self._known_call(item)
            if tool is None:
                self._add(event, "", TOOL_CALL, item.get("arguments"), self._start_call(item))
            else:
                self._fill(event, "", TOOL_CALL, item.get("arguments"), tool)
            if item.get("output") and as_text(item.get("id") or "") not in self._items_with_text[OTHER]:
                call_id = item.get("call_id") or item.get("id")
                self._reading.note_tool_result(event, result_text(item["output"]), call_id, item.get("name"))
            self._fill(event, as_text(item.get("id") or ""), OTHER, "\n".join(texts_in(item.get("output"))))
            return
        texts: defaultdict[int, str] = defaultdict(str)
        for part in map(mapping, items(item.get("content"))):
            part_type = as_text(part.get("type"))
            if part_type in _PARTS:
                kind, whole = _PARTS[part_type]
                texts[kind] += only_text(part.get(whole))
            else:
                self._add_unknown_part(event, as_text(item.get("id") or ""), part)
        for kind, text in texts.items():
            self._fill(event, as_text(item.get("id") or ""), kind, text)

    def _add_unknown_part(self, event: int, item: str, part: Mapping[str, Any]) -> None:
        """Add the text of a part that is not known. Later events repeat it."""
        known = self._items_with_text[OTHER]
        if item not in known and self._unknown.add(event, "part type", as_text(part.get("type")), dict(part)):
            known.add(item)

    def _known_call(self, content: Mapping[str, Any]) -> int | None:
        return next((self._tools[call_id] for call_id in _call_ids(content) if call_id in self._tools), None)

    def _call(self, content: Mapping[str, Any]) -> int:
        """Return the index of a call. Note its name, which not every event has."""
        tool = self._known_call(content)
        if tool is None:
            return self._start_call(content)
        start = self._reading.tool_calls[0, tool]
        start.name = start.name or as_text(content.get("name") or "")
        return tool

    def _start_call(self, content: Mapping[str, Any]) -> int:
        tool = next_index(self._reading.tool_calls)
        ids = _call_ids(content)
        self._tools |= dict.fromkeys(ids, tool)
        name = as_text(content.get("name") or "")
        self._reading.tool_calls.setdefault((0, tool), ToolCallStart(ids[0], name))
        return tool

    def _fill(self, event: int, item: str, kind: int, whole: Any, tool: int = NO_TOOL) -> None:
        if whole and (item if tool == NO_TOOL else as_text(tool)) not in self._items_with_text[kind]:
            self._add(event, item, kind, whole, tool)

    def _add(self, event: int, item: str, kind: int, value: Any, tool: int = NO_TOOL) -> None:
        text = write(value) if kind == TOOL_CALL and isinstance(value, dict | list) else only_text(value)
        if text:
            self._items_with_text[kind] |= {item if tool == NO_TOOL else as_text(tool), ""}
        self._reading.add(event, kind if text or kind == TOOL_CALL else SILENT, text, tool=tool)


def _call_ids(call: Mapping[str, Any]) -> list[str]:
    """Return the ids of a call: first its own, then that of its item."""
    return [as_text(call[name]) for name in ("call_id", "item_id", "id") if call.get(name)] or [""]


usage = responses_usage.usage
