"""What a run of bytes is, told by how it begins."""

import re

from viewer.payload import parse

_LINES_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = re.compile(rb"(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(rb"(?:^|[\r\n])data:")


def is_event_stream(text: bytes) -> bool:
    """Tell whether a text begins as server-sent events do, with a field or a comment, and holds data."""
    begin = text[:1024].removeprefix(_BOM).lstrip(b"\r\n")
    return bool(_FIRST_LINE.match(begin)) and bool(_DATA_LINE.search(text.removeprefix(_BOM)))


def is_json_lines(text: bytes) -> bool:
    """Tell whether the first lines of a text begin as JSON objects, and two of them are."""
    lines = [line for line in text[:_LINES_BYTES].split(b"\n", 9)[:8] if line.strip()]
    return all(line.lstrip().startswith(b"{") for line in lines) and sum(map(_is_object, lines)) > 1


def is_json(text: bytes | None) -> bool:
    """Tell whether bytes are one JSON value."""
    try:
        parse(text or b"")
    except ValueError:
        return False
    return True


def _is_object(line: bytes) -> bool:
    try:
        return line.lstrip().startswith(b"{") and isinstance(parse(line), dict)
    except ValueError:
        return False
