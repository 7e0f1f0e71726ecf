"""A text diff as lines to be printed: what went, what came, and a little of what stands around it.

Long stretches that are the same are shortened, and characters that would move a cursor or turn the reading direction are
written as escapes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.comparison.text_diff import Segment, TextDiff
from viewer.text.safe import visible

Mark = Literal[" ", "-", "+", "…"]

_CONTEXT_LINES = 2
_SAME_CHARACTERS = 60
_LINE_CHARACTERS = 2_000


class Span(NamedTuple):
    """Hold a run of a line, and whether it differs."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """Hold one line: "-" of the left text, "+" of the right one, " " of both, "…" in place of some that are the same."""

    mark: Mark
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class DiffLines:
    """Hold the lines that are shown, and how many more differ."""

    lines: tuple[DiffLine, ...]
    left_out: int


def diff_lines(diff: TextDiff, most_lines: int, most_characters: int) -> DiffLines:
    """Return a diff as lines, no more than fit."""
    rows = list(_with_context(_rows(diff.segments)))
    shown: list[DiffLine] = []
    characters = 0
    for row in rows:
        line = DiffLine(row.mark, tuple(_shortened(row)))
        characters += len(line.text) + 2
        if len(shown) == most_lines or characters > most_characters:
            break
        shown.append(line)
    return DiffLines(tuple(shown), sum(row.mark in "-+" for row in rows[len(shown) :]))


class _Row(NamedTuple):
    mark: Mark
    spans: list[Span]


class _Rows:
    """Gather rows; lines of a change stand together, those that went before those that came."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.left: list[Span] = []
        self.right: list[Span] = []
        self._went: list[list[Span]] = []
        self._came: list[list[Span]] = []
        self._is_change = False

    def take_equal(self, text: str) -> None:
        if not self.left and not self.right:
            self.flush()
        first, *others = text.split("\n")
        self._extend_both(first)
        for line in others:
            self.end_line()
            self._extend_both(line)

    def _extend_both(self, text: str) -> None:
        if text:
            self.left.append(Span(text, is_changed=False))
            self.right.append(Span(text, is_changed=False))

    def end_line(self) -> None:
        """End the line on both sides."""
        if self._is_change:
            self._went.append(self.left)
            self._came.append(self.right)
            self.flush()
        else:
            self.rows.append(_Row(" ", self.left))
        self.left, self.right = [], []

    def take_changed(self, segment: Segment) -> None:
        self._is_change = True
        self.left = self._take(segment.left, self.left, self._went)
        self.right = self._take(segment.right, self.right, self._came)

    def _take(self, text: str, line: list[Span], lines: list[list[Span]]) -> list[Span]:
        if not text:
            return line
        *ended, last = text.split("\n")
        for part in ended:
            lines.append([*line, Span(part, is_changed=True)])
            line = []
        return [*line, Span(last, is_changed=True)] if last else line

    def flush(self) -> None:
        self.rows += [_Row("-", line) for line in self._went]
        self.rows += [_Row("+", line) for line in self._came]
        self._went, self._came, self._is_change = [], [], False

    def end(self) -> None:
        """End the texts."""
        if not self._is_change:
            self.rows += [_Row(" ", self.left)] if self.left else []
            return
        self._went += [self.left] if self.left else []
        self._came += [self.right] if self.right else []
        self.flush()


def _rows(segments: tuple[Segment, ...]) -> list[_Row]:
    gathered = _Rows()
    for segment in segments:
        if segment.op == "equal":
            gathered.take_equal(segment.left)
        else:
            gathered.take_changed(segment)
    gathered.end()
    return gathered.rows


def _with_context(rows: list[_Row]) -> Iterator[_Row]:
    """Yield rows with those that are the same only near a change."""
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
    return _Row("…", [Span(f"{lines:,} line{'s' * (lines != 1)} the same", is_changed=False)])


def _shortened(row: _Row) -> Iterator[Span]:
    """Yield the spans of a row, what is the same in them cut in its middle, and no more than a line's worth."""
    left = _LINE_CHARACTERS
    for place, span in enumerate(row.spans):
        text = span.text
        if not span.is_changed and row.mark != "…":
            head = _SAME_CHARACTERS if place or row.mark == " " else 0
            tail = _SAME_CHARACTERS if place < len(row.spans) - 1 or row.mark == " " else 0
            if len(text) > head + tail + _SAME_CHARACTERS:
                text = f"{text[:head]}…{text[len(text) - tail :]}"
        if len(text) > left:
            yield Span(visible(f"{text[:left]}… ({len(text) - left:,} characters more)"), span.is_changed)
            return
        left -= len(text)
        yield Span(visible(text), span.is_changed)
