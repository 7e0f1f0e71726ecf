"""Bodies that a recorder took apart, put together as they are on the wire: event streams and JSON lines."""

import re
from collections.abc import Iterable
from typing import Any

from viewer.cassettes import fields
from viewer.wire.sniff import is_json

JSON = "application/json"
JSON_LINES = "application/x-ndjson"

_LINE_END = re.compile(rb"\r\n|[\r\n]")


def event_stream(events: Iterable[tuple[Any, Any, Any]]) -> bytes:
    """Write server-sent events, given the type, id and data of each. The type "message" is the default and is not written."""
    lines: list[bytes] = []
    for name, identity, data in events:
        kind = _LINE_END.sub(b" ", fields.body(name))
        if kind not in (b"", b"message"):
            lines.append(b"event: " + kind)
        if identity:
            lines.append(b"id: " + _LINE_END.sub(b" ", fields.body(identity)))
        lines += [b"data: " + line for line in _LINE_END.split(fields.body(data))]
        lines.append(b"")
    return b"".join(line + b"\n" for line in lines)


def json_lines(messages: Iterable[Any]) -> bytes:
    """Write one message per line: bytes that are JSON nearly unchanged, everything else as a JSON value."""
    return b"".join(_json_line(message) + b"\n" for message in messages)


def on_one_line(json: bytes) -> bytes:
    """Return JSON on one line. In valid JSON a line end is always between tokens, so a space can take its place."""
    return _LINE_END.sub(b" ", json)


def _json_line(message: Any) -> bytes:
    if not isinstance(message, bytes):
        return fields.json_body(message)
    return on_one_line(message) if is_json(message) else fields.json_body(message.decode(errors="replace"))
