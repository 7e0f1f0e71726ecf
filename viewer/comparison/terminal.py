"""A comparison as text for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence

from viewer.comparison.aspects import Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison
from viewer.comparison.diff_lines import DiffLine, diff_lines
from viewer.comparison.sections import Cell, Section, alone, name_of, pair_title, sections, shown_pairs, verdict
from viewer.text.safe import visible

_MOST_LINES = 400
_MOST_CHARACTERS = 40_000
_CELL_CHARACTERS = 100
_COLOURS = {"-": "31", "+": "32", "…": "2"}


def as_text(comparison: CassetteComparison, chosen: frozenset[Aspect], *, colour: bool) -> str:
    """Return a comparison as lines of text; colours are those of the terminal, and none where `colour` is false."""
    return "".join(f"{line}\n" for line in _lines(comparison, chosen, colour=colour))


def _lines(comparison: CassetteComparison, chosen: frozenset[Aspect], *, colour: bool) -> Iterator[str]:
    for letter, cassette in (("A", comparison.left), ("B", comparison.right)):
        recorder = visible(cassette.recorder)
        count = len(cassette.interactions)
        yield f"{letter}: {visible(cassette.name)} ({recorder}, {count:,} interaction{'s' * (count != 1)})"
    yield verdict(comparison, chosen)
    if "interactions" in chosen:
        for letter, sides in (("A", comparison.removed), ("B", comparison.added)):
            for one in sides:
                yield f"{alone(one, letter)}: {visible(name_of(one)) or 'request not recorded'}"
    for pair in shown_pairs(comparison, chosen):
        yield from _pair(pair, chosen, colour=colour)


def _pair(pair: Comparison, chosen: frozenset[Aspect], *, colour: bool) -> Iterator[str]:
    found = sections(pair, chosen)
    if not found:
        return
    yield ""
    name = visible(name_of(pair.right) or name_of(pair.left))
    yield _painted(f"{pair_title(pair)}{f': {name}' if name else ''}", "1", colour=colour)
    for section in found:
        yield ""
        subject = f": {visible(section.subject)}" if section.subject else ""
        yield _painted(f"{section.title}{subject}", "1", colour=colour)
        yield from (f"  {line}".rstrip() for line in _section(section, colour=colour))


def _section(section: Section, *, colour: bool) -> Iterator[str]:
    if section.rows:
        yield from _table([section.header, *section.rows])
    if section.note:
        yield section.note
    if section.diff is not None:
        shown = diff_lines(section.diff, _MOST_LINES, _MOST_CHARACTERS)
        yield from (_diff_line(line, colour=colour) for line in shown.lines)
        if shown.left_out:
            yield f"… {shown.left_out:,} more lines that differ"
        if section.diff.coarse_characters:
            yield f"{section.diff.coarse_characters:,} characters were too much to compare word for word."


def _table(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        yield "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()


def _cell(cell: Cell) -> str:
    text = visible(cell if isinstance(cell, str) else cell.text).replace("\n", "\\n").replace("\t", " ")
    return text if len(text) <= _CELL_CHARACTERS else f"{text[:_CELL_CHARACTERS]}…"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _diff_line(line: DiffLine, *, colour: bool) -> str:
    if not colour or line.mark == " ":
        return f"{line.mark} {line.text}"
    code = _COLOURS[line.mark]
    # What differs inside a line stands out of it.
    spans = "".join(f"\x1b[7m{span.text}\x1b[27m" if span.is_changed else span.text for span in line.spans)
    return f"\x1b[{code}m{line.mark} {spans}\x1b[0m"


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
