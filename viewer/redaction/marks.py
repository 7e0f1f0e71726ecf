"""Marks that take the place of redacted characters, one for one, so that lengths and line ends stay."""

import re
from collections.abc import Sequence

from viewer.redaction.spans import Cut

MARK = "•"
_MARK_IN_LATIN = MARK.encode().decode("latin-1")
_VISIBLE = re.compile(r"[^\s•]")


def read_marks(text: str) -> str:
    """Return a text with its marks, if they were read as Latin-1."""
    return text.replace(_MARK_IN_LATIN, MARK)


def mark_text(text: str) -> str:
    """Replace each character except line ends by a mark."""
    if "\n" in text or "\r" in text:
        return "".join(character if character in "\r\n" else MARK for character in text)
    return MARK * len(text)


def mark_visible(text: str) -> str:
    """Replace each character except whitespace by a mark."""
    return _VISIBLE.sub(MARK, text)


def mark_cuts(text: str, cuts: Sequence[Cut]) -> str:
    """Replace the characters of ordered cuts by marks."""
    for begin, end in reversed(cuts):
        text = text[:begin] + mark_text(text[begin:end]) + text[end:]
    return text
