r"""Server-sent events, framed by the rules of WHATWG.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

Three deliberate differences, since a viewer shows what stands there and not only what a browser would deliver: a comment
line that stands before an event is a unit of its own; an event that the end of the body cuts off is returned, and the
events marked `unterminated`; payloads stay bytes, so that invalid UTF-8 can be reported. Only `\r\n`, `\n` and `\r` end
a line, never the other separators that `str.splitlines` knows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from viewer.sniff import is_event_stream
from viewer.wire.events import Events, tile

_BOM = b"\xef\xbb\xbf"
# Lines with text and the blank lines around them, for bodies that mix line ends.
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
    offset: list[int] = []
    name: list[str] = []
    data: list[bytes | None] = []
    start = len(_BOM) if base == 0 and block.startswith(_BOM) else 0
    text = block[start:]
    start += base
    newline = _only_newline(text)
    for unit, length in _units(text, newline):
        # Nearly every recorded event is one such line, and this loop is where the time goes.
        if unit.startswith(b"data: ") and newline and newline not in unit:
            offset.append(start)
            name.append("message")
            data.append(unit[6:])
        elif unit:
            for place, event, payload in _read_unit(_lines(unit, newline)):
                offset.append(start + place)
                name.append(event)
                data.append(payload)
        start += length
    return tile(base, base + len(block), offset, name, data)


def _only_newline(text: bytes) -> bytes:
    """Return the line end that a text uses throughout; b"" where they are mixed."""
    if b"\r" not in text:
        return b"\n"
    pairs = text.count(b"\r\n")
    return b"\r\n" if pairs == text.count(b"\r") == text.count(b"\n") else b""


def _units(text: bytes, newline: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the text of each unit and how far the next one is; a unit may begin with blank lines, or hold nothing."""
    if newline:
        blank_line = newline * 2
        distance = len(blank_line)
        for unit in text.split(blank_line):
            yield unit, len(unit) + distance
    else:
        for match in _UNIT.finditer(text):
            yield match.group(), match.end() - match.start()


def _lines(unit: bytes, newline: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where each line of a unit begins, and the line."""
    if newline:
        place = 0
        for line in unit.split(newline):
            yield place, line
            place += len(line) + len(newline)
    else:
        for match in _LINE.finditer(unit):
            yield match.start(), match.group(1)


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
            value = value.removeprefix(b" ")
            if field == b"data":
                payload.append(value)
            elif field == b"event":
                name = value
        elif colon and begin < 0:
            yield place, "", None
    if begin >= 0:
        event = name.decode(errors="replace") or "message"
        yield (begin, event, b"\n".join(payload)) if payload else (begin, "", None)
