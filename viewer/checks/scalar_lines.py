"""On which line of its source a character of a scalar stands: https://yaml.org/spec/1.2.2/#chapter-7-flow-style-productions.

A recorded body is one scalar of hundreds of lines. VCR.py folds it at spaces, in double quotes.
"""

import re

from viewer.checks.source_tree import RAW

_FOLD = r"[ \t]*(?:\r?\n[ \t]*)+"
_DOUBLE_QUOTED = re.compile(
    rf"\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|\r?\n[ \t]*|.)|{_FOLD}|[^\\\n \t]++|.", re.DOTALL
)
_SINGLE_QUOTED = re.compile(rf"''|{_FOLD}|[^'\n \t]++|.", re.DOTALL)
_PLAIN = re.compile(rf"{_FOLD}|[^\n \t]++|.", re.DOTALL)
_GRAMMARS = {'"': (_DOUBLE_QUOTED, 1), "'": (_SINGLE_QUOTED, 1), "": (_PLAIN, 0)}
"""By style: the pieces of a scalar, and the length of each of the quotes around it."""


def lines_before(source: str, value: str, style: str, offset: int) -> int | None:
    """Return how many lines of the source of a scalar come before the one with a character of its value.

    Return None if that is not certain.

    Args:
        source: the scalar as it is written, with its quotes or its "|".
        value: its text.
        style: as in `Node.style`.
        offset: of the character in the text.
    """
    if "\n" not in source.rstrip():
        return 0
    if style == RAW:
        return source.count("\n", 0, offset)
    if style == "|":
        return _in_literal(source, value, offset)
    return _in_folded(source, value, style, offset) if style in _GRAMMARS else None


def _in_literal(source: str, value: str, offset: int) -> int | None:
    """Count lines: a literal scalar has one for each of its value, after that of its "|"."""
    before = value.count("\n", 0, offset)
    lines = source.split("\n")
    values = value.split("\n")
    if before + 1 >= len(lines) or lines[before + 1].strip() != values[before].strip():
        return None
    return before + 1


def _in_folded(source: str, value: str, style: str, offset: int) -> int | None:
    """Follow the pieces of a scalar. Their lengths must add up to that of the value."""
    grammar, quote = _GRAMMARS[style]
    place = 0
    found: int | None = None
    source = source.rstrip() if not quote else source
    for piece in grammar.finditer(source, quote, len(source) - quote):
        if found is None and place + _length(piece[0], style) > offset:
            # A character at which a line is folded stands at the end of that line.
            found = source.count("\n", 0, piece.start())
        place += _length(piece[0], style)
    return found if place == len(value) else None


def _length(piece: str, style: str) -> int:
    """Return how many characters of the value a piece of its source is."""
    if style == '"' and piece.startswith("\\"):
        return 0 if "\n" in piece else 1
    if style == "'" and piece == "''":
        return 1
    line_ends = piece.count("\n")
    # One line end is a space, and of several the first is dropped.
    return max(1, line_ends - 1) if line_ends else len(piece)
