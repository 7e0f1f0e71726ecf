"""Put the chunks of a list together to the body that they are the parts of.

Chunks are texts that were cut anywhere, lines, whole events, JSON as text, base64 of any of these, or JSON objects.
"""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from viewer.cassettes import fields
from viewer.cassettes.event_shapes import are_events, is_event
from viewer.cassettes.loose_events import find_loose_events, holds_events, is_event_text
from viewer.cassettes.syntax.python_literals import unprint
from viewer.cassettes.wire_form import JSON, JSON_LINES, event_stream, json_lines
from viewer.files.content_encoding import inflate
from viewer.text.base64 import unpack
from viewer.text.json import as_text, parse
from viewer.wire.framing import split_events
from viewer.wire.sniff import is_event_stream

EVENT_STREAM = "text/event-stream"

Form = Literal["objects", "json", "events", "parts", "log", "base64"]
"""How the chunks of a list are written: as objects, as JSON in texts, as one event or line of it each, as parts that were cut
anywhere, as lines of a log that contain events, or as base64 of one of the others."""

_SAMPLE = 32
# Characters of each chunk. Longer ones are whole bodies or hold files.
_SAMPLE_SIZE = 1 << 18
_FIELD = re.compile(rb"(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(rb"^data:", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_ENDS = b"\r\n"
_DONE = b"[DONE]"
# Of bytes as Python prints them, and base64 of `data:`, `event:`, `{"` and gzip.
_PACKED = re.compile(rb"[bB]['\"]|ZGF0YT|ZXZlbnQ6|eyJ|H4sI")
_GZIP = b"\x1f\x8b"
# Where a stream begins and where it ends, for the protocols that say so.
_STREAM_EDGE = re.compile(
    rb'data: ?\[DONE\]|"(?:message_start|message_stop|response\.(?:created|completed|incomplete|failed))"'
    rb'|"finish_?[rR]eason" ?: ?"|"done" ?: ?true'
)


class Body(NamedTuple):
    """A body, and where in it each chunk ends."""

    data: bytes
    ends: tuple[int, ...]
    media_type: str
    """"" if the body itself shows what it is."""
    taken: tuple[int, ...] | None = None
    """The index of the chunk that each end belongs to; None if all chunks are in the body in order."""


def form_of(values: Sequence[Any]) -> Form | None:
    """Return how the chunks of a list are written, judged by the first ones. Return None if they are no chunks."""
    sample = [value for value in values[:_SAMPLE] if not _is_filler(value)]
    if not sample:
        return None
    if all(isinstance(value, dict) and not is_buffer(value) for value in sample):
        return "objects" if are_events(sample) else None
    if all(isinstance(value, str | bytes) or is_buffer(value) for value in sample):
        return _text_form([_as_bytes(_beginning(value)) for value in values[:_SAMPLE]])
    return None


def are_whole_streams(texts: Sequence[bytes]) -> bool:
    """Tell whether each of several texts is a stream of its own, so that they are not parts of one."""
    filled = [text for text in texts if text.strip()]
    return len(filled) > 1 and all(
        is_event_stream(text) and len(_DATA_LINE.findall(text)) > 1 and _STREAM_EDGE.search(text) for text in filled
    )


def is_buffer(value: Any) -> bool:
    """Tell whether a value is Node's `Buffer` as JSON: https://nodejs.org/api/buffer.html#buftojson."""
    return (
        isinstance(value, dict)
        and value.get("type") == "Buffer"
        and isinstance(value.get("data"), list)
        and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value["data"])
    )


def is_packed(value: Any) -> bool:
    """Tell whether a body is kept as Node's `Buffer`, as Python prints bytes, or as base64 of events or of gzip."""
    return is_buffer(value) or (isinstance(value, str | bytes) and _PACKED.match(_as_bytes(value[:8])) is not None)


