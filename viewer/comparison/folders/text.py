"""A comparison of folders as text for a terminal."""

from collections.abc import Iterator

from viewer.comparison.folders.comparison import FolderComparison
from viewer.comparison.folders.outline import Line, Outline, Table, outline
from viewer.comparison.sections import Recorded
from viewer.comparison.terminal import diff_line, painted, table_lines
from viewer.text.safe import visible_line
from viewer.text.words import counted

# The most frequent come first, and the details of the files have the others.
_MAX_ROWS = 40


def as_text(comparison: FolderComparison, *, colour: bool = False) -> str:
    """Write a comparison as plain text. `colour` adds ANSI colours for a terminal."""
    return "".join(f"{line}\n" for line in _lines(comparison, outline(comparison), colour=colour))


def _lines(comparison: FolderComparison, shown: Outline, *, colour: bool) -> Iterator[str]:
    yield f"A: {visible_line(comparison.left)}"
    yield f"B: {visible_line(comparison.right)}"
    yield painted(shown.verdict, "1", colour=colour)
    yield from shown.sentences
    for table in shown.tables:
        yield ""
        yield painted(table.title, "1", colour=colour)
        yield from (f"  {line}" for line in _table(table))
    for file in shown.files:
        yield ""
        yield painted(_line(file.title), "1", colour=colour)
        for detail in file.details:
            indent = "  " if detail.is_heading else "    "
            yield f"{indent}{_line(detail.line)}"
            if detail.lines:
                yield from (f"      {diff_line(line, colour=colour)}".rstrip() for line in detail.lines.lines)
            if detail.lines and detail.lines.left_out:
                yield f"      … {detail.lines.left_out:,} more lines differ"
    if shown.shared_only:
        yield ""
        yield f"{counted(shown.shared_only, 'more file')} with nothing but changes that the tables list."


def _table(table: Table) -> Iterator[str]:
    rows = table.rows[:_MAX_ROWS]
    yield from table_lines([table.header, *([Recorded(_line(cell)) for cell in row] for row in rows)])
    if len(table.rows) > _MAX_ROWS:
        yield f"{counted(len(table.rows) - _MAX_ROWS, f'more {table.noun}')}."
    if table.note:
        yield table.note


def _line(line: Line) -> str:
    return "".join(visible_line(part if isinstance(part, str) else part.text) for part in line)
