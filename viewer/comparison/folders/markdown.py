"""A comparison of folders as one Markdown comment, most telling first, cut at whole items.

Recorded text appears only in code, as in `viewer.comparison.markdown`.
"""

from collections.abc import Iterable, Iterator

from viewer.comparison.folders.comparison import FolderComparison
from viewer.comparison.folders.outline import Detail, FileDetails, Line, Table, outline
from viewer.comparison.markdown import code, comment_length, fenced
from viewer.text.words import counted

MAX_CHARACTERS = 65_536
"""What GitHub accepts as one comment."""

# So that a long table leaves room for those below it and for the details.
_MAX_ROWS = 40
# Room for the lines that count what was left out, one for each table and one for the files, and for the line by which the GitHub Action
# finds its comment.
_RESERVED_CHARACTERS = 2_000


def as_markdown(comparison: FolderComparison, max_characters: int = MAX_CHARACTERS) -> str:
    """Write a comparison as Markdown of at most `max_characters`. What has no room is left out as a whole, and counted."""
    shown = outline(comparison)
    page = _Page(max_characters - _RESERVED_CHARACTERS)
    page.add(f"**{shown.verdict}** A: {code(comparison.left)}, B: {code(comparison.right)}")
    if shown.sentences:
        page.add(" ".join(shown.sentences))
    for table in shown.tables:
        _add_table(page, table)
    left_out = sum(not page.add(_file(file)) for file in shown.files)
    if left_out:
        page.close(f"{counted(left_out, 'more file')} with differences left out: a comment has no room for them.")
    if shown.shared_only:
        page.close(f"{counted(shown.shared_only, 'more file')} with nothing but changes that the tables list.")
    return page.text()


class _Page:
    """Blocks that fit."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._blocks: list[str] = []

    def add(self, block: str) -> bool:
        """Add a block if it fits, and return whether it does."""
        needed = comment_length(block) + 2
        if needed > self._room:
            return False
        self._room -= needed
        self._blocks.append(block)
        return True

    def close(self, line: str) -> None:
        """Add a line that counts what was left out, for which there is room."""
        self._blocks.append(line)

    def fits(self, block: str) -> bool:
        """Return whether a block would fit."""
        return comment_length(block) + 2 <= self._room

    def text(self) -> str:
        """Return all blocks."""
        return "\n\n".join(self._blocks) + "\n"


def _add_table(page: _Page, table: Table) -> None:
    lines = [f"**{table.title}**", "", _row(table.header), _row("---" for _ in table.header)]
    head = len(lines)
    for row in table.rows[:_MAX_ROWS]:
        line = _row(_line(cell, in_table=True) for cell in row)
        if not page.fits("\n".join([*lines, line])):
            break
        lines.append(line)
    shown = len(lines) - head
    left_out = len(table.rows) - shown
    if shown:
        page.add("\n".join(lines))
    if left_out:
        lead = "" if shown else f"{table.title}: "
        page.close(f"{lead}{counted(left_out, f'more {table.noun}')} left out.")
    if table.note and shown:
        page.close(table.note)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _file(file: FileDetails) -> str:
    body = "\n\n".join(_blocks(file.details))
    return f"**{_line(file.title)}**\n\n<details><summary>What differs</summary>\n\n{body}\n\n</details>"


def _blocks(details: tuple[Detail, ...]) -> Iterator[str]:
    for detail in details:
        yield _line(detail.line) if detail.is_heading else f"- {_line(detail.line)}"
        if detail.lines and detail.lines.lines:
            yield fenced([f"{line.mark} {line.text}" for line in detail.lines.lines])
        if detail.lines and detail.lines.left_out:
            yield f"{detail.lines.left_out:,} more lines differ."


def _line(line: Line, *, in_table: bool = False) -> str:
    return "".join(part if isinstance(part, str) else code(part.text, in_table=in_table) for part in line)
