r"""Server-sent events, framed by the rules of WHATWG.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

Three deliberate differences, since a viewer shows what stands there and not only what a browser would deliver: a comment
line that stands before an event is a unit of its own; an event that the end of the body cuts off is returned, and the
events marked `unterminated`; payloads stay bytes, so that invalid UTF-8 can be reported. Only `\r\n`, `\n` and `\r` end
a line, never the other separators that `str.splitlines` knows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from viewer.wire.events import Events, Places, Slices, tile
from viewer.wire.sniff import is_event_stream

_Columns = tuple[Places, Sequence[str], Sequence[bytes | None]]

_FEED, _SPACE = b"\n "
_SEARCHED_BYTES = 1 << 20
# Columns take 0.2 ms to set up, in which as much is read unit by unit.
_WORTH_COLUMNS_BYTES = 4 << 10
_BOM = b"\xef\xbb\xbf"
# Lines with text and the blank lines around them.
_UNIT = re.compile(rb"[\r\n]*(?:[^\r\n]++(?:\r\n|[\r\n]|\Z))++[\r\n]*")
_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|[\r\n]|\Z)")
# Every blank line holds one of these pairs, whatever the line ends are.
_BLANK_LINE_PAIRS = (b"\n\n", b"\r\r", b"\n\r")
_BLANK_LINE_ENDS = (*_BLANK_LINE_PAIRS, b"\n\r\n", b"\r\r\n")
_BEFORE_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")


class SSEDecoder:
    """Decode a body fed in pieces of any size; every split of the same bytes gives the same events.

    An event is held back until text follows it, because the blank lines between are part of it.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0

    def feed(self, data: bytes) -> Events:
        """Return the events that are complete for certain."""
        # CR LF CR LF shows its blank line three bytes from its end.
        searched = max(0, len(self._buffer) - 3)
        self._buffer += data
        return self._take(_last_boundary(self._buffer, searched))

    def flush(self) -> Events:
        """Return what is left when the body ends."""
        tail = bytes(self._buffer[-3:])
        return _mark_unterminated(self._take(len(self._buffer)), tail)

    def _take(self, length: int) -> Events:
        events = _decode(bytes(self._buffer[:length]), self._offset)
        del self._buffer[:length]
        self._offset += length
        return events


def recognise(content_type: str, body: bytes) -> int:
    """Trust the media type, else look at how the text begins."""
    return 90 if content_type == "text/event-stream" else 80 if is_event_stream(body) else 0


def decode(body: bytes) -> Events:
    """Return the events of a whole body."""
    return _mark_unterminated(_decode(body, 0), body[-3:])


def _mark_unterminated(events: Events, tail: bytes) -> Events:
    closed = not events or tail.endswith(_BLANK_LINE_ENDS)
    return events if closed else replace(events, unterminated=True)


def _last_boundary(buffer: bytearray, searched: int) -> int:
    """Return the end of the last run of blank lines that text follows; 0 where there is none."""
    end = len(buffer)
    while end and buffer[end - 1] in b"\r\n":
        end -= 1
    # Blank lines before the first text of a body end nothing.
    before_text = _BEFORE_TEXT.match(buffer)
    begin = max(searched, before_text.end() if before_text else 0)
    cut = max(buffer.rfind(pair, begin, end) for pair in _BLANK_LINE_PAIRS)
    if cut < 0:
        return 0
    while buffer[cut] in b"\r\n":
        cut += 1
    return cut


def _decode(block: bytes, base: int) -> Events:
    """Return the events of bytes that begin where an event begins; `base` is their offset in the body."""
    start = len(_BOM) if base == 0 and block.startswith(_BOM) else 0
    newline = _only_newline(block) if len(block) >= _WORTH_COLUMNS_BYTES else b""
    offset, name, data = _by_columns(block, start, newline) if newline else _by_units(block, start)
    return tile(base, base + len(block), offset + base, name, data)


def _by_units(block: bytes, start: int) -> _Columns:
    """Return offset, event type and payload of each event, whatever the line ends."""
    found: list[tuple[int, str, bytes | None]] = []
    for unit in _UNIT.finditer(block, start):
        found += _read_unit((line.start(), line.group(1)) for line in _LINE.finditer(block, *unit.span()))
    offset = np.array([place for place, _, _ in found], dtype=np.int64)
    return offset, [name for _, name, _ in found], [payload for _, _, payload in found]


