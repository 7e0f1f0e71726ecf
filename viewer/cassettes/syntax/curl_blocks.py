r"""The blocks of a curl trace as bytes: https://curl.se/docs/manpage.html#--trace-ascii.

A block is a line with its kind and size, followed by lines that begin with their offset. In hexadecimal, the lines show every
byte. In ASCII, a line shows up to 64 bytes, with a dot for each that is not printable ASCII. It also ends at CR LF, which is
not shown but can be inferred from the offset of the next line.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from viewer.text.times import continue_day, parse_time_of_day

_BEGIN = re.compile(
    rb"^(?:(?P<time>\d\d:\d\d:\d\d\.\d{6}) )?(?:\[[\w-]{1,40}\] )?(?:== Info: (?P<info>[^\r\n]*+)"
    rb"|(?P<kind>=> Send header|=> Send data|<= Recv header|<= Recv data|=> Send SSL data|<= Recv SSL data)"
    rb", (?P<size>\d{1,12}) bytes \(0x[0-9a-f]++\)\r?$)",
    re.MULTILINE,
)
_LINE = re.compile(rb"^([0-9a-f]{4,12}): ?([^\r\n]*+)", re.MULTILINE)
_OCTETS = re.compile(rb"(?:[0-9a-f]{2} ){1,16}")
_HEXADECIMAL = re.compile(_OCTETS.pattern + rb"(?:   )*+[^\r\n]{1,16}\Z")
_JSON_OR_EVENTS = re.compile(rb"[\s.]*+(?:[{\[:]|(?:data|event|id|retry):)")
# A JSON string, which cannot contain a line end, or a dot that is not within a number or a name.
_STRING_OR_LINE_ENDS = re.compile(
    rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|\.(?=(?:data|event|id|retry)?:)|(?<!\w)\.|\.(?!\w)', re.DOTALL
)


class Block(NamedTuple):
    """What went over the wire at one moment."""

    kind: str
    """Such as "=> Send header"; "" for curl's own information."""
    us: int | None
    """Microseconds since the midnight before the first block; None if the block has no time."""
    data: bytes
    is_whole: bool = True
    """Whether the block has as many bytes as its first line says."""


def is_trace(text: bytes) -> bool:
    """Tell whether a text holds the first line of a block."""
    return (b"== Info: " in text or b" bytes (0x" in text) and _BEGIN.search(text) is not None


def is_exact(trace: bytes) -> bool:
    """Tell whether a trace is in hexadecimal. The first line of bytes decides."""
    for begin in _BEGIN.finditer(trace):
        if begin["size"] and (line := _LINE.match(trace, begin.end() + 1)):
            return bool(_HEXADECIMAL.match(line[2]))
    return True


def blocks(trace: bytes, *, exact: bool) -> Iterator[Block]:
    """Yield the blocks of a trace, except those of encrypted bytes."""
    begins = list(_BEGIN.finditer(trace))
    ends = [begin.start() for begin in begins[1:]] + [len(trace)]
    last_us: int | None = None
    for begin, end in zip(begins, ends, strict=True):
        us = continue_day(last_us, parse_time_of_day(begin["time"].decode())) if begin["time"] else None
        last_us = last_us if us is None else us
        if begin["size"] is None:
            yield Block("", us, begin["info"])
        elif b"SSL" not in begin["kind"]:
            size = int(begin["size"])
            lines = _LINE.findall(trace, begin.end(), end)
            data = b"".join(map(_from_hexadecimal, lines)) if exact else _from_ascii(lines, size)
            yield Block(begin["kind"].decode(), us, data[:size], len(data) == size)


def with_line_ends(printed: bytes) -> bytes:
    """Restore the line ends that were printed as dots in JSON or an event stream. Return other text unchanged."""
    if not _JSON_OR_EVENTS.match(printed):
        return printed
    return _STRING_OR_LINE_ENDS.sub(
        lambda match: match[0] if match[0].startswith(b'"') else b"\n" * len(match[0]), printed
    )


def _from_hexadecimal(line: tuple[bytes, bytes]) -> bytes:
    octets = _OCTETS.match(line[1])
    return bytes.fromhex(octets[0].decode()) if octets else b""


def _from_ascii(lines: list[tuple[bytes, bytes]], size: int) -> bytes:
    parts: list[bytes] = []
    place = 0
    for offset, printed in [*lines, (b"%x" % size, b"")]:
        begin = int(offset, 16)
        if begin == place + 2:
            parts.append(b"\r\n")
        parts.append(printed)
        place = begin + len(printed)
    return b"".join(parts)
