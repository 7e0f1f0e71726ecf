"""WebSocket messages as recorders keep them, written as the lines of two bodies, with what the lines do not say beside them."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any, NamedTuple

from viewer.cassettes import fields
from viewer.cassettes.wire_form import on_one_line
from viewer.text.json import as_text, is_whole_number
from viewer.types.http import SocketFrame
from viewer.wire.sniff import is_json

# https://www.rfc-editor.org/rfc/rfc6455#section-5.2; the last three control the connection and carry no message.
BINARY = 2
_CLOSE, _PING, _PONG = 8, 9, 10
# https://www.rfc-editor.org/rfc/rfc6455#section-7.4
_CLOSE_CODES = range(1000, 5000)


class SocketMessage(NamedTuple):
    """One message, sent by the client or received by it."""

    is_sent: bool
    content: Any
    """The bytes on the wire, or what a recorder parsed. A text in place of binary data is its base64."""
    is_binary: bool = False
    at_s: float | None = None


class SocketBodies(NamedTuple):
    """The messages of a WebSocket, one per line, and what the lines do not say."""

    sent: bytes
    received: bytes
    frames: tuple[SocketFrame, ...]


def socket_bodies(messages: Iterable[SocketMessage]) -> SocketBodies:
    """Write messages as lines: JSON nearly unchanged, other texts as JSON strings, other bytes as JSON strings of base64."""
    lines: tuple[list[bytes], list[bytes]] = ([], [])
    frames = []
    for message in messages:
        content, is_quoted = message.content, isinstance(message.content, str)
        if isinstance(content, bytes) and is_json(content):
            line = on_one_line(content)
        elif isinstance(content, bytes):
            is_quoted = True
            line = fields.json_body(
                b64encode(content).decode() if message.is_binary else content.decode(errors="replace")
            )
        else:
            line = fields.json_body(content)
        lines[message.is_sent].append(line + b"\n")
        frames.append(SocketFrame(message.is_sent, message.is_binary, is_quoted, message.at_s))
    received, sent = map(b"".join, lines)
    return SocketBodies(sent, received, tuple(frames))


def is_message(opcode: Any) -> bool:
    """Tell whether a WebSocket frame carries a message."""
    return opcode not in (_CLOSE, _PING, _PONG)


def logged_content(opcode: Any, data: Any) -> bytes | str:
    """Return the content of a WebSocket frame as Chrome logs it: binary data as base64, which is decoded if it holds JSON."""
    if opcode != BINARY:
        return fields.body(data)
    payload = fields.base64_body(data)
    return payload if is_json(payload) else as_text(data)


def close_code(value: Any) -> int | None:
    """Return the code with which a connection was closed. Return None if it is not one that an endpoint can send."""
    # 1004 to 1006 and 1015 are reserved: they tell what happened, and are never sent.
    is_code = is_whole_number(value) and value in _CLOSE_CODES and value not in (1004, 1005, 1006, 1015)
    return value if is_code else None