def _by_columns(block: bytes, start: int, newline: bytes) -> _Columns:
    """Return the same of bytes with one line end: nearly every event is one line of data, or a type and one line of data.

    Those are found by their line ends and the first bytes of their lines, and no Python runs for each; the others are read
    line by line.
    """
    raw = np.frombuffer(block, dtype=np.uint8)
    feeds = _places(raw, start, _FEED)
    begin = np.concatenate((np.full(1, start, feeds.dtype), feeds + 1))
    end = np.concatenate((feeds - (len(newline) - 1), np.full(1, len(block), feeds.dtype)))
    filled = np.flatnonzero(end > begin)
    begin, end = begin[filled], end[filled]
    # A unit is a run of lines that no blank line parts.
    first = np.flatnonzero(np.diff(filled, prepend=-2) > 1)
    lines = np.diff(first, append=len(filled))
    is_data = _starts_with(raw, begin, end, b"data:")
    last = first + lines - 1
    is_named = (lines == 2) & _starts_with(raw, begin, end, b"event:")[first]
    plain = is_data[last] & (is_named | (lines == 1))

    offset = begin[first]
    payload_begin, payload_end = begin[last] + len(b"data:"), end[last]
    payload_begin += (payload_begin < payload_end) & (raw[np.minimum(payload_begin, len(raw) - 1)] == _SPACE)
    name = ["message"] * len(first)
    for unit in np.flatnonzero(is_named & plain).tolist():
        name[unit] = _event_type(block[offset[unit] + len(b"event:") : end[first[unit]]])
    if plain.all():
        return offset, name, Slices(block, payload_begin, payload_end, {})

    events = np.ones(len(first), dtype=np.int64)
    found: list[tuple[int, str, bytes | None]] = []
    for unit in np.flatnonzero(~plain).tolist():
        found_before = len(found)
        numbers = range(first[unit], first[unit] + lines[unit])
        found += _read_unit((int(begin[line]), block[begin[line] : end[line]]) for line in numbers)
        events[unit] = len(found) - found_before
    # Each unit stands as often as it has events; then what was read line by line is put in.
    unit_of = np.repeat(np.arange(len(first)), events)
    places = np.flatnonzero(~plain[unit_of]).tolist()
    offset = offset[unit_of]
    name = [name[unit] for unit in unit_of.tolist()]
    others: dict[int, bytes | None] = {}
    for place, (at, event, payload) in zip(places, found, strict=True):
        offset[place], name[place], others[place] = at, event, payload
    return offset, name, Slices(block, payload_begin[unit_of], payload_end[unit_of], others)


def _places(raw: npt.NDArray[np.uint8], start: int, byte: int) -> Places:
    """Return where a byte stands, searched a megabyte at a time, since a mask of all would be as large as the body."""
    blocks = range(start, len(raw), _SEARCHED_BYTES)
    # Half the memory, where the body is as short as nearly all are.
    dtype = np.int32 if len(raw) < 1 << 31 else np.int64
    found = [(np.flatnonzero(raw[at : at + _SEARCHED_BYTES] == byte) + at).astype(dtype) for at in blocks]
    return np.concatenate([np.zeros(0, dtype=dtype), *found])


def _starts_with(raw: npt.NDArray[np.uint8], begin: Places, end: Places, prefix: bytes) -> npt.NDArray[np.bool_]:
    """Mark the lines that begin with some bytes."""
    marked: npt.NDArray[np.bool_] = end - begin >= len(prefix)
    rows = np.flatnonzero(marked)
    for place, byte in enumerate(prefix):
        rows = rows[raw[begin[rows] + place] == byte]
    marked[:] = False
    marked[rows] = True
    return marked


def _only_newline(text: bytes) -> bytes:
    """Return the line end that a text uses throughout; b"" where they are mixed."""
    if b"\r" not in text:
        return b"\n"
    pairs = text.count(b"\r\n")
    return b"\r\n" if pairs == text.count(b"\r") == text.count(b"\n") else b""


def _read_unit(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, str, bytes | None]]:
    """Yield place, event type and payload: of each comment before the event, then of the event."""
    begin = -1
    name = b""
    payload: list[bytes] = []
    for place, line in lines:
        field, colon, value = line.partition(b":")
        if field:
            if begin < 0:
                begin = place
            if field == b"data":
                payload.append(value.removeprefix(b" "))
            elif field == b"event":
                name = value
        elif colon and begin < 0:
            yield place, "", None
    if begin >= 0:
        yield (begin, _event_type(name), b"\n".join(payload)) if payload else (begin, "", None)


def _event_type(value: bytes) -> str:
    return value.removeprefix(b" ").decode(errors="replace") or "message"