def unwrap(value: Any) -> bytes:
    """Return the bytes of a body that is kept in such a form."""
    data = _as_bytes(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
    data = _decoded(data) if form_of([data]) == "base64" else data
    return inflate(data).data if data.startswith(_GZIP) else data


def join(values: Sequence[Any], names: Sequence[Any], form: Form, *, as_events: bool = False) -> Body:
    """Return the body of which these are the chunks.

    `names` are the types of the events. `as_events` writes an event stream where the form leaves a choice.
    """
    if form == "objects":
        return _join_objects(values, names, as_events=as_events)
    texts = [_as_bytes(value) for value in values]
    if form == "base64":
        texts = [_decoded(text) for text in texts]
        inner = _text_form(texts[:_SAMPLE])
        form = inner if inner and inner != "base64" else "parts"
    if form == "json":
        return _join_objects(texts, names, as_events=as_events)
    # The first chunks do not tell whether all are lines.
    form = _layout(texts) if form != "log" and is_event_text(b"".join(texts[:_SAMPLE])) else form
    if form == "events":
        return _body([_closed(text) for text in texts], EVENT_STREAM)
    if form == "log":
        return _join_log(texts)
    return _body(texts, _media_type(b"".join(texts[:_SAMPLE])))


def _body(parts: list[bytes], media_type: str) -> Body:
    return Body(b"".join(parts), tuple(accumulate(map(len, parts))), media_type)


def _join_objects(values: Sequence[Any], names: Sequence[Any], *, as_events: bool) -> Body:
    """Write one event for each object: with its name if any has one, and as an event stream if one is not JSON."""
    has_names = any(isinstance(name, str) and name for name in names)
    if has_names or as_events or any(not isinstance(value, dict | list) and _is_done(value) for value in values):
        parts = [
            event_stream([(name if isinstance(name, str) else "", "", _data(value))]) if _data(value) else b""
            for name, value in zip(names, values, strict=True)
        ]
        return _body(parts, EVENT_STREAM)
    return _body([json_lines([value]) if _data(value) else b"" for value in values], JSON_LINES)


def _data(value: Any) -> bytes:
    return value.strip() if isinstance(value, bytes) else fields.body(value)


def _join_log(texts: list[bytes]) -> Body:
    """Take the events out of the lines of a log. An event belongs to the chunk in which its line ends."""
    text = b"".join(one if one.endswith(b"\n") or _is_continued(one) else one + b"\n" for one in texts)
    ends = tuple(accumulate(len(one) + (not one.endswith(b"\n") and not _is_continued(one)) for one in texts))
    parts, taken = [], []
    chunk = 0
    for event in find_loose_events(text):
        while chunk < len(ends) - 1 and ends[chunk] < event.end:
            chunk += 1
        parts.append(event.text)
        taken.append(chunk)
    return _body(parts, EVENT_STREAM)._replace(taken=tuple(taken))


def _is_continued(text: bytes) -> bool:
    """Tell whether a line of a log continues in the next entry. Docker splits lines at 16 KiB and adds no line end."""
    return len(text) == 1 << 14


def _text_form(texts: list[bytes]) -> Form | None:
    filled = [text for text in texts if text.strip()]
    if not filled or are_whole_streams(filled):
        return None
    if _are_json(filled):
        return "json"
    head = b"".join(texts)
    if is_event_text(head):
        return _layout(texts)
    if _is_stream(head):
        return "parts"
    if holds_events(b"\n".join(texts)):
        return "log"
    return "base64" if _is_base64(filled) else None


def _are_json(texts: list[bytes]) -> bool:
    """Tell whether each text is one JSON object that is an event. Clients close such a list with `[DONE]`."""
    values = []
    for text in texts:
        if text.strip() == _DONE:
            continue
        if text.lstrip()[:1] != b"{":
            return False
        try:
            values.append(parse(text))
        except ValueError:
            return False
    return are_events(values)


def _layout(texts: list[bytes]) -> Form:
    """Tell events and lines without the blank line after them, lines of a log, and parts that were cut anywhere apart."""
    filled = [text for text in texts if text.strip()]
    if all(map(_FIELD.match, filled)):
        has_blank_lines = any(not text.strip() for text in texts if text) or any(map(_BLANK_LINE.search, filled))
        return "parts" if has_blank_lines else "events"
    are_lines = all(b"\n" not in text[:-1] and (text.endswith(b"\n") or _is_continued(text)) for text in texts)
    return "log" if are_lines else "parts"


def _closed(text: bytes) -> bytes:
    """End a line, or an event with a blank line. A line that names an event belongs to the next."""
    line = text.strip(_LINE_ENDS)
    if not line:
        return b""
    return line + (b"\n\n" if _DATA_LINE.search(line) else b"\n")


def _is_stream(head: bytes) -> bool:
    framed = split_events("", head)
    if framed is None:
        return False
    payloads = []
    for data in framed.events.data[:_SAMPLE]:
        try:
            payloads.append(parse(data or b""))
        except ValueError:
            continue
    # Binary frames have a checksum. Everything else shows by its events what it is.
    return framed.certainty > 90 or any(map(is_event, payloads))


def _media_type(head: bytes) -> str:
    if is_event_stream(head):
        return EVENT_STREAM
    begin = head.lstrip()[:1]
    return JSON_LINES if begin == b"{" else JSON if begin == b"[" else ""


def _is_base64(texts: list[bytes]) -> bool:
    try:
        decoded = [unpack(text.decode()) for text in texts]
    except ValueError:
        return False
    head = b"".join(decoded)
    return head.startswith(_GZIP) or _text_form(decoded) not in (None, "base64")


def _decoded(text: bytes) -> bytes:
    try:
        return unpack(text.decode())
    except ValueError:
        return text


def _as_bytes(value: Any) -> bytes:
    if is_buffer(value):
        return bytes(value["data"])
    value = unprint(value)
    return value if isinstance(value, bytes) else as_text(value).encode("utf-8", "surrogatepass")


def _beginning(value: Any) -> Any:
    return value[:_SAMPLE_SIZE] if isinstance(value, str | bytes) else value


def _is_done(value: Any) -> bool:
    return isinstance(value, str | bytes) and _as_bytes(value).strip() == _DONE


def _is_filler(value: Any) -> bool:
    """Tell whether a chunk says nothing about the form of the others."""
    return value is None or (isinstance(value, str | bytes) and _as_bytes(value).strip() in (b"", _DONE))
