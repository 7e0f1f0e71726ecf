"""Split a body into the texts of its events, and put it together again from other texts in the same framing."""

import base64
import binascii
import re
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from viewer.redaction.clean_texts import CleanBody
from viewer.redaction.form_fields import redact_form
from viewer.redaction.packed_strings import redact_packed
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.redaction.units import redact_units
from viewer.types.chunk_table import Ints
from viewer.wire import aws_eventstream
from viewer.wire.framing import split_events

_PRELUDE_BYTES = 12
_CHECKSUM_BYTES = 4
_BLANK = "\ufeff \t\r\n"
# Bedrock's InvokeModel packs the events of the model's own protocol like this. Proxies may write the JSON again, with spaces.
_PACKED_EVENT = re.compile(rb'"bytes"[ \t\r\n]*+:[ \t\r\n]*+"([A-Za-z0-9+/]++={0,2})"')


@dataclass(frozen=True, slots=True, eq=False)
class BodyUnits:
    """The units of a body: one text per event, or one text for a body that is not a stream."""

    texts: list[str]
    ends: Ints
    """The byte offset in the body at which each unit ends."""
    is_stream: bool = True
    _frames: list[bytes] | None = None
    """The frames of a binary stream, around the texts. None if the texts are the whole units."""

    def rebuild(self, texts: list[str]) -> list[bytes]:
        """Return the bytes of each unit, with new texts in place of the old."""
        if self._frames is None:
            return [to_bytes(text) for text in texts]
        return [
            raw if new is old else _replace_in_frame(raw, to_bytes(old), to_bytes(new))
            for raw, old, new in zip(self._frames, self.texts, texts, strict=True)
        ]


def split_body(content_type: str, body: bytes) -> BodyUnits:
    """Split a body into its units."""
    framed = split_events(content_type, body) if body else None
    if framed is None:
        return BodyUnits([to_text(body)], np.array([len(body)]), is_stream=False)
    events = framed.events
    ends = events.offset + events.size
    raw = [body[end - size : end] for end, size in zip(ends.tolist(), events.size.tolist(), strict=True)]
    if framed.framing is not aws_eventstream:
        return BodyUnits([to_text(unit) for unit in raw], ends)
    # A damaged frame may hold more than its payload.
    payloads = [
        _unpack_event(data or b"") if _is_whole_frame(one) else one for one, data in zip(raw, events.data, strict=True)
    ]
    return BodyUnits(list(map(to_text, payloads)), ends, _frames=raw)


def redact_body(content_type: str, body: bytes, rules: Rules, where: str, *, continued: bool = True) -> bytes:
    """Redact a body. Return the same bytes if it holds no secrets.

    `continued` says whether a text of one event may continue in the next.
    """
    clean = CleanBody(content_type, body)
    if not rules.everything and rules.finder.is_clean_body(clean):
        return body
    found_before = rules.ledger.found
    units = split_body(content_type, body)
    if not units.is_stream and not rules.everything:
        texts = [redact_plain(units.texts[0], rules, where)]
    else:
        texts = redact_units(units.texts, rules, where, continued=continued and len(units.texts) > 1)
    if texts != units.texts:
        return b"".join(units.rebuild(texts))
    # A secret that is kept changes nothing either.
    if rules.ledger.found == found_before and not rules.everything:
        rules.finder.remember_clean_body(clean)
    return body


def redact_plain(text: str, rules: Rules, where: str) -> str:
    """Redact a text as a whole: JSON, a form, base64 of one of these, or any other text."""
    if text.lstrip(_BLANK).startswith(("{", "[", '"')):
        return redact_units([text], rules, where, continued=False)[0]
    packed = redact_packed(text, lambda data: redact_body("", data, rules, where))
    if packed != text:
        return packed
    # Between quotes, as `redact_units` reads a text, a field has no name.
    text = redact_text(redact_form(text, rules, where), rules, where)
    return redact_units([text], rules, where, continued=False)[0] if '"' in text else text


def move_offsets(offsets: Ints, old_ends: Ints, new_ends: Ints) -> Ints:
    """Map byte offsets in a body to the body with redacted units, which may differ in size.

    Offsets keep their distance from the end of their unit: arrivals end after the payload, behind everything that changed.
    """
    unit = np.minimum(np.searchsorted(old_ends, offsets), len(old_ends) - 1)
    return np.maximum(new_ends[unit] - (old_ends[unit] - offsets), np.where(unit > 0, new_ends[unit - 1], 0))


def to_text(data: bytes) -> str:
    """Decode UTF-8 so that invalid bytes survive the way back."""
    return data.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """Undo `to_text`."""
    return text.encode("utf-8", "surrogateescape")


def _unpack_event(payload: bytes) -> bytes:
    """Return the event packed in a payload, or the payload itself."""
    match = _PACKED_EVENT.search(payload)
    if match is None:
        return payload
    try:
        return base64.b64decode(match[1], validate=True)
    except binascii.Error:
        return payload


def _is_whole_frame(raw: bytes) -> bool:
    return len(raw) == int.from_bytes(raw[:4])


def _replace_in_frame(raw: bytes, old: bytes, new: bytes) -> bytes:
    """Replace the event in a frame, and update its lengths and checksums."""
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
