"""A body as the texts of its events, and put together again from other texts with its framing as it was."""

import base64
import binascii
import re
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from viewer.types.chunk_table import Ints
from viewer.wire import aws_eventstream
from viewer.wire.framing import split_events

_PRELUDE_BYTES = 12
_CHECKSUM_BYTES = 4
# Bedrock packs the event of a model's own protocol so.
_BYTES = re.compile(rb'(?<="bytes":")[A-Za-z0-9+/]+={0,2}(?=")')


@dataclass(frozen=True, slots=True, eq=False)
class BodyUnits:
    """Hold the units of a body: texts, and where each unit ends in bytes."""

    texts: list[str]
    ends: Ints
    _raw: list[bytes] | None = None
    """The frames of a binary stream; None where the texts are the units themselves."""

    def rebuilt(self, texts: list[str]) -> list[bytes]:
        """Return the bytes of each unit with other texts in them."""
        if self._raw is None:
            return [_encoded(text) for text in texts]
        return [
            raw if new is old else _framed(raw, _encoded(old), _encoded(new))
            for raw, old, new in zip(self._raw, self.texts, texts, strict=True)
        ]


def units_of(content_type: str, body: bytes) -> BodyUnits:
    """Return the units of a body; one that is no stream is one unit."""
    framed = split_events(content_type, body) if body else None
    if framed is None or not len(framed.events):
        return BodyUnits([_text(body)], np.array([len(body)]))
    events = framed.events
    ends = events.offset + events.size
    raw = [body[end - size : end] for end, size in zip(ends.tolist(), events.size.tolist(), strict=True)]
    if not aws_eventstream.recognise(content_type, body) or not aws_eventstream.decode(body).data:
        return BodyUnits([_text(unit) for unit in raw], ends)
    return BodyUnits([_text(_inner(data or b"")) for data in events.data], ends, raw)


def moved(places: Ints, old_ends: Ints, new_ends: Ints) -> Ints:
    """Return where places in a body are when its units have changed their sizes; what changed stands before them."""
    unit = np.minimum(np.searchsorted(old_ends, places), len(old_ends) - 1)
    return np.maximum(new_ends[unit] - (old_ends[unit] - places), np.where(unit > 0, new_ends[unit - 1], 0))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _inner(payload: bytes) -> bytes:
    """Return the event that a payload packs, or the payload itself."""
    match = _BYTES.search(payload)
    if match is None:
        return payload
    try:
        return base64.b64decode(match.group(), validate=True)
    except binascii.Error:
        return payload


def _framed(raw: bytes, old: bytes, new: bytes) -> bytes:
    """Return a frame with another event in it, its lengths and checksums put right."""
    packed = base64.b64encode(old)
    place = raw.find(packed)
    if place >= 0:
        old, new = packed, base64.b64encode(new)
    else:
        place = raw.find(old)
    if place < 0 or place < _PRELUDE_BYTES:
        return new
    content = raw[_PRELUDE_BYTES:place] + new + raw[place + len(old) : -_CHECKSUM_BYTES]
    prelude = struct.pack("!I", _PRELUDE_BYTES + len(content) + _CHECKSUM_BYTES) + raw[4:8]
    frame_bytes = prelude + struct.pack("!I", zlib.crc32(prelude)) + content
    return frame_bytes + struct.pack("!I", zlib.crc32(frame_bytes))
