"""Messages that a recorder took apart, put back into the form that the wire has."""

import re
from collections.abc import Iterable
from typing import Any

from viewer.cassettes import fields
from viewer.text.json import as_text, parse, write
from viewer.wire.sniff import is_json

JSON_LINES = "application/x-ndjson"

# https://www.rfc-editor.org/rfc/rfc6455#section-5.2; the last three control the connection and carry no message.
_BINARY, _CLOSE, _PING, _PONG = 2, 8, 9, 10
_LINE_END = re.compile(rb"\r\n|[\r\n]")


def event_stream(events: Iterable[tuple[Any, Any, Any]]) -> bytes:
    """Return server-sent events, given the type, the id and the data of each; an empty type or "message" is unnamed."""
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


def is_message(opcode: Any) -> bool:
    """Tell whether a frame of a WebSocket carries a message."""
    return opcode not in (_CLOSE, _PING, _PONG)


def socket_message(opcode: Any, data: Any) -> bytes | str:
    """Return what a frame of a WebSocket holds as Chrome writes it: binary ones stand as base64, and stay so unless JSON."""
    if opcode != _BINARY:
        return fields.body(data)
    payload = fields.base64_body(data)
    return payload if is_json(payload) else as_text(data)


def json_lines(messages: Iterable[Any]) -> bytes:
    """Return messages a line each: values as JSON, bytes as they are where they are JSON, all else as a JSON text."""
    return b"".join(_json_line(message) + b"\n" for message in messages)


def _json_line(message: Any) -> bytes:
    if not isinstance(message, bytes):
        return fields.body(write(message))
    try:
        parse(message)
    except ValueError:
        return fields.body(write(message.decode(errors="replace")))
    # In JSON a line end can stand only between tokens.
    return _LINE_END.sub(b" ", message)
