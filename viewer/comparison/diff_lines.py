"""A text diff as lines: removed and added lines, with a few equal lines around them.

Long equal stretches are shortened, and characters that could command a terminal are replaced by symbols.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.comparison.text_diff import Segment, TextDiff
from viewer.text.safe import visible
from viewer.text.words import counted

Mark = Literal[" ", "-", "+", "…"]

# Equal lines shown before and after a change.
_CONTEXT_LINES = 2
# Equal characters shown before and after a change inside a line: about half the width of a terminal.
_CONTEXT_CHARACTERS = 60
_MAX_LINE_CHARACTERS = 2_000


class DiffSpan(NamedTuple):
    """A stretch of a line, and whether it differs."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line: "-" is removed, "+" is added, " " is in both texts, and "…" replaces equal lines."""

    mark: Mark
    spans: tuple[DiffSpan, ...]

    @property
    def text(self) -> str:
        """The text of the whole line."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class DiffLines:
    """The lines that fit, and how many more differ."""

    lines: tuple[DiffLine, ...]
    left_out: int


def diff_lines(diff: TextDiff, max_lines: int, max_characters: int) -> DiffLines:
    """Return a diff as lines, cut at either maximum."""
    rows = list(_with_context(_rows(diff.segments)))
    shown: list[DiffLine] = []
    characters = 0
    for row in rows:
        line = DiffLine(row.mark, tuple(_shortened(row)))
        characters += len(line.text) + 2
        if len(shown) == max_lines or characters > max_characters:
            break
        shown.append(line)
    return DiffLines(tuple(shown), sum(row.mark in "-+" for row in rows[len(shown) :]))


class _Row(NamedTuple):
    mark: Mark
    spans: list[DiffSpan]


class _Rows:
    """Collects rows. The removed lines of a change come before its added lines."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.left: list[DiffSpan] = []
        self.right: list[DiffSpan] = []
        self._removed: list[list[DiffSpan]] = []
        self._added: list[list[DiffSpan]] = []
        self._is_change = False

    def add_equal(self, text: str) -> None:
        if not self.left and not self.right:
            self.flush()
        first, *others = text.split("\n")
        self._extend_both(first)
        for line in others:
            self.end_line()
            self._extend_both(line)

    def _extend_both(self, text: str) -> None:
        if text:
            self.left.append(DiffSpan(text, is_changed=False))
            self.right.append(DiffSpan(text, is_changed=False))

    def end_line(self) -> None:
        if self._is_change:
            self._removed.append(self.left)
            self._added.append(self.right)
            self.flush()
        else:
            self.rows.append(_Row(" ", self.left))
        self.left, self.right = [], []

    def add_changed(self, segment: Segment) -> None:
        self._is_change = True
        self.left = self._extend(segment.left, self.left, self._removed)
        self.right = self._extend(segment.right, self.right, self._added)

    def _extend(self, text: str, line: list[DiffSpan], lines: list[list[DiffSpan]]) -> list[DiffSpan]:
        if not text:
            return line
        *ended, last = text.split("\n")
        for part in ended:
            lines.append([*line, DiffSpan(part, is_changed=True)])
            line = []
        return [*line, DiffSpan(last, is_changed=True)] if last else line

    def flush(self) -> None:
        self.rows += [_Row("-", line) for line in self._removed]
        self.rows += [_Row("+", line) for line in self._added]
        self._removed, self._added, self._is_change = [], [], False

    def end(self) -> None:
        if not self._is_change:
            self.rows += [_Row(" ", self.left)] if self.left else []
            return
        self._removed += [self.left] if self.left else []
        self._added += [self.right] if self.right else []
        self.flush()


def _rows(segments: tuple[Segment, ...]) -> list[_Row]:
    gathered = _Rows()
    for segment in segments:
        if segment.op == "equal":
            gathered.add_equal(segment.left)
        else:
            gathered.add_changed(segment)
    gathered.end()
    return gathered.rows


def _with_context(rows: list[_Row]) -> Iterator[_Row]:
    """Yield the rows that differ, and equal rows only near them."""
    near = [False] * len(rows)
    for place, row in enumerate(rows):
        if row.mark != " ":
            first, end = max(0, place - _CONTEXT_LINES), min(len(rows), place + _CONTEXT_LINES + 1)
            near[first:end] = [True] * (end - first)
    left_out = 0
    for row, is_near in zip(rows, near, strict=True):
        if not is_near:
            left_out += 1
            continue
        if left_out:
            yield _same(left_out)
            left_out = 0
        yield row
    if left_out and left_out < len(rows):
        yield _same(left_out)


def _same(lines: int) -> _Row:
    return _Row("…", [DiffSpan(counted(lines, "equal line"), is_changed=False)])


def _shortened(row: _Row) -> Iterator[DiffSpan]:
    """Yield the spans of a row, with long equal spans cut in the middle and a long line cut at its end."""
    left = _MAX_LINE_CHARACTERS
    for place, span in enumerate(row.spans):
        text = span.text
        if not span.is_changed and row.mark != "…":
            head = _CONTEXT_CHARACTERS if place or row.mark == " " else 0
            tail = _CONTEXT_CHARACTERS if place < len(row.spans) - 1 or row.mark == " " else 0
            if len(text) > head + tail + _CONTEXT_CHARACTERS:
                text = f"{text[:head]}…{text[len(text) - tail :]}"
        if len(text) > left:
            yield DiffSpan(visible(f"{text[:left]}… ({len(text) - left:,} more characters)"), span.is_changed)
            return
        left -= len(text)
        yield DiffSpan(visible(text), span.is_changed)
