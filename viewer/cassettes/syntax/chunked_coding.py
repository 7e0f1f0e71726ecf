"""The chunked transfer coding, which some recorders leave in bodies: https://www.rfc-editor.org/rfc/rfc9112#section-7.1."""

import re
from typing import NamedTuple

from viewer.cassettes.syntax.http_messages import HTTPMessage

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?(\r?\n)")
_LAST_CHUNK = re.compile(rb"\r?\n0\r?\n(?:\r?\n)?\Z")

WRONG_SIZES = "The sizes of the response body's chunks do not match their contents."
WRONG_SIZES_ADVICE = "The body is shown as far as it could be read. The file may have been edited."

_FIRST_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}[ \t]*(?:;[^\r\n]*)?\r?\n")


class DecodedBody(NamedTuple):
    """A body without the chunked coding."""

    body: bytes
    is_whole: bool
    """Whether all sizes were right and the last chunk was there."""


def decode_chunked(body: bytes) -> DecodedBody:
    """Remove the chunked coding from a body. Line ends may have been changed from CR LF to LF since it was recorded."""
    parts: list[bytes] = []
    place = 0
    while chunk := _CHUNK.match(body, place):
        size = int(chunk.group(1), 16)
        if not size:
            return DecodedBody(b"".join(parts), is_whole=True)
        begin = chunk.end()
        parts.append(body[begin : begin + size])
        place = begin + size
        for line_end in (b"\r\n", b"\n"):
            if body.startswith(line_end, place):
                place += len(line_end)
                break
        else:
            # The sizes count line ends that have changed since, so everything up to the last chunk is one piece.
            parts[-1] = _LAST_CHUNK.sub(b"", body[begin:])
            return DecodedBody(b"".join(parts), is_whole=False)
    return DecodedBody(b"".join(parts) or body, is_whole=False)


def remove_chunks(message: HTTPMessage) -> DecodedBody:
    """Remove the chunked coding that a header names, if the body still begins with the size of a chunk."""
    if message.is_chunked and _FIRST_SIZE.match(message.body):
        return decode_chunked(message.body)
    return DecodedBody(message.body, is_whole=True)
