"""The picture as a whole: who answered, what was asked, the figures, the lanes and the text below them."""

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from viewer.display.head import Head, head_of
from viewer.display.lanes import Lane, lanes_of
from viewer.display.replay_svg.lane_bars import Box, drawn_lanes, head_stops, lanes_height
from viewer.display.replay_svg.lines import Line, lines_of, thinned
from viewer.display.replay_svg.schedule import IDLE_LIMIT_S, Schedule, schedule_of
from viewer.display.replay_svg.style import Stop, short, stylesheet
from viewer.display.replay_svg.text_width import clipped, width_em, wrapped
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import MARKS, MEANINGS, counted, number, seconds
from viewer.text.xml import escape_xml
from viewer.types.problems import CassetteError

MAX_BYTES = 100_000
"""A picture is thinned until it is smaller."""
_WIDTH = 860
_PAD = 28
_TEXT_PX, _CODE_PX, _LINE_PX = 15, 14, 23
_DESCENT_PX, _LABEL_GAP_PX = 5, 8
_MAX_TEXT_PX = 9 * _LINE_PX
_FIGURE_GAP_PX, _MAX_FIGURE_GAP_PX = 14, 60
_TEXT_KINDS = ("reasoning", "content", "tool_call", "refusal", "error", "silent")


class _Detail(NamedTuple):
    """How much a picture shows of a long stream."""

    moments: int
    lines: int
    gap_px: float


_DETAILS = (_Detail(600, 240, 0), _Detail(400, 160, 3), _Detail(240, 80, 4), _Detail(120, 40, 8), _Detail(60, 24, 16))


