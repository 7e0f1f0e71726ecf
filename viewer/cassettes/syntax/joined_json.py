"""JSON values that follow one another in one text: JSON lines, or several files that were joined (`cat a.har b.har`)."""

import json
import re
from typing import Any, NamedTuple

import orjson

from viewer.text.json import parse

# Each of the joined files may begin with a byte order mark.
_BETWEEN = re.compile("[ \t\r\n\ufeff]*")
_DECODER = json.JSONDecoder(strict=False)


class JSONValue(NamedTuple):
    """One value, and where it stands in the text."""

    value: Any
    begin: int
    end: int


class JoinedValues(NamedTuple):
    """The values at the beginning of a text."""

    values: list[JSONValue]
    rest: int
    """The offset after the last of them and the space that follows it."""


def read_joined(data: bytes) -> JoinedValues:
    """Parse one JSON value after the other, as far as there are any."""
    return _read_lines(data) or _scan(data)


def is_joined(data: bytes) -> bool:
    """Tell whether a text is JSON values and nothing else."""
    values, rest = read_joined(data)
    return bool(values) and rest == len(data)


def _read_lines(data: bytes) -> JoinedValues | None:
    """Parse a text with one value on each line, which is quicker than `_scan`. Return None if it is another text."""
    values = []
    begin = 0
    for line in data.split(b"\n"):
        end = begin + len(line)
        if line.strip():
            try:
                values.append(JSONValue(orjson.loads(line), begin, end))
            except orjson.JSONDecodeError:
                return None
        begin = end + 1
    return JoinedValues(values, len(data))


def _scan(data: bytes) -> JoinedValues:
    """Find the end of each value with the decoder of the standard library, which, unlike orjson's, tells it."""
    # Bytes that are not UTF-8 must keep their number, so that the offsets are right.
    text = data.decode(errors="surrogateescape")
    values = []
    place = offset = 0
    while True:
        begin = _after_space(text, place)
        offset += _size(text[place:begin])
        try:
            _, place = _DECODER.raw_decode(text, begin)
            end = offset + _size(text[begin:place])
            values.append(JSONValue(parse(data[offset:end]), offset, end))
        except (ValueError, RecursionError):
            return JoinedValues(values, offset)
        offset = end


def _after_space(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def _size(text: str) -> int:
    return len(text.encode(errors="surrogateescape"))
