"""A comparison as Markdown for a comment on a pull request.

Recorded text appears only in code, where nothing in it can act as markup, a mention or a reference: in code spans, or in blocks
with a fence longer than any run of backticks inside.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison
from viewer.comparison.diff_lines import diff_lines
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
from viewer.text.safe import visible
from viewer.text.words import counted

MAX_CHARACTERS = 60_000
"""GitHub accepts comments of up to 65,536 characters."""

# So that one long diff or table leaves room for a few others in the comment.
_MAX_DIFF_LINES = 150
_MAX_DIFF_CHARACTERS = 12_000
_MAX_CELL_CHARACTERS = 200
_MAX_ROWS = 60
# Room for the closing line that counts what was left out.
_RESERVED_CHARACTERS = 200
_BACKTICKS = re.compile("`+")


def as_markdown(comparison: CassetteComparison, chosen: Collection[Aspect] = ASPECTS) -> str:
    """Write a comparison as Markdown, in the chosen aspects.

    The result has at most `MAX_CHARACTERS`. Sections that do not fit are left out, and their number is given at the end.
    """
    shown: list[str] = []
    left_out = 0
    room = MAX_CHARACTERS - _RESERVED_CHARACTERS
    for block in _blocks(comparison, chosen):
        needed = comment_length(block) + 2
        if needed > room:
            left_out += 1
            continue
        room -= needed
        shown.append(block)
    if left_out:
        shown.append(f"Left out because a comment has no room for them: {counted(left_out, 'section')}.")
    return "\n\n".join(shown) + "\n"


def comment_length(text: str) -> int:
    """Return the length of a text as GitHub counts it: in UTF-16 code units, of which an emoji takes two."""
    return len(text.encode("utf-16-le")) // 2


def _blocks(comparison: CassetteComparison, chosen: Collection[Aspect]) -> Iterator[str]:
    yield f"**{summary_line(comparison, chosen)}** A: {code(comparison.left.name)}, B: {code(comparison.right.name)}"
    if "interactions" in chosen:
        unpaired = [("A", one) for one in comparison.removed] + [("B", one) for one in comparison.added]
        names = ((unpaired_title(one, letter), unpaired_name(one)) for letter, one in unpaired)
        items = [f"- {title}: {code(name) if name else 'request not recorded'}" for title, name in names]
        if items:
            yield "\n".join(items[:_MAX_ROWS])
        if len(items) > _MAX_ROWS:
            yield f"{len(items) - _MAX_ROWS:,} more interactions are only in one of the two."
    for pair in shown_pairs(comparison, chosen):
        yield from _pair(pair, chosen)


def _pair(pair: Comparison, chosen: Collection[Aspect]) -> Iterator[str]:
    found = sections(pair, chosen)
    if found:
        names = " → ".join(map(code, pair_requests(pair)))
        yield f"#### {pair_title(pair)}{f': {names}' if names else ''}"
    for section in found:
        yield "\n\n".join(_section(section))


def _section(section: Section) -> Iterator[str]:
    is_folded = section.diff is not None or len(section.rows) > 20
    yield f"<details><summary>{section.title}</summary>" if is_folded else f"**{section.title}**"
    if section.subject:
        yield code(section.subject)
    if section.rows:
        yield _table(section.header, section.rows[:_MAX_ROWS])
        if len(section.rows) > _MAX_ROWS:
            yield f"{len(section.rows) - _MAX_ROWS:,} more rows were left out."
    if section.note:
        yield section.note
    if section.diff is not None:
        shown = diff_lines(section.diff, _MAX_DIFF_LINES, _MAX_DIFF_CHARACTERS)
        if shown.lines:
            yield fenced([f"{line.mark} {line.text}" for line in shown.lines])
        if shown.left_out:
            yield f"{shown.left_out:,} more lines differ and were left out."
        if section.diff.coarse_characters:
            yield COARSE.format(section.diff.coarse_characters)
    if is_folded:
        yield "</details>"


def fenced(lines: Sequence[str]) -> str:
    """Return lines as a code block, with a fence that none of them can close."""
    content = "\n".join(lines)
    fence = "`" * max(3, _longest_run(content) + 1)
    return f"{fence}diff\n{content}\n{fence}"


def code(text: str, *, in_table: bool = False) -> str:
    """Return recorded text as a code span on one line, shortened if it is long."""
    line = visible(text).replace("\n", "\\n").replace("\t", " ")
    line = line if len(line) <= _MAX_CELL_CHARACTERS else f"{line[:_MAX_CELL_CHARACTERS]}…"
    if not line.strip():
        return ""
    marks = "`" * (_longest_run(line) + 1)
    # The text must not touch the marks with a backtick. CommonMark strips one space on each side.
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
