"""Recognising a format by its first bytes."""

import re

from viewer.text.json import parse

BOM = b"\xef\xbb\xbf"

# The first lines are looked for in this much of a body, which may have no line ends.
_MAX_HEAD_BYTES = 1 << 20
# A `data:` URL (RFC 2397) may have a media type and parameters before its comma, and spaces and line ends after it (SVG).
_DATA = rb"data:(?!(?:[\w.+-]++/[\w.+-]++)?(?:;[\w.+-]++(?:=[^,;\s]*+)?)*+,)"
_FIRST_LINE = re.compile(rb"(?:event|id|retry)?:|" + _DATA)
# A recorder that folds lines leaves the type of an event before its data.
_DATA_LINE = re.compile(rb"(?:^|[\r\n])(?:event:[ \t]?[^\s:]{1,60}[ \t])?" + _DATA)
_ERROR_LINE = re.compile(rb'[\r\n]*+error:[ ]?(\{"[^\r\n]*+)')
# Each code with the start of its JSON. React server components have lines of the same form, but their first is never a text.
_PART = re.compile(rb'(?:[03g]:"|[28]:\[|[4-69a-fh-k]:\{)')


def is_event_stream(text: bytes) -> bool:
    """Tell whether a text begins with a field or a comment of server-sent events, and has data or is an error."""
    begin = text[:1024].removeprefix(BOM).lstrip(b"\r\n")
    if _FIRST_LINE.match(begin):
        return bool(_DATA_LINE.search(text.removeprefix(BOM)))
    error = _ERROR_LINE.match(text.removeprefix(BOM)) if begin.startswith(b"error:") else None
    return error is not None and is_json(error[1])


def is_json_lines(text: bytes) -> bool:
    """Tell whether the first lines all begin like JSON objects, and at least two of them are."""
    lines = [line for line in _head(text).split(b"\n", 9)[:8] if line.strip()]
    return all(line.lstrip().startswith(b"{") for line in lines) and sum(map(_is_object, lines)) > 1


def count_data_stream_parts(text: bytes) -> int:
    """Count the first lines that are parts of the AI SDK's data stream, up to 2. Return 0 if any line is something else."""
    lines = [line.strip() for line in _head(text).split(b"\n", 9)[:8] if line.strip()]
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


def _head(text: bytes) -> bytes:
    return text[:_MAX_HEAD_BYTES].removeprefix(BOM)


def _is_object(line: bytes) -> bool:
    try:
        return line.lstrip().startswith(b"{") and isinstance(parse(line), dict)
    except ValueError:
        return False
