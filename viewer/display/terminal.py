"""A stream as terminal output: what is written when, with reasoning dim, tool calls coloured and lines broken between words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from wcwidth import iter_graphemes, wcswidth

from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.text.safe import visible, visible_line
from viewer.text.words import MARKS, MEANINGS, counted

RESET = "\x1b[0m"
DIM = "\x1b[2m"
STYLES = {
    "reasoning": "\x1b[2;3m",
    "content": "",
    "audio": "\x1b[36m",
    "refusal": "\x1b[31m",
    "tool_call": "\x1b[33m",
    "error": "\x1b[31m",
}
_LABEL_STYLES = {"tool_call": "\x1b[1;33m", "error": "\x1b[1;31m"}

_TAB_COLUMNS = 8
_PIECES = re.compile(r"\n|\t|[^\S\n\t]+|\S+")


@dataclass(frozen=True, slots=True)
class TimedOutput:
    """What a terminal is sent at one moment."""

    t: float
    """Seconds since the stream's origin, at least 0 and at least the time of the output before."""
    text: str
    """Lines end with a line feed. The only escape sequences are those of `STYLES`."""


def duration_s(stream: Stream) -> float:
    """Return when the last chunk arrived, in seconds since the stream's origin."""
    shown = chunk_rows(stream.columns.kind)
    return max(0.0, float(stream.columns.arrival.t[shown].max(initial=0.0)))


def timed_outputs(
    stream: Stream, choice: int | None = None, *, columns: int | None = None, coloured: bool = True
) -> list[TimedOutput]:
    """Return what a terminal shows of one choice of a stream, in order.

    Args:
        stream: what to show.
        choice: which choice; by default the lowest.
        columns: the width at which to break lines between words; None leaves this to the terminal.
        coloured: whether escape sequences distinguish the kinds; otherwise each has a heading.
    """
    t = np.maximum.accumulate(np.maximum(stream.columns.arrival.t, 0.0))
    texts = stream.columns.text
    writer = _Writer(columns, coloured=coloured)
    outputs: list[TimedOutput] = []
    notice = _notice(stream)
    if notice:
        outputs.append(TimedOutput(0.0, writer.notice(notice)))
    for lane, rows in _runs([lane for lane in lanes_of(stream, choice) if lane.has_text]):
        pieces = [visible(text) for text in texts[rows]]
        switch = writer.switch(lane)
        written = writer.write(pieces)
        written[0] = switch + written[0]
        outputs += [TimedOutput(float(t[row]), text) for row, text in zip(rows, written, strict=True) if text]
    outputs.append(TimedOutput(max(duration_s(stream), outputs[-1].t if outputs else 0.0), writer.end()))
    return outputs


def _notice(stream: Stream) -> str:
    """Return what the viewer must say before it plays the stream."""
    if stream.protocol == "generic":
        events = counted(stream.columns.event_count, "event")
        return f"The protocol of this stream is unknown: no text was read from its {events}."
    return f"{MARKS['paced']} {MEANINGS['paced']}" if stream.timing.grade == "paced" else ""


def _runs(lanes: Sequence[Lane]) -> Iterator[tuple[Lane, list[int]]]:
    """Yield the rows of the stream in order, grouped by runs in one lane."""
    placed = sorted((int(row), index) for index, lane in enumerate(lanes) for row in lane.rows)
    for index, group in groupby(placed, key=lambda one: one[1]):
        yield lanes[index], [row for row, _ in group]


class _Writer:
    """Text for a terminal of a given width. It tracks the column and the style of the next character."""

    def __init__(self, columns: int | None, *, coloured: bool) -> None:
        self._columns = columns
        self._coloured = coloured
        self._column = 0
        self._style = ""
        self._has_written = False

    def notice(self, text: str) -> str:
        """Return a paragraph of the viewer's own."""
        self._has_written = True
        (written,) = self.write([text])
        self._column = 0
        return f"{DIM}{written}{RESET}\n" if self._coloured else f"{written}\n"

    def switch(self, lane: Lane) -> str:
        """Return what separates the text before from the text of a lane."""
        # Line feeds come before the style changes, so that text in the style of content is exactly what was recorded.
        between = "\n" * (self._column > 0) + "\n" * self._has_written
        label = visible_line(lane.label)
        has_heading = self._has_written or lane.kind != "content"
        self._has_written = True
        self._column = 0
        if not self._coloured:
            return between + f"[{label}]\n" * has_heading
        heading = ""
        if lane.kind in _LABEL_STYLES:
            (written,) = self.write([f"{label} "])
            heading = f"{_LABEL_STYLES[lane.kind]}{written}{RESET}"
        before, self._style = self._style, STYLES[lane.kind]
        return f"{between}{RESET * bool(before)}{heading}{self._style}"

    def write(self, pieces: Sequence[str]) -> list[str]:
        """Return the pieces of one text with line feeds inserted where a word would not fit.

        Every recorded line feed stays, and none is inserted before another, so that the recorded text can be recovered.
        """
        text = "".join(pieces)
        breaks = [] if self._columns is None else self._breaks(text, self._columns)
        if self._columns is None:
            self._column = len(text.rpartition("\n")[2]) + (0 if "\n" in text else self._column)
        written = []
        start = 0
        index = 0
        for piece in pieces:
            end = start + len(piece)
            lines = []
            cut = start
            while index < len(breaks) and breaks[index] < end:
                lines.append(text[cut : breaks[index]])
                cut = breaks[index]
                index += 1
            lines.append(text[cut:end])
            written.append("\n".join(lines))
            start = end
        return written

    def end(self) -> str:
        """Return what ends the last line."""
        return RESET * bool(self._style) + "\n" * (self._column > 0)

    def _breaks(self, text: str, columns: int) -> list[int]:
        """Return the indexes of characters before which a line must end, and advance the column past the text."""
        breaks = []
        column = self._column
        for index, unit in _units(text, columns):
            if unit == "\n":
                column = 0
                continue
            # A space after a word may take the last column.
            if column and column + _advance(unit, column) > columns - (not unit.isspace()):
                breaks.append(index)
                column = 0
            column += _advance(unit, column)
        self._column = column
        return breaks


def _units(text: str, columns: int) -> Iterator[tuple[int, str]]:
    """Yield the units that a line may be broken between, each with its index: words, single spaces, and the characters of a word that fills a line."""
    for match in _PIECES.finditer(text):
        piece = match[0]
        if piece.isspace():
            yield from enumerate(piece, match.start())
            continue
        for index, word in _words(piece, match.start()):
            if _width(word) < columns:
                yield index, word
            else:
                yield from _characters(word, index)


def _advance(unit: str, column: int) -> int:
    """Return by how many columns a unit advances."""
    return _TAB_COLUMNS - column % _TAB_COLUMNS if unit == "\t" else _width(unit)


def _words(piece: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield words. In scripts without spaces, each wide character begins a word."""
    if piece.isascii():
        yield start, piece
        return
    word_start = start
    for index, character in _characters(piece, start):
        if index > word_start and _width(character) > 1:
            yield word_start, piece[word_start - start : index - start]
            word_start = index
    yield word_start, piece[word_start - start :]


def _characters(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield what a reader sees as one character, such as an emoji of several code points or a letter with its accents."""
    if text.isascii():
        yield from enumerate(text, start)
        return
    for grapheme in iter_graphemes(text):
        yield start, grapheme
        start += len(grapheme)


def _width(text: str) -> int:
    return len(text) if text.isascii() else wcswidth(text)
