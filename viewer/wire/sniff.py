"""What a run of bytes is, told by how it begins."""

import re

from viewer.text.json import parse

_LINES_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = re.compile(rb"(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(rb"(?:^|[\r\n])data:")
# The JSON that each code must have: React's server components are lines of the same form, whose first is never a text.
_PART = re.compile(rb'(?:[03g]:"|[28]:\[|[4-69a-fh-k]:\{)')


def is_event_stream(text: bytes) -> bool:
    """Tell whether a text begins as server-sent events do, with a field or a comment, and holds data."""
    begin = text[:1024].removeprefix(_BOM).lstrip(b"\r\n")
    return bool(_FIRST_LINE.match(begin)) and bool(_DATA_LINE.search(text.removeprefix(_BOM)))


def is_json_lines(text: bytes) -> bool:
    """Tell whether the first lines of a text begin as JSON objects, and two of them are."""
    lines = [line for line in text[:_LINES_BYTES].split(b"\n", 9)[:8] if line.strip()]
    return all(line.lstrip().startswith(b"{") for line in lines) and sum(map(_is_object, lines)) > 1


def parts_of_data_stream(text: bytes) -> int:
    """Return how many of the first lines are parts of the AI SDK's data stream, 2 at most; 0 where one begins otherwise."""
    lines = [line.strip() for line in text[:_LINES_BYTES].split(b"\n", 9)[:8] if line.strip()]
    if not all(map(_PART.match, lines)):
        return 0
    return min(2, sum(is_json(line[2:]) for line in lines))


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
