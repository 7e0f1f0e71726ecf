"""The lanes of the picture: a row of bars for each, over which the play head moves."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from viewer.display.lanes import Lane
from viewer.display.replay_svg.ruler import ticks
from viewer.display.replay_svg.schedule import Schedule
from viewer.display.replay_svg.style import COLOUR_NAMES, Stop, short
from viewer.display.replay_svg.text_width import clipped
from viewer.streams.stream import Stream
from viewer.text.xml import escape_xml
from viewer.types.chunk_table import Floats

_ROW_PX = 23
_BAR_PX = 12
_RULER_PX = 20
_TICKS = 8
_LABEL_PX = 116
# Chunks closer than this are one bar, as in the deck.
_GAP_PX = 2.5
_MIN_BAR_PX = 2.0
# Chunks on the axis of numbers stand side by side. From this width on, they are told apart.
_MIN_BLOCK_PX = 4.0


class Box(NamedTuple):
    """Where the lanes stand in the picture, in pixels."""

    left: float
    top: float
    right: float

    @property
    def lanes_left(self) -> float:
        """Where the axis begins."""
        return self.left + _LABEL_PX

    @property
    def width(self) -> float:
        """The length of the axis."""
        return self.right - self.lanes_left


def lanes_height(lanes: Sequence[Lane]) -> float:
    """Return the height of the lanes with their ruler."""
    return _RULER_PX + _ROW_PX * len(lanes)


def drawn_lanes(stream: Stream, lanes: Sequence[Lane], schedule: Schedule, box: Box, least_gap_px: float) -> str:
    """Return the ruler, the lanes and the play head. Bars with less than a gap between them are joined."""
    parts = []
    tops = [box.top + _RULER_PX + _ROW_PX * index for index in range(len(lanes))]
    for lane, top in zip(lanes, tops, strict=True):
        label = escape_xml(clipped(lane.label, 11, _LABEL_PX - 12))
        parts.append(
            f'<text class="small faint" x="{short(box.left)}" y="{short(top + 13)}">{label}</text>'
            f'<path d="M{short(box.lanes_left)} {short(top + 3 + _BAR_PX / 2)}h{short(box.width)}" stroke="var(--soft)"'
            f' stroke-width="{_BAR_PX}"/>'
        )
    parts.append(_ruler(schedule, box, len(lanes)))
    places = [schedule.places(lane.rows, stream) for lane in lanes]
    parts += [
        _bars(lane, one, schedule, box, top, least_gap_px) for lane, one, top in zip(lanes, places, tops, strict=True)
    ]
    parts += [_gap(schedule, box, gap, tops) for gap in schedule.gaps]
    bounds = ""
    if schedule.drawing.bounds:
        bounds = "".join(_bounds(stream, lane, schedule, box, top) for lane, top in zip(lanes, tops, strict=True))
    height = lanes_height(lanes)
    bottom = box.top + height
    # What has not played yet is dimmed by a veil that the head draws away.
    parts.append(
        f'<g clip-path="url(#lanes)"><rect class="head" x="{short(box.lanes_left)}" y="{short(box.top + _RULER_PX)}"'
        f' width="{short(box.width)}" height="{short(height - _RULER_PX)}" fill="var(--ground)" fill-opacity=".76"/></g>'
        f"{bounds}"
        f'<g class="head"><path d="M{short(box.lanes_left)} {short(box.top + 13)}V{short(bottom)}" stroke="var(--text)"'
        f' stroke-width="1.5"/><circle cx="{short(box.lanes_left)}" cy="{short(box.top + 13)}" r="4" fill="var(--text)"/></g>'
    )
    return "".join(parts)


def head_stops(schedule: Schedule, box: Box, most: int) -> list[Stop]:
    """Return the way of the play head along the axis, in pixels from its begin."""
    if schedule.drawing.axis == "seconds":
        return [Stop(0, 0), Stop(schedule.end_s, box.width)]
    # It stands at a chunk's end once the chunk has appeared. Between the kept stops its speed is even.
    count = len(schedule.rows)
    kept = sorted({*np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()})
    return [Stop(0, 0), *(Stop(float(schedule.appears_s[one]), box.width * (one + 1) / count) for one in kept)]


def _ruler(schedule: Schedule, box: Box, lanes: int) -> str:
    parts = []
    bottom = box.top + _RULER_PX + _ROW_PX * lanes
    free = -1.0
    for place, label in ticks(schedule.knots[-1].recorded, _TICKS, schedule.drawing.axis):
        x = box.lanes_left + box.width * float(schedule.fractions(np.array([place]))[0])
        if x < free or x > box.right + 0.01:
            continue
        half = 3.2 * len(label)
        centre = min(max(x, box.lanes_left + half - 1), box.right - half)
        parts.append(
            f'<path d="M{short(x)} {short(box.top + 14)}V{short(bottom)}" stroke="var(--line)"/>'
            f'<text class="small faint" text-anchor="middle" x="{short(centre)}" y="{short(box.top + 9)}">{label}</text>'
        )
        free = x + 2 * half + 16
    name = "chunk" if schedule.drawing.axis == "chunks" else ""
    return f'<text class="small faint" x="{short(box.left)}" y="{short(box.top + 9)}">{name}</text>{"".join(parts)}'


def _bars(lane: Lane, places: Floats, schedule: Schedule, box: Box, top: float, least_gap_px: float) -> str:
    ends = box.width * schedule.fractions(places)
    if schedule.drawing.axis == "chunks":
        block_px = box.width / schedule.knots[-1].drawn
        begins, least = ends - block_px, 0.0
        gap_px = 0.01 if block_px < _MIN_BLOCK_PX else -1.0
        ends = ends - (block_px >= _MIN_BLOCK_PX)
    else:
        begins, least, gap_px = ends, _MIN_BAR_PX, _GAP_PX
    bars = _joined(begins, ends, max(gap_px, least_gap_px) if gap_px >= 0 else gap_px)
    y = short(top + 3 + _BAR_PX / 2)
    d = "".join(f"M{short(box.lanes_left + begin, 1)} {y}h{short(max(least, end - begin), 1)}" for begin, end in bars)
    return f'<path d="{d}" stroke="{_paint(lane)}" stroke-width="{_BAR_PX}"/>'


def _paint(lane: Lane) -> str:
    return "url(#hatch)" if lane.kind == "hidden" else f"var(--{COLOUR_NAMES[lane.kind]})"


def _gap(schedule: Schedule, box: Box, gap: tuple[float, float], tops: Sequence[float]) -> str:
    """Hatch a gap that is shortened."""
    left, right = box.width * schedule.fractions(np.array(gap))
    return (
        f'<rect x="{short(box.lanes_left + left + 3, 1)}" y="{short(tops[0])}" width="{short(max(0, right - left - 3), 1)}"'
        f' height="{short(_ROW_PX * len(tops))}" fill="url(#gap)"/>'
    )


def _joined(begins: Floats, ends: Floats, gap_px: float) -> list[tuple[float, float]]:
    bars: list[tuple[float, float]] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if bars and begin - bars[-1][1] <= gap_px:
            bars[-1] = (bars[-1][0], max(bars[-1][1], end))
        else:
            bars.append((begin, end))
    return bars


def _bounds(stream: Stream, lane: Lane, schedule: Schedule, box: Box, top: float) -> str:
    """Draw between which times the chunks of each run arrived: a hairline with caps. A bound beyond the picture has no cap."""
    low, high = stream.columns.arrival.low[lane.rows], stream.columns.arrival.high[lane.rows]
    changes = np.flatnonzero((low[1:] != low[:-1]) | (high[1:] != high[:-1])) + 1
    d = ""
    for index, first in enumerate([0, *changes.tolist()]):
        begin, end = max(0.0, float(low[first])), float(high[first])
        # Neighbours overlap by a second, so they take turns on two lines.
        y = short(top + 17.5 + 2 * (index % 2))
        left, right = box.lanes_left + box.width * schedule.fractions(np.array([begin, end]))
        cap = "m0-1.5v3" if end <= schedule.knots[-1].recorded else ""
        d += f"M{short(left, 1)} {y}m0-1.5v3m0-1.5H{short(right, 1)}{cap}"
    return f'<path d="{d}" stroke="var(--{COLOUR_NAMES[lane.kind]})" stroke-opacity=".55" fill="none"/>'
