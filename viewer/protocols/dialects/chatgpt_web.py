"""The web page of ChatGPT: the event stream of `/backend-api/conversation`, as a HAR file of the browser has it.

It is not documented. In the encoding `v1`, an event changes a conversation: a path `p`, an operation `o` and a value `v`, as in
JSON Patch (https://www.rfc-editor.org/rfc/rfc6902). A path or operation that is left out is that of the event before. Older
streams, and some events today, hold a whole message that grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, SILENT, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "chatgpt-web"
ABOUT = About(
    PROTOCOL,
    "ChatGPT's web page",
    "https://www.rfc-editor.org/rfc/rfc6902",
    "the stream of a conversation, as changes (delta encoding v1) or as growing messages; not documented",
)

_KINDS = {"text": CONTENT, "multimodal_text": CONTENT, "thoughts": REASONING, "reasoning_recap": OTHER}
_TEXT_PATHS = ("/message/content/parts/", "/message/content/text", "/message/content/thoughts/")
_OPERATIONS = frozenset({"add", "append", "patch", "replace", "remove", "truncate"})


def recognise(sample: Sample) -> int:
    """Look for the name of the encoding, for a change, or for a message with parts."""
    if "delta_encoding" in sample.names:
        return 95
    for payload in sample.objects:
        operation = payload.get("o")
        if isinstance(operation, str) and operation in _OPERATIONS and "p" in payload and "v" in payload:
            return 93
        message = mapping(payload.get("message"))
        if "parts" in mapping(message.get("content")) and "author" in message and "conversation_id" in payload:
            return 93
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    page = _Conversation(events, reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        if "message" in payload:
            page.show(event, mapping(payload.get("message")))
        elif "v" in payload:
            page.change(event, payload)
        else:
            page.add_other(event, payload)
        if error := payload.get("error"):
            reading.add_error(event, StreamError(as_text(mapping(error).get("message") or error)))
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Conversation:
    """The message that the changes apply to. Only those of the assistant for everybody are the answer."""

    events: Events
    reading: Reading
    unknown: UnknownText
    _path: str = ""
    _operation: str = ""
    _kind: int = CONTENT
    _texts: dict[str, CumulativeText] = field(default_factory=dict)

    def change(self, event: int, change: Mapping[str, Any]) -> None:
        """Apply a change, or a list of changes."""
        self._path = change["p"] if isinstance(change.get("p"), str) else self._path
        self._operation = change["o"] if isinstance(change.get("o"), str) else self._operation
        value = change.get("v")
        if isinstance(value, dict) and isinstance(value.get("message"), dict):
            self.show(event, value["message"])
        elif isinstance(value, list) and self._operation in ("patch", ""):
            for one in map(mapping, value):
                self.change(event, one)
        elif self._path.startswith(_TEXT_PATHS):
            self._add_text(event, value)
        else:
            self._add_state(event, value)

    def show(self, event: int, message: Mapping[str, Any]) -> None:
        """Add a new message, or what a message has grown by."""
        content, metadata = mapping(message.get("content")), mapping(message.get("metadata"))
        role = mapping(message.get("author")).get("role")
        is_answer = role == "assistant" and message.get("recipient", "all") == "all"
        self._kind = _KINDS.get(as_text(content.get("content_type")), CONTENT) if is_answer else OTHER
        model = metadata.get("model_slug")
        self.reading.model = self.reading.model or (as_text(model) if model else None)
        text = "".join(map(only_text, items(content.get("parts")))) or "\n".join(texts_in({**content, "parts": None}))
        identity = as_text(message.get("id"))
        is_new = identity not in self._texts
        shown = self._texts.setdefault(identity, CumulativeText(self.reading, self._kind))
        shown.update(self.events, event, text)
        if is_new and not text:
            self.reading.add(event, START if is_answer else OTHER)
        self._note_end(event, message)

    def _add_text(self, event: int, value: Any) -> None:
        text = value if isinstance(value, str) else "\n".join(texts_in(value))
        kind = REASONING if self._kind == CONTENT and "/thoughts/" in self._path else self._kind
        if self._operation == "append":
            self.reading.add(event, kind if text else SILENT, text)
        else:
            # What replaces a text is rare, such as a citation that becomes a link. It is shown, and does not join the answer.
            self.reading.add(event, OTHER, text)

    def _add_state(self, event: int, value: Any) -> None:
        """Note the status or the metadata of a message."""
        name = self._path.rpartition("/")[2]
        if name == "metadata":
            self._note_end(event, {"metadata": value})
        else:
            self._note_end(event, {name: value})

    def _note_end(self, event: int, message: Mapping[str, Any]) -> None:
        finish = mapping(mapping(message.get("metadata")).get("finish_details")) or mapping(
            message.get("finish_details")
        )
        if finish.get("type"):
            self.reading.finish_reasons[0] = as_text(finish["type"])
            self.reading.add(event, FINISH)
        if message.get("status") == "finished_successfully" or message.get("end_turn") is True:
            self.reading.ended = True

    def add_other(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an event that belongs to no message, such as a title."""
        kind = as_text(payload.get("type"))
        self.reading.ended |= kind == "message_stream_complete"
        self.reading.add(event, OTHER, only_text(payload.get("title")))


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged: the page reports no usage."""
    return Usage(reported=reported)
