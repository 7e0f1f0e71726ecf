"""Texts with escapes in them, decoded so that each character still knows where it was written."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

# The escapes of one JSON string; two halves of a surrogate pair are one character.
JSON = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL
)
# Escapes of JSON in JSON and of URLs in URLs, however deep: as many backslashes, or `25`, as there may be.
ANY = re.compile(r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf\"'/]))|%(?:25)*+([0-9a-fA-F]{2})")

_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold a decoded text and where each run of it was written."""

    text: str
    _begins: list[int] = field(repr=False)
    _written: list[int] = field(repr=False)

    def written(self, place: int) -> int:
        """Return where in the written text the character at a place of the decoded one begins."""
        run = bisect_right(self._begins, place) - 1
        return self._written[run] + place - self._begins[run]


def decoded(text: str, escapes: re.Pattern[str] = JSON) -> Decoded:
    """Return a text with its escapes decoded; each of them gives one character."""
    read = _json if escapes is JSON else _any
    parts: list[str] = []
    begins, written = [0], [0]
    place = length = 0
    for match in escapes.finditer(text):
        literal = text[place : match.start()]
        parts += (literal, read(match))
        length += len(literal)
        place = match.end()
        # The escape is a run of one character, and what follows it begins another.
        begins += (length, length + 1)
        written += (match.start(), place)
        length += 1
    parts.append(text[place:])
    return Decoded("".join(parts), begins, written)


def _json(match: re.Match[str]) -> str:
    high, low, code, letter = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _any(match: re.Match[str]) -> str:
    code, byte, letter, percent = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    return chr(int(code or byte or percent, 16))