def animated_svg(cassette: Cassette, stream: Stream, choice: int | None = None, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the replay of one choice of a stream as an SVG that moves by itself, without script, font or other file.

    It plays at the recorded speed, or in order at a nominal pace if the speed was not recorded, and says which. Gaps of more than
    a second are shortened. Of a long text it leaves out the middle.

    Raises:
        CassetteError: the stream has nothing to draw.
    """
    lanes = lanes_of(stream, choice)
    if not lanes:
        raise CassetteError(cassette.name, f"interaction {stream.interaction} has no chunks to draw.")
    head = head_of(cassette, stream.interaction, stream)
    schedule = schedule_of(stream, lanes)
    width = _WIDTH - 2 * _PAD
    lines = lines_of(stream, lanes, schedule, (width / _TEXT_PX, width / _CODE_PX))
    drawn = ""
    for detail in _DETAILS:
        drawn = _Picture(stream, head, lanes, schedule, lines, detail).drawn()
        if len(drawn.encode()) <= max_bytes:
            break
    return drawn


class _Picture:
    """One picture in one detail, written from top to bottom."""

    def __init__(
        self, stream: Stream, head: Head, lanes: list[Lane], schedule: Schedule, lines: list[Line], detail: _Detail
    ) -> None:
        self._stream = stream
        self._head = head
        self._lanes = lanes
        self._schedule = schedule
        self._detail = detail
        moments = {piece.at_s for line in lines for piece in line.pieces}
        self._step_s = schedule.end_s / detail.moments if len(moments) > detail.moments else 0.0
        self._lines, self._left_out = thinned(lines, detail.lines, self._step_s)
        self._parts: list[str] = []
        self._y = 0.0

    def drawn(self) -> str:
        self._title()
        self._asked_and_story()
        self._figures()
        box = Box(_PAD, self._y, _WIDTH - _PAD)
        lanes = drawn_lanes(self._stream, self._lanes, self._schedule, box, self._detail.gap_px)
        bottom = box.top + lanes_height(self._lanes)
        self._parts.append(f'<g class="fade">{lanes}</g>')
        self._y = bottom + 18
        text_top, scroll = self._y, self._text()
        self._notes()
        height = self._y + 18
        style = stylesheet(self._schedule.end_s, head_stops(self._schedule, box, self._detail.moments), scroll)
        clips = (
            f'<clipPath id="lanes"><rect x="{short(box.lanes_left)}" y="{short(box.top)}" width="{short(box.width)}"'
            f' height="{short(bottom - box.top)}"/></clipPath>'
            f'<clipPath id="text"><rect x="0" y="{short(text_top)}" width="{_WIDTH - _PAD / 2}"'
            f' height="{short(self._text_height())}"/></clipPath>'
            '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<path d="M1.2 0V5" stroke="var(--reasoning)" stroke-width="2"/></pattern>'
            '<pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<path d="M1 0V6" stroke="var(--line)"/></pattern>'
        )
        title = f"Replay of {self._head.title}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {short(height)}" width="{_WIDTH}"'
            f' height="{short(height)}" role="img" aria-labelledby="title desc">'
            f'<title id="title">{escape_xml(title)}</title><desc id="desc">{escape_xml(self._description())}</desc>'
            f"<style>{style}</style><defs>{clips}</defs>"
            f'<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{short(height - 1)}" rx="10" fill="var(--ground)" stroke="var(--line)"/>'
            f"{''.join(self._parts)}</svg>\n"
        )

    def _description(self) -> str:
        asked = self._head.asked
        question = f"{asked.label}: {clipped(asked.text, 1, 200)} " if asked and asked.text else ""
        return f"{question}{self._head.story} {self._time_note()}".strip()

    def _write(self, text: str, classes: str, x: float, y: float, size: int, *, anchor: str = "") -> None:
        end = f' text-anchor="{anchor}"' if anchor else ""
        self._parts.append(
            f'<text class="{classes}" x="{short(x)}" y="{short(y)}" font-size="{size}"{end}>{escape_xml(text)}</text>'
        )

    def _title(self) -> None:
        grade = self._stream.timing.grade
        badge = f"{MARKS[grade]} {'speed not recorded' if grade == 'paced' else grade}"
        room = _WIDTH - 2 * _PAD - width_em(badge) * 12 - 20
        title = clipped(self._head.title, 20, room)
        source = clipped(self._head.source, 12, room - width_em(title) * 20 - 12)
        self._y = 44
        self._parts.append(
            f'<text x="{_PAD}" y="{self._y}" font-size="20"><tspan class="bold">{escape_xml(title)}</tspan>'
            f'<tspan class="faint" dx="12" font-size="12">{escape_xml(source) if len(source) > 1 else ""}</tspan></text>'
        )
        self._write(badge, "faint", _WIDTH - _PAD, self._y, 12, anchor="end")
        self._y += 12

    def _asked_and_story(self) -> None:
        width = _WIDTH - 2 * _PAD
        asked = self._head.asked
        if asked and asked.text:
            self._y += 20
            label = f"{asked.label}: "
            self._write(
                f"{label}“{clipped(asked.text, 14, width - width_em(label) * 14 - 16)}”", "faint", _PAD, self._y, 14
            )
        for line in wrapped(self._head.story, 15, width, 2):
            self._y += 23
            self._write(line, "", _PAD, self._y, 15)
        self._y += 16

    def _figures(self) -> None:
        """Write the figures side by side, as many as have room."""
        widths = [
            max(width_em(one.label) * 11, width_em(f"{one.value} {one.mark}") * 18, width_em(one.more) * 11)
            for one in self._head.figures
        ]
        room = _WIDTH - 2 * _PAD
        while len(widths) > 1 and sum(widths) + _FIGURE_GAP_PX * (len(widths) - 1) > room:
            widths.pop()
        if not widths:
            return
        gap = min(_MAX_FIGURE_GAP_PX, (room - sum(widths)) / max(1, len(widths) - 1))
        x = float(_PAD)
        for figure, width in zip(self._head.figures, widths, strict=False):
            self._write(clipped(figure.label, 11, room), "faint", x, self._y + 16, 11)
            self._parts.append(
                f'<text x="{short(x)}" y="{short(self._y + 37)}" font-size="17">'
                f'<tspan class="bold">{escape_xml(clipped(figure.value, 17, room))}</tspan>'
                f'<tspan class="faint" dx="5" font-size="11">{figure.mark}</tspan></text>'
            )
            self._write(clipped(figure.more, 11, room), "faint", x, self._y + 53, 11)
            x += width + gap
        self._y += 76 if any(figure.more for figure in self._head.figures[: len(widths)]) else 60

    def _text(self) -> list[Stop]:
        """Write the text, and return how it scrolls so that its newest line is in sight."""
        if not self._lines:
            return []
        top = self._y
        self._parts.append(f'<path d="M{_PAD} {short(top - 6)}H{_WIDTH - _PAD}" stroke="var(--line)"/>')
        bottoms = self._bottoms()
        written = "".join(
            self._line(line, top + bottom - _DESCENT_PX) for line, bottom in zip(self._lines, bottoms, strict=True)
        )
        self._parts.append(
            f'<g clip-path="url(#text)"><g class="fade"><g class="scroll" xml:space="preserve">{written}</g></g></g>'
        )
        self._y = top + self._text_height()
        return self._scroll(bottoms)

    def _bottoms(self) -> list[float]:
        """Return how far below the top of the text each line ends."""
        gaps = [_LABEL_GAP_PX if line.is_label and index else 0 for index, line in enumerate(self._lines)]
        return [*accumulate(_LINE_PX + gap for gap in gaps)]

    def _text_height(self) -> float:
        return min(self._bottoms()[-1], _MAX_TEXT_PX) + 6 if self._lines else 0

    def _scroll(self, bottoms: list[float]) -> list[Stop]:
        # Lines that begin at the same moment scroll at once: of equal keys, a dictionary keeps the last value.
        moved = {
            line.at_s: bottom - _MAX_TEXT_PX
            for line, bottom in zip(self._lines, bottoms, strict=True)
            if bottom > _MAX_TEXT_PX
        }
        return [Stop(*stop) for stop in moved.items()]

    def _line(self, line: Line, y: float) -> str:
        kind = line.kind if line.kind in _TEXT_KINDS else "content"
        classes = f"label {kind}" if line.is_label else kind
        size = "" if line.is_label or kind == "tool_call" else f' font-size="{_TEXT_PX}"'
        pieces = "".join(f'<tspan style="--i:{short(at_s)}">{escape_xml(text)}</tspan>' for at_s, text in line.pieces)
        return f'<text class="{classes}" x="{_PAD}" y="{short(y)}"{size}>{pieces}</text>'

    def _notes(self) -> None:
        self._y += 20
        self._parts.append(f'<path d="M{_PAD} {short(self._y - 16)}H{_WIDTH - _PAD}" stroke="var(--line)"/>')
        for note in wrapped(" · ".join(self._all_notes()), 11, _WIDTH - 2 * _PAD, 3):
            self._write(note, "faint", _PAD, self._y, 11)
            self._y += 15
        self._y -= 15

    def _all_notes(self) -> Iterator[str]:
        yield self._time_note()
        if self._schedule.gaps:
            skipped_s = self._schedule.knots[-1].recorded - self._schedule.end_s
            yield f"gaps over {number(IDLE_LIMIT_S)} s are shortened, by {seconds(skipped_s)} in all (hatched)"
        if self._step_s:
            yield f"thinned to {number(self._detail.moments)} moments"
        if self._left_out:
            yield f"{counted(self._left_out, 'line')} left out"

    def _time_note(self) -> str:
        """Return what the picture says about its speed."""
        grade = self._stream.timing.grade
        if grade == "paced":
            return f"{MARKS[grade]} speed not recorded: in order, at a nominal pace"
        if grade == "span":
            return f"{MARKS[grade]} in order, at a nominal pace: {MEANINGS[grade]}"
        within = " (lines under the lanes: when each chunk can have arrived)" if grade == "bounded" else ""
        return f"{MARKS[grade]} at the recorded speed; times {grade}: {MEANINGS[grade]}{within}"
