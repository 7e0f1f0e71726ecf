"""A comparison as text for a terminal."""

from collections.abc import Collection, Iterator, Sequence

from wcwidth import wcswidth

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison
from viewer.comparison.diff_lines import DiffLine, diff_lines
from viewer.comparison.sections import (
    COARSE,
    Cell,
    Section,
    pair_requests,
    pair_title,
    sections,
    shown_pairs,
    summary_line,
    unpaired_name,
    unpaired_title,
)
from viewer.text.safe import visible, visible_line
from viewer.text.words import counted

# Of one diff: what a person may still scroll through.
_MAX_LINES = 400
_MAX_CHARACTERS = 40_000
# So that a table row with two values fits a wide terminal.
_MAX_CELL_CHARACTERS = 100
_COLOURS = {"-": "31", "+": "32", "…": "2"}


def as_text(comparison: CassetteComparison, chosen: Collection[Aspect] = ASPECTS, *, colour: bool = False) -> str:
    """Write a comparison as plain text, in the chosen aspects. `colour` adds ANSI colours for a terminal."""
    return "".join(f"{line}\n" for line in _lines(comparison, chosen, colour=colour))


def _lines(comparison: CassetteComparison, chosen: Collection[Aspect], *, colour: bool) -> Iterator[str]:
    for letter, cassette in (("A", comparison.left), ("B", comparison.right)):
        recorder = visible_line(cassette.recorder)
        count = len(cassette.interactions)
        yield f"{letter}: {visible_line(cassette.name)} ({recorder}, {counted(count, 'interaction')})"
    yield summary_line(comparison, chosen)
    if "interactions" in chosen:
        for letter, sides in (("A", comparison.removed), ("B", comparison.added)):
            for one in sides:
                yield f"{unpaired_title(one, letter)}: {visible_line(unpaired_name(one)) or 'request not recorded'}"
    for pair in shown_pairs(comparison, chosen):
        yield from _pair(pair, chosen, colour=colour)


def _pair(pair: Comparison, chosen: Collection[Aspect], *, colour: bool) -> Iterator[str]:
    found = sections(pair, chosen)
    if not found:
        return
    yield ""
    name = " → ".join(map(visible_line, pair_requests(pair)))
    yield painted(f"{pair_title(pair)}{f': {name}' if name else ''}", "1", colour=colour)
    for section in found:
        yield ""
        subject = f": {visible_line(section.subject)}" if section.subject else ""
        yield painted(f"{section.title}{subject}", "1", colour=colour)
        yield from (f"  {line}".rstrip() for line in _section(section, colour=colour))


def _section(section: Section, *, colour: bool) -> Iterator[str]:
    if section.rows:
        yield from table_lines([section.header, *section.rows])
    if section.note:
        yield section.note
    if section.diff is not None:
        shown = diff_lines(section.diff, _MAX_LINES, _MAX_CHARACTERS)
        yield from (diff_line(line, colour=colour) for line in shown.lines)
        if shown.left_out:
            yield f"… {shown.left_out:,} more lines differ"
        if section.diff.coarse_characters:
            yield COARSE.format(section.diff.coarse_characters)


def table_lines(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a table, with its columns aligned."""
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(wcswidth, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        yield "  ".join(text + " " * (width - wcswidth(text)) for text, width in zip(row, widths, strict=True)).rstrip()


def _cell(cell: Cell) -> str:
    text = visible(cell if isinstance(cell, str) else cell.text).replace("\n", "\\n").replace("\t", " ")
    return text if len(text) <= _MAX_CELL_CHARACTERS else f"{text[:_MAX_CELL_CHARACTERS]}…"


def diff_line(line: DiffLine, *, colour: bool) -> str:
    """Return a line of a diff with its mark."""
    if not colour or line.mark == " ":
        return f"{line.mark} {line.text}"
    code = _COLOURS[line.mark]
    # The words that differ are in reverse video.
    spans = "".join(f"\x1b[7m{span.text}\x1b[27m" if span.is_changed else span.text for span in line.spans)
    return f"\x1b[{code}m{line.mark} {spans}\x1b[0m"


def painted(text: str, code: str, *, colour: bool) -> str:
    """Return a text in the style of an ANSI code, if colours are wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
