"""A stream as it looks in a terminal: what each moment writes, reasoning dim, tool calls coloured, lines broken between words."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.text.safe import visible, visible_line
from viewer.text.words import MARKS, MEANINGS, number

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

_TAB = 8
_JOINER = "\u200d"
"""Makes one picture of two."""
_PIECES = re.compile(r"\n|\t|[^\S\n\t]+|\S+")


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold what one moment writes."""

    t: float
    """Seconds since the stream's origin; never less than of the frame before, nor than 0."""
    text: str
    """Ends of lines are a line feed alone; escape sequences are those of `STYLES` and no others."""


def duration_s(stream: Stream) -> float:
    """Return when the last chunk came, in seconds since the stream's origin."""
    kind = stream.chunks["kind"].cat.codes.to_numpy()
    shown = chunk_rows(kind)
    return max(0.0, float(stream.chunks["t"].to_numpy()[shown].max(initial=0.0)))


def frames_of(
    stream: Stream, choice: int | None = None, *, columns: int | None = None, coloured: bool = True
) -> list[Frame]:
    """Return what a terminal shows of one choice of a stream, in order.

    Args:
        stream: what to show.
        choice: which choice; the lowest where none is named.
        columns: the width in which lines are broken between words; None leaves them to the terminal.
        coloured: whether kinds are told apart by escape sequences, else by a heading over each.
    """
    t = np.maximum.accumulate(np.maximum(stream.chunks["t"].to_numpy(), 0.0))
    texts = stream.chunks["text"]
    pen = _Pen(columns, coloured=coloured)
    frames: list[Frame] = []
    said = _opening(stream)
    if said:
        frames.append(Frame(0.0, pen.aside(said)))
    for lane, rows in _runs([lane for lane in lanes_of(stream, choice) if lane.has_text]):
        pieces = [visible(text) for text in texts.iloc[rows]]
        switched = pen.switch(lane)
        shown = pen.write(pieces)
        shown[0] = switched + shown[0]
        frames += [Frame(float(t[row]), text) for row, text in zip(rows, shown, strict=True) if text]
    frames.append(Frame(max(duration_s(stream), frames[-1].t if frames else 0.0), pen.end()))
    return frames


def _opening(stream: Stream) -> str:
    """Return what must be said before anything is played."""
    if stream.protocol == "generic":
        events = number(stream.chunks["event"].nunique())
        return f"The protocol of this stream is not known: no text was read from its {events} events."
    return f"{MARKS['paced']} {MEANINGS['paced']}" if stream.timing.grade == "paced" else ""


def _runs(lanes: Sequence[Lane]) -> Iterator[tuple[Lane, list[int]]]:
    """Yield rows in order, those together that stand in a row in one lane."""
    placed = sorted((int(row), place) for place, lane in enumerate(lanes) for row in lane.rows)
    for lane, group in groupby(placed, key=lambda place: place[1]):
        yield lanes[lane], [row for row, _ in group]


class _Pen:
    """Write in a terminal of some width, and keep in which column and style the next character goes."""

    def __init__(self, columns: int | None, *, coloured: bool) -> None:
        self._columns = columns
        self._coloured = coloured
        self._column = 0
        self._style = ""
        self._begun = False

    def aside(self, text: str) -> str:
        """Return a paragraph of the viewer's own."""
        self._begun = True
        (shown,) = self.write([text])
        self._column = 0
        return f"{DIM}{shown}{RESET}\n" if self._coloured else f"{shown}\n"

    def switch(self, lane: Lane) -> str:
        """Return what stands between the last text and that of a lane."""
        # In the old style, so that a plain text holds nothing but what was recorded.
        between = "\n" * (self._column > 0) + "\n" * self._begun
        label = visible_line(lane.label)
        named = self._begun or lane.kind != "content"
        self._begun = True
        self._column = 0
        if not self._coloured:
            return between + f"[{label}]\n" * named
        heading = ""
        if lane.kind in _LABEL_STYLES:
            (shown,) = self.write([f"{label} "])
            heading = f"{_LABEL_STYLES[lane.kind]}{shown}{RESET}"
        was, self._style = self._style, STYLES[lane.kind]
        return f"{between}{RESET * bool(was)}{heading}{self._style}"

    def write(self, pieces: Sequence[str]) -> list[str]:
        """Return the pieces of one text with line feeds put in where a word would not fit.

        Every recorded line feed stays, and none is put in before one: what was recorded can be told from what was put in.
        """
        text = "".join(pieces)
        breaks = [] if self._columns is None else self._breaks(text, self._columns)
        if self._columns is None:
            self._column = len(text.rpartition("\n")[2]) + (0 if "\n" in text else self._column)
        shown = []
        start = 0
        place = 0
        for piece in pieces:
            end = start + len(piece)
            parts = []
            cut = start
            while place < len(breaks) and breaks[place] < end:
                parts.append(text[cut : breaks[place]])
                cut = breaks[place]
                place += 1
            parts.append(text[cut:end])
            shown.append("\n".join(parts))
            start = end
        return shown

    def end(self) -> str:
        """Return what ends the last line."""
        return RESET * bool(self._style) + "\n" * (self._column > 0)

    def _breaks(self, text: str, columns: int) -> list[int]:
        """Return before which characters a line must end, and move to the column after the text."""
        breaks = []
        column = self._column
        for place, unit in _units(text, columns):
            if unit == "\n":
                column = 0
                continue
            # A blank after a word may take the last column.
            if column and column + _advance(unit, column) > columns - (not unit.isspace()):
                breaks.append(place)
                column = 0
            column += _advance(unit, column)
        self._column = column
        return breaks


def _units(text: str, columns: int) -> Iterator[tuple[int, str]]:
    """Yield what a line may be broken between, with its place: words, blanks, and of a word that fills a line each character."""
    for found in _PIECES.finditer(text):
        piece = found[0]
        if piece.isspace():
            yield from enumerate(piece, found.start())
            continue
        for place, word in _words(piece, found.start()):
            if _width_of(word) < columns:
                yield place, word
            else:
                yield from enumerate(word, place)


def _advance(unit: str, column: int) -> int:
    """Return how many columns on a unit moves."""
    return _TAB - column % _TAB if unit == "\t" else _width_of(unit)


def _words(piece: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield what a line may be broken between: words, and in scripts without blanks each wide character."""
    if piece.isascii():
        yield start, piece
        return
    word_start = 0
    for place, character in enumerate(piece):
        if place > word_start and _width(character) > 1 and piece[place - 1] != _JOINER:
            yield start + word_start, piece[word_start:place]
            word_start = place
    yield start + word_start, piece[word_start:]


def _width_of(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    """Return how many columns a character takes."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
