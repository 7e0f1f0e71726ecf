"""Decode escapes in texts, and map each decoded character back to where it was written."""

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, field

# The escapes of one JSON string. A surrogate pair is one character.
JSON_ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL
)
# Escapes of JSON, of URLs and of HTML, nested to any depth: each level adds backslashes, `25` or `amp;`.
ANY_ESCAPE = re.compile(
    r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf\"'/]))|%(?:25)*+([0-9a-fA-F]{2})"
    r"|&(?:amp;)*+(?:#0*+([0-9]{1,7});|#[xX]0*+([0-9a-fA-F]{1,6});|(quot|apos|lt|gt);)|&(?:amp;)++"
)

_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">"}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text that knows where each character was written."""

    text: str
    _begins: list[int] = field(repr=False)
    """Where each run of the decoded text begins. A run is one escape, or all that lies between two escapes."""
    _source_begins: list[int] = field(repr=False)
    """Where each run begins in the source."""

    def source_index(self, index: int) -> int:
        """Return where in the source the character at an index of the decoded text begins."""
        run = bisect_right(self._begins, index) - 1
        return self._source_begins[run] + index - self._begins[run]


def decode(source: str, escapes: re.Pattern[str] = JSON_ESCAPE) -> Decoded:
    """Decode the escapes of a text. Each escape becomes one character."""
    character = _json_character if escapes is JSON_ESCAPE else _any_character
    parts: list[str] = []
    begins, source_begins = [0], [0]
    place = length = 0
    for match in escapes.finditer(source):
        literal = source[place : match.start()]
        parts += (literal, character(match))
        length += len(literal)
        place = match.end()
        begins += (length, length + 1)
        source_begins += (match.start(), place)
        length += 1
    parts.append(source[place:])
    return Decoded("".join(parts), begins, source_begins)


def _json_character(match: re.Match[str]) -> str:
    high, low, code, letter = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _any_character(match: re.Match[str]) -> str:
    code, byte, letter, percent, decimal, hexadecimal, entity = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    if entity:
        return _ENTITIES[entity]
    if decimal:
        number = int(decimal)
    elif written := code or byte or percent or hexadecimal:
        number = int(written, 16)
    else:
        return "&"
    return chr(number) if number <= sys.maxunicode else match[0][0]
