"""Marks that take the place of redacted characters, one for one, so that lengths and line ends stay."""

import re
from collections.abc import Sequence

from viewer.redaction.spans import Cut

MARK = "•"
_MARK_IN_LATIN = MARK.encode().decode("latin-1")
_MARK_IN_PERCENT = "%E2%80%A2"
_VISIBLE = re.compile(r"[^\s•]")
_NOT_LINE_END = re.compile(r"[^\r\n]")
_DIGIT = re.compile("[0-9]")


def read_marks(text: str) -> str:
    """Return a text with its marks, if they were read as Latin-1 or are written as percent escapes."""
    return text.replace(_MARK_IN_LATIN, MARK).replace(_MARK_IN_PERCENT, MARK)


def mark_text(text: str) -> str:
    """Replace each character except line ends by a mark."""
    if "\n" in text or "\r" in text:
        return _NOT_LINE_END.sub(MARK, text)
    return MARK * len(text)


def mark_number(number: str) -> str:
    """Replace each digit of a JSON number by a 1.

    Zeros would not do: JSON allows none at the beginning of a number, and other formats print `0.00` as `0.0`. An integer of as
    many ones is written alike everywhere, and fits where the number did.
    """
    return _DIGIT.sub("1", number)


def mark_cut(text: str, cut: Cut) -> str:
    """Return the marks for the characters of one cut."""
    piece = text[cut.begin : cut.end]
    return mark_number(piece) if cut.is_number else mark_text(piece)


def mark_visible(text: str) -> str:
    """Replace each character except whitespace by a mark."""
    return _VISIBLE.sub(MARK, text)


def mark_cuts(text: str, cuts: Sequence[Cut]) -> str:
    """Replace the characters of ordered cuts by marks."""
    parts: list[str] = []
    place = 0
    for cut in cuts:
        parts += (text[place : cut.begin], mark_cut(text, cut))
        place = cut.end
    return "".join([*parts, text[place:]])
