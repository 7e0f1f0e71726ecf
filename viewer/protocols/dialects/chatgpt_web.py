"""The web page of ChatGPT: the event stream of `/backend-api/conversation`, as a HAR file of the browser has it.

It is not documented. In the encoding `v1`, an event changes a conversation: a path `p`, an operation `o` and a value `v`, as in
JSON Patch (https://www.rfc-editor.org/rfc/rfc6902), with `append`, `truncate` and `patch`, a list of changes. A path or operation
that is left out is that of the event before, as is the channel `c`, which says which of several messages changes. Older streams,
and some events today, hold a whole message that grows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, is_whole_number, items, mapping, only_text
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START
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

_KINDS = {"text": CONTENT, "multimodal_text": CONTENT, "thoughts": REASONING}
_OPERATIONS = frozenset({"add", "append", "patch", "replace", "remove", "truncate"})
_CONTENT = "/message/content"
_TEXT_PATH = re.compile(r"/message/content/(parts/\d+(/text)?|text|result|content|thoughts/\d+/(summary|content))")
_LIST_PATHS = (f"{_CONTENT}/parts", f"{_CONTENT}/thoughts")
_KNOWN_TYPES = frozenset(
    {
        *("title_generation", "message_marker", "message_stream_complete", "server_ste_metadata", "moderation"),
        *("resume_conversation_token", "conversation_detail_metadata", "input_message", "url_moderation"),
    }
)


def recognise(sample: Sample) -> int:
    """Look for the name of the encoding, for a change of a message, or for a message with an author and content."""
    if "delta_encoding" in sample.names:
        return 95
    for payload in sample.objects:
        path, operation = payload.get("p"), payload.get("o")
        is_change = isinstance(operation, str) and operation in _OPERATIONS and "v" in payload
        is_of_message = isinstance(path, str) and (
            path.startswith("/message") or "message" in mapping(payload.get("v"))
        )
        message = mapping(payload.get("message"))
        is_message = "content_type" in mapping(message.get("content")) and "author" in message
        if (is_change and is_of_message) or (is_message and "conversation_id" in payload):
            return 93
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    page = _Conversation(events, reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        if isinstance(payload.get("message"), dict):
            page.show(event, payload["message"])
        elif "v" in payload:
            page.change(event, payload)
        elif events.name[event] == "delta_encoding":
            reading.add(event, START)
        else:
            page.add_other(event, payload or {"text": value})
        if error := payload.get("error"):
            page.fail(event, error)
        page.note_written(rows_before)
        reading.end_event(event, rows_before)
    page.note_tool_steps()


@dataclass(slots=True)
class _ToolMessage:
    """A message to a tool, which the model wrote, or one from a tool."""

    name: str
    event: int
    is_call: bool


@dataclass(slots=True)
class _Conversation:
    """The message that the changes apply to. Only what the assistant says to the user is the answer."""

    events: Events
    reading: Reading
    unknown: UnknownText
    _path: str = ""
    _operation: str = ""
    _message: str = ""
    """The id of the message."""
    _kind: int = CONTENT
    _channel: int = 0
    _channels: dict[int, str] = field(default_factory=dict)
    """The message of each channel."""
    _kinds: dict[str, int] = field(default_factory=dict)
    """The kind of text in each message."""
    _tools: dict[str, _ToolMessage] = field(default_factory=dict)
    """What was said to tools and by them, by message."""
    _texts: dict[tuple[str, str], CumulativeText] = field(default_factory=dict)
    """By message and path."""
    _lengths: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many parts or thoughts a message has, by message and path."""

    def change(self, event: int, change: Mapping[str, Any]) -> None:
        """Apply a change, or a list of changes."""
        if is_whole_number(channel := change.get("c")):
            self._channel = channel
            self._message = self._channels.get(channel, self._message)
            self._kind = self._kinds.get(self._message, self._kind)
        self._path = change["p"] if isinstance(change.get("p"), str) else self._path
        self._operation = change["o"] if isinstance(change.get("o"), str) else self._operation
        waiting = [(self._path, self._operation, change.get("v"))]
        while waiting:
            path, operation, value = waiting.pop()
            if isinstance(value, list) and (operation == "patch" or any("p" in mapping(one) for one in value)):
                changes = reversed([*map(mapping, value)])
                waiting += [(path + only_text(one.get("p")), as_text(one.get("o")), one.get("v")) for one in changes]
            elif isinstance(mapping(value).get("message"), dict):
                self.show(event, mapping(value)["message"])
            elif path == "/message" and isinstance(value, dict):
                self.show(event, value)
            elif path.startswith(_CONTENT):
                self._change_content(event, path, operation, value)
            elif path.startswith("/message/"):
                self._note_end(event, {path.rpartition("/")[2]: value})
            elif path == "/error" and value:
                self.fail(event, value)
            else:
                self.unknown.add(event, "path", path, value)

    def show(self, event: int, message: Mapping[str, Any]) -> None:
        """Add a new message, or what a message has grown by."""
        content, identity = mapping(message.get("content")), as_text(message.get("id"))
        author, recipient = mapping(message.get("author")), message.get("recipient", "all")
        role = author.get("role")
        is_answer = role == "assistant" and recipient == "all"
        if identity not in self._kinds:
            self.reading.ended = False
            self.reading.add(event, START if is_answer else OTHER)
            if role == "tool" or (role == "assistant" and not is_answer):
                name = as_text(author.get("name") if role == "tool" else recipient)
                self._tools[identity] = _ToolMessage(name, event, is_call=role == "assistant")
        self._message = self._channels[self._channel] = identity
        self._kind = _KINDS.get(as_text(content.get("content_type")), OTHER) if is_answer else OTHER
        self._kinds[identity] = self._kind
        self.reading.note_model(mapping(message.get("metadata")).get("model_slug"))
        self._show_content(event, content)
        self._note_end(event, message)

    def _show_content(self, event: int, content: Mapping[str, Any]) -> None:
        for path in _LIST_PATHS:
            self._lengths[self._message, path] = len(items(content.get(path.rpartition("/")[2])))
        for path, text in _texts_of(content):
            self._text(path).update(self.events, event, text)

    def _text(self, path: str) -> CumulativeText:
        return self._texts.setdefault((self._message, path), CumulativeText(self.reading, self._kind))

    def _change_content(self, event: int, path: str, operation: str, value: Any) -> None:
        if path == _CONTENT:
            self._show_content(event, mapping(value))
        elif path in _LIST_PATHS:
            self._change_list(event, path, operation, value if isinstance(value, list) else [value])
        elif not _TEXT_PATH.fullmatch(path):
            # A label, or the pieces that a thought is made of.
            self.reading.add(event, OTHER)
        elif operation == "append":
            self._text(path).append(event, _text_of(value))
        elif operation == "truncate":
            length = value if is_whole_number(value) and value >= 0 else None
            self._text(path).update(self.events, event, self._text(path).shown[:length])
        else:
            self._text(path).update(self.events, event, _text_of(value))

    def _change_list(self, event: int, path: str, operation: str, values: list[Any]) -> None:
        """Add to the parts or thoughts of a message, or replace them."""
        key = self._message, path
        first = self._lengths.get(key, 0) if operation == "append" else 0
        self._lengths[key] = first + len(values)
        for place, text in _texts_of({path.rpartition("/")[2]: values}, first):
            self._text(place).update(self.events, event, text)

    def _note_end(self, event: int, message: Mapping[str, Any]) -> None:
        """Note the status, the metadata or the finish of a message."""
        metadata = mapping(message.get("metadata"))
        finish = mapping(metadata.get("finish_details") or message.get("finish_details"))
        if finish.get("type"):
            self.reading.finish_reasons[0] = as_text(finish["type"])
            self.reading.add(event, FINISH)
        if self._kind == CONTENT and (
            message.get("status") == "finished_successfully" or message.get("end_turn") is True
        ):
            self.reading.ended = True

    def fail(self, event: int, error: Any) -> None:
        """Add an error."""
        self.reading.add_error(event, StreamError(as_text(mapping(error).get("message") or error)))

    def note_written(self, rows_before: int) -> None:
        """Note the rows of an event that the model wrote to a tool."""
        if self._message in self._tools and self._tools[self._message].is_call:
            rows = range(rows_before, len(self.reading.kind))
            self.reading.written_rows += [row for row in rows if self.reading.text[row]]

    def note_tool_steps(self) -> None:
        """Note what tools were given and returned, now that it is whole."""
        texts: dict[str, str] = {}
        for (identity, _), one in self._texts.items():
            texts[identity] = texts.get(identity, "") + one.shown
        for identity, message in self._tools.items():
            text = texts.get(identity, "")
            if text and message.is_call:
                self.reading.note_tool_input(message.event, text, identity, message.name)
            elif text:
                self.reading.note_tool_result(message.event, text, "", message.name)

    def add_other(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an event that belongs to no message, such as a title."""
        kind = as_text(payload.get("type"))
        self.reading.ended |= kind == "message_stream_complete"
        if kind in _KNOWN_TYPES:
            texts = [payload.get("title"), mapping(mapping(payload.get("input_message")).get("content")).get("parts")]
            self.reading.add(event, OTHER, "\n".join(texts_in(texts)))
        elif "type" not in payload or not self.unknown.add(event, "event type", kind, dict(payload)):
            self.reading.add(event, OTHER, "\n".join(texts_in({**payload, "error": None})))


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else "\n".join(texts_in(value))


def _texts_of(content: Mapping[str, Any], first: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the path and text of everything in the content of a message. `first` is the index of its first part or thought."""
    for index, part in enumerate(items(content.get("parts")), first):
        yield f"{_CONTENT}/parts/{index}", _text_of(part)
    for index, thought in enumerate(items(content.get("thoughts")), first):
        for name in ("summary", "content"):
            yield f"{_CONTENT}/thoughts/{index}/{name}", only_text(mapping(thought).get(name))
    for name, value in content.items():
        if name not in ("parts", "thoughts") and (text := "\n".join(texts_in({name: value}))):
            yield f"{_CONTENT}/{name}", text


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged: the page reports no usage."""
    return Usage(reported=reported)
