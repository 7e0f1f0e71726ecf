"""The text of a stream as lines of timed pieces, which the picture shows as they arrive."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from wcwidth import iter_graphemes

from viewer.display.lanes import Lane
from viewer.display.replay_svg.schedule import Schedule
from viewer.display.replay_svg.text_width import width_em
from viewer.streams.stream import Stream
from viewer.text.safe import visible

# Of what is left out of a long text, the end is worth more than the beginning.
_SHARE_OF_BEGIN = 0.4
_WORDS = re.compile(r"\n|[^\S\n]+|[^\s]+")
_MONO_KINDS = ("tool_call",)
_TAB = "    "


class Piece(NamedTuple):
    """A text that appears at one moment."""

    at_s: float
    text: str


@dataclass(slots=True)
class Line:
    """One line, or the label above the lines of a lane."""

    kind: str
    pieces: list[Piece] = field(default_factory=list)
    is_label: bool = False

    @property
    def at_s(self) -> float:
        """When its first piece appears."""
        return self.pieces[0].at_s


class _Width(NamedTuple):
    em: float
    mono_em: float


def lines_of(stream: Stream, lanes: Sequence[Lane], schedule: Schedule, width_ems: tuple[float, float]) -> list[Line]:
    """Return the text of some lanes in the order of the wire. `width_ems` are the lengths of a line of text and of code."""
    width = _Width(*width_ems)
    texts = stream.columns.text
    placed = sorted((int(row), index) for index, lane in enumerate(lanes) if lane.has_text for row in lane.rows)
    times = dict(zip(schedule.rows.tolist(), schedule.appears_s.tolist(), strict=True))
    lines: list[Line] = []
    for index, group in groupby(placed, key=lambda one: one[1]):
        pieces = [Piece(times[row], visible(texts[row]).replace("\t", _TAB)) for row, _ in group]
        lines += _block(lanes[index], [piece for piece in pieces if piece.text], width)
    return lines


def _block(lane: Lane, pieces: list[Piece], width: _Width) -> Iterator[Line]:
    """Yield a label and the lines of one run of a lane. Empty lines are left out: the picture is small."""
    if not pieces:
        return
    yield Line(lane.kind, [Piece(pieces[0].at_s, lane.label)], is_label=True)
    line = Line(lane.kind)
    mono = lane.kind in _MONO_KINDS
    left_em = length_em = width.mono_em if mono else width.em
    for word in _words(pieces):
        word_em = sum(width_em(piece.text, mono=mono) for piece in word)
        is_end = word[0].text == "\n"
        if (is_end or word_em > left_em) and line.pieces:
            yield line
            line, left_em = Line(lane.kind), length_em
        if is_end or (not line.pieces and word[0].text.isspace()):
            continue
        for piece in word if word_em <= length_em else _characters(word):
            piece_em = width_em(piece.text, mono=mono)
            if piece_em > left_em and word_em > length_em and line.pieces:
                yield line
                line, left_em = Line(lane.kind), length_em
            line.pieces.append(piece)
            left_em -= piece_em
    if line.pieces:
        yield line


def _words(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield words, spaces and line feeds, each as the pieces that it arrived in."""
    text = "".join(piece.text for piece in pieces)
    waiting = iter(pieces)
    at_s, rest = next(waiting)
    for match in _WORDS.finditer(text):
        word: list[Piece] = []
        missing = len(match[0])
        while missing:
            if not rest:
                at_s, rest = next(waiting)
                continue
            part, rest = rest[:missing], rest[missing:]
            word.append(Piece(at_s, part))
            missing -= len(part)
        yield word


def _characters(word: Sequence[Piece]) -> Iterator[Piece]:
    """Yield a word that is too long for a line, such as a sentence of a script without spaces, in single characters."""
    for at_s, text in word:
        for character in iter_graphemes(text):
            yield Piece(at_s, character)


class Thinned(NamedTuple):
    """Lines with fewer moments, and how many lines are left out."""

    lines: list[Line]
    left_out: int


def thinned(lines: Sequence[Line], most_lines: int, step_s: float) -> Thinned:
    """Leave out the middle of a long text, and let what arrives within one step of the clock appear at its end."""
    left_out = max(0, len(lines) - most_lines)
    begin = round(most_lines * _SHARE_OF_BEGIN) if left_out else len(lines)
    end = begin + left_out
    kept = list(lines[:begin])
    if left_out:
        note = f"⋯ {left_out:,} lines are left out of this picture ⋯"
        kept.append(Line("silent", [Piece(lines[begin].at_s, note)], is_label=True))
    kept += lines[end:]
    return Thinned([Line(line.kind, _joined(line.pieces, step_s), line.is_label) for line in kept], left_out)


def _joined(pieces: Sequence[Piece], step_s: float) -> list[Piece]:
    """Join pieces of the same step. None appears before it arrived."""
    joined = []
    for _, group in groupby(pieces, key=lambda piece: round(piece.at_s, 3) if step_s <= 0 else piece.at_s // step_s):
        together = list(group)
        joined.append(Piece(together[-1].at_s, "".join(piece.text for piece in together)))
    return joined
