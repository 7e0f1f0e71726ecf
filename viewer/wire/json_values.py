"""JSON values that stand one after another in one text."""

import re
from typing import NamedTuple

from viewer.wire.sniff import is_json

DONE = b"[DONE]"
"""What OpenAI and those who follow it send in place of a last value."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_GAP = re.compile(rb"[ \t\r\n]*+")


class Piece(NamedTuple):
    """Where one value is in a text."""

    begin: int
    end: int


def value_end(text: bytes, begin: int) -> int | None:
    """Return where the object, array or `[DONE]` that begins at a place ends. Return None if none does, or it is not closed."""
    if text[begin : begin + 1] not in (b"{", b"["):
        return None
    if text.startswith(DONE, begin):
        return begin + len(DONE)
    depth = 0
    for token in _TOKEN.finditer(text, begin):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if not depth:
                return token.end()
    return None


def split_values(text: bytes) -> list[Piece]:
    """Return the place of each object, array and `[DONE]` in a text. Return none if the text is not several of them.

    What follows the last whole value is a piece of its own if it begins like an object, since the recording may end there.
    """
    pieces: list[Piece] = []
    place = skip_gap(text, 0)
    while place < len(text):
        end = value_end(text, place)
        if end is None or not (text.startswith(DONE, place) or is_json(text[place:end])):
            if not text.startswith(b"{", place):
                return []
            end = len(text)
            if not pieces:
                return []
        pieces.append(Piece(place, end))
        place = skip_gap(text, end)
    return pieces if len(pieces) > 1 else []


def skip_gap(text: bytes, place: int) -> int:
    """Return where the white space that begins at a place ends."""
    gap = _GAP.match(text, place)
    return gap.end() if gap else place
