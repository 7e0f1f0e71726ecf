"""AWS event streams, binary frames with checksums: https://smithy.io/2.0/aws/amazon-eventstream.html.

A frame is a prelude (its length, the length of its headers, a CRC32 of both), headers, a payload, and a CRC32 of all that.

There is one deliberate difference. An SDK raises at the first wrong checksum. Here the frame is shown and marked as damaged, and
reading continues at the next prelude with a correct checksum.
"""

import re
import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from viewer.text.json import write
from viewer.wire.events import Events, tile

_MEDIA_TYPE = "application/vnd.amazon.eventstream"
_PRELUDE = struct.Struct("!III")
_CHECKSUM = struct.Struct("!I")
# Frames are shorter than 2**24 bytes and their headers than 2**17, so the checksum is needed only at places that match this.
_PRELUDE_CANDIDATE = re.compile(rb"(?=\0(?!\0\0[\0-\x0f])[\s\S]{3}\0[\0\1])")

_BYTES, _STRING = 6, 7
# By header type: true and false (no value), byte, short, integer, long, timestamp, UUID.
_VALUE_BYTES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


class _Lengths(NamedTuple):
    frame: int
    headers: int


def recognise(content_type: str, body: bytes) -> int:
    """Check the first prelude, else trust the media type unless the body is an error as text."""
    if _prelude(body, 0):
        return 95
    return 80 if content_type == _MEDIA_TYPE and body.lstrip()[:1] not in (b"", b"{", b"<") else 0


def decode(body: bytes) -> Events:
    """Return a unit for each frame, and one for each run of bytes between frames, with those bytes as its data.

    A frame that the end of the body cuts off is not damaged, but the events are marked `unterminated`.
    """
    frames = _Frames()
    place = 0
    while place < len(body):
        place = frames.read(body, place)
    events = tile(len(body), frames.offset, frames.name, frames.data, unterminated=frames.unterminated)
    return replace(events, damage=tuple(frames.damage))


@dataclass(slots=True)
class _Frames:
    offset: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    data: list[bytes | None] = field(default_factory=list)
    damage: list[tuple[int, str]] = field(default_factory=list)
    unterminated: bool = False

    def read(self, body: bytes, begin: int) -> int:
        """Add the unit that begins at `begin`, and return where it ends."""
        self.offset.append(begin)
        lengths = _prelude(body, begin)
        if lengths is None:
            return self._read_garbage(body, begin)
        length, headers_length = lengths
        end = begin + length
        is_intact = end <= len(body) and _checksum(body, end - 4) == zlib.crc32(body[begin : end - 4])
        if not is_intact and end != len(body) and not _prelude(body, end):
            # Bytes are missing: the next frame begins before the stated end of this one.
            end = _next_prelude(body, begin + _PRELUDE.size)
        is_cut_off = begin + length > len(body) == end
        self.unterminated |= is_cut_off
        payload_begin = begin + _PRELUDE.size + headers_length
        headers, is_readable = _headers(body[begin + _PRELUDE.size : min(payload_begin, end)])
        if not (is_intact or is_cut_off):
            self._report("the checksum of its frame is wrong")
        elif not (is_readable or is_cut_off):
            self._report("the headers of its frame cannot be read")
        name, data = _message(headers, body[payload_begin : min(begin + length - 4, end)])
        self.name.append(name)
        self.data.append(body[begin:end] if is_cut_off and payload_begin >= end else data)
        return end

    def _read_garbage(self, body: bytes, begin: int) -> int:
        end = _next_prelude(body, begin + 1)
        if len(body) - begin < _PRELUDE.size:
            self.unterminated = True
        else:
            self._report("the checksum of its prelude is wrong")
        self.name.append("message")
        self.data.append(body[begin:end])
        return end

    def _report(self, what: str) -> None:
        self.damage.append((len(self.offset) - 1, what))


def _prelude(body: bytes, place: int) -> _Lengths | None:
    """Return the lengths of a frame and of its headers. Return None if there is no prelude with a correct checksum."""
    if len(body) - place < _PRELUDE.size:
        return None
    length, headers_length, checksum = _PRELUDE.unpack_from(body, place)
    fits = length >= _PRELUDE.size + headers_length + _CHECKSUM.size
    return _Lengths(length, headers_length) if fits and zlib.crc32(body[place : place + 8]) == checksum else None


def _next_prelude(body: bytes, place: int) -> int:
    """Return where the next prelude begins at or after a place, or the end of the body if there is none."""
    candidates = (match.start() for match in _PRELUDE_CANDIDATE.finditer(body, place))
    return next((candidate for candidate in candidates if _prelude(body, candidate)), len(body))


def _checksum(body: bytes, place: int) -> int:
    return int(_CHECKSUM.unpack_from(body, place)[0])


def _headers(block: bytes) -> tuple[dict[str, bytes], bool]:
    """Return the raw value of each header by name, and whether all are readable."""
    headers: dict[str, bytes] = {}
    place = 0
    while place < len(block):
        name_end = place + 1 + block[place]
        kind = block[name_end] if name_end < len(block) else -1
        begin = name_end + 1
        if kind in (_BYTES, _STRING):
            begin += 2
            length = int.from_bytes(block[begin - 2 : begin])
        else:
            length = _VALUE_BYTES.get(kind, len(block))
        if kind < 0 or begin + length > len(block):
            return headers, False
        headers.setdefault(block[place + 1 : name_end].decode(errors="replace"), block[begin : begin + length])
        place = begin + length
    return headers, True


def _message(headers: dict[str, bytes], payload: bytes) -> tuple[str, bytes]:
    """Return the name and the payload of a message. An error has no payload; its message comes from the headers."""
    texts = {name: value.decode(errors="replace") for name, value in headers.items() if name.startswith(":")}
    match texts.get(":message-type"):
        case "exception":
            name = f"exception:{texts.get(':exception-type', '')}"
        case "error":
            name = f"error:{texts.get(':error-code', '')}"
        case _:
            return texts.get(":event-type") or "message", payload
    return name, payload or write({"message": texts.get(":error-message", "")}).encode()
