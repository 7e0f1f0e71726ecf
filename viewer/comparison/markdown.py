"""A comparison as Markdown for a comment on a pull request.

Recorded text stands in code alone, where nothing in it is markup, a mention or a reference: in code spans, or in blocks whose
fence is longer than any run of backticks inside.
"""

import re
from collections.abc import Iterator, Sequence

from viewer.comparison.aspects import Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison
from viewer.comparison.diff_lines import diff_lines
from viewer.comparison.sections import Cell, Section, alone, name_of, pair_title, sections, shown_pairs, verdict
from viewer.text.safe import visible

MOST_CHARACTERS = 60_000
"""GitHub takes comments of 65,536 characters."""

_MOST_LINES = 150
_DIFF_CHARACTERS = 12_000
_CELL_CHARACTERS = 200
_MOST_ROWS = 60
_BACKTICKS = re.compile("`+")


def as_markdown(comparison: CassetteComparison, chosen: frozenset[Aspect]) -> str:
    """Return a comparison as Markdown of no more than `MOST_CHARACTERS`; what does not fit is left out, and counted."""
    shown: list[str] = []
    left_out = 0
    room = MOST_CHARACTERS - 200
    for block in _blocks(comparison, chosen):
        needed = _length(block) + 2
        if needed > room:
            left_out += 1
            continue
        room -= needed
        shown.append(block)
    if left_out:
        shown.append(f"{left_out:,} section{'s' * (left_out != 1)} did not fit into a comment and were left out.")
    return "\n\n".join(shown) + "\n"


def _length(text: str) -> int:
    """Return the length in UTF-16, in which a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def _blocks(comparison: CassetteComparison, chosen: frozenset[Aspect]) -> Iterator[str]:
    yield f"**{verdict(comparison, chosen)}** A: {code(comparison.left.name)}, B: {code(comparison.right.name)}"
    if "interactions" in chosen:
        lone = [("A", one) for one in comparison.removed] + [("B", one) for one in comparison.added]
        names = ((alone(one, letter), name_of(one)) for letter, one in lone)
        items = [f"- {which}: {code(name) if name else 'request not recorded'}" for which, name in names]
        if items:
            yield "\n".join(items[:_MOST_ROWS])
        if len(items) > _MOST_ROWS:
            yield f"{len(items) - _MOST_ROWS:,} more interactions stand in one of the two alone."
    for pair in shown_pairs(comparison, chosen):
        yield from _pair(pair, chosen)


def _pair(pair: Comparison, chosen: frozenset[Aspect]) -> Iterator[str]:
    found = sections(pair, chosen)
    if found:
        name = name_of(pair.right) or name_of(pair.left)
        yield f"#### {pair_title(pair)}{f': {code(name)}' if name else ''}"
    for section in found:
        yield "\n\n".join(_section(section))


def _section(section: Section) -> Iterator[str]:
    is_folded = section.diff is not None or len(section.rows) > 20
    yield f"<details><summary>{section.title}</summary>" if is_folded else f"**{section.title}**"
    if section.subject:
        yield code(section.subject)
    if section.rows:
        yield _table(section.header, section.rows[:_MOST_ROWS])
        if len(section.rows) > _MOST_ROWS:
            yield f"{len(section.rows) - _MOST_ROWS:,} more rows were left out."
    if section.note:
        yield section.note
    if section.diff is not None:
        shown = diff_lines(section.diff, _MOST_LINES, _DIFF_CHARACTERS)
        if shown.lines:
            yield fenced([f"{line.mark} {line.text}" for line in shown.lines])
        if shown.left_out:
            yield f"{shown.left_out:,} more lines that differ were left out."
        if section.diff.coarse_characters:
            yield f"{section.diff.coarse_characters:,} characters were too much to compare word for word."
    if is_folded:
        yield "</details>"


def fenced(lines: Sequence[str]) -> str:
    """Return lines as a code block that they cannot end."""
    content = "\n".join(lines)
    fence = "`" * max(3, _longest_run(content) + 1)
    return f"{fence}diff\n{content}\n{fence}"


def code(text: str, *, in_table: bool = False) -> str:
    """Return a recorded text as a code span on one line, shortened where it is long."""
    line = visible(text).replace("\n", "\\n").replace("\t", " ")
    line = line if len(line) <= _CELL_CHARACTERS else f"{line[:_CELL_CHARACTERS]}…"
    if not line.strip():
        return ""
    marks = "`" * (_longest_run(line) + 1)
    # A span must not begin or end with a backtick, and one space on each side is not shown.
    spaced = f" {line} " if line[0] in "` " or line[-1] in "` " else line
    span = f"{marks}{spaced}{marks}"
    return span.replace("|", "\\|") if in_table else span


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    lines = [header, ["---"] * len(header), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    return cell if isinstance(cell, str) else code(cell.text, in_table=True)
