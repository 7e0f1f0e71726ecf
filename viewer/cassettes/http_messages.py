"""One HTTP/1 message as it stands on the wire, in a text: https://www.rfc-editor.org/rfc/rfc9112."""

import re
from typing import NamedTuple

from viewer.types.http import Headers

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?(\r?\n)")


class Message(NamedTuple):
    """Hold a message in its parts."""

    first_line: list[str]
    """Its three words: method, target and version of a request, or version, status and reason of a response."""
    headers: Headers
    body: bytes


def read_message(text: bytes) -> Message:
    """Return a message in its parts; what is missing of its first line is empty."""
    end = re.search(rb"\r?\n\r?\n", text)
    head = text[: end.start()] if end else text
    lines = re.split(r"\r?\n", head.decode("latin-1"))
    pairs = [line.partition(":") for line in lines[1:]]
    headers = Headers((name.strip(), value.strip()) for name, colon, value in pairs if colon)
    first_line = lines[0].split(" ", 2)
    return Message(first_line + [""] * (3 - len(first_line)), headers, text[end.end() :] if end else b"")


def address(target: str, headers: Headers) -> str:
    """Return the URL that a request names; without its scheme, which a request to the server itself leaves out."""
    host = headers.get("host", "")
    return f"//{host}{target}" if host and target.startswith("/") else target


def is_interim(message: Message) -> bool:
    """Tell whether a response only leads to the one that follows: `100 Continue`, or a proxy that has connected."""
    _, code, reason = message.first_line
    return (code.startswith("1") and code != "101") or reason.lower() == "connection established"


def without_chunks(body: bytes) -> tuple[bytes, bool]:
    """Return a body without the framing of RFC 9112, 7.1, whose line ends may have become one character, and if it fits."""
    parts: list[bytes] = []
    place = 0
    while chunk := _CHUNK.match(body, place):
        size = int(chunk.group(1), 16)
        if not size:
            return b"".join(parts), True
        begin = chunk.end()
        parts.append(body[begin : begin + size])
        place = begin + size
        for line_end in (b"\r\n", b"\n"):
            if body.startswith(line_end, place):
                place += len(line_end)
                break
        else:
            # Sizes that count other line ends than those that stand there: all up to the last chunk is one.
            parts[-1] = re.sub(rb"\r?\n0\r?\n(?:\r?\n)?\Z", b"", body[begin:])
            return b"".join(parts), False
    return b"".join(parts) or body, False
