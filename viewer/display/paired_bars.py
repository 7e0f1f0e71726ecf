"""Figures of several recordings as bars beneath each other on one scale, with their bounds as hairlines."""

from collections.abc import Sequence
from typing import NamedTuple

from viewer.display.nodes import Node, node

# Bounds that are closer than this share of the scale are drawn as the value alone.
_NARROWEST = 0.005
# How much of the scale is above the largest value if a bound is open.
_ROOM_ABOVE = 1.15


class Bar(NamedTuple):
    """One figure of one recording."""

    letter: str
    written: str
    value: float | None
    """None if only bounds are known, or nothing."""
    low: float | None
    high: float | None
    tip: str = ""


class BarRow(NamedTuple):
    """One figure of every recording."""

    label: str
    bars: Sequence[Bar]
    difference: str
    is_grey: bool
    """Whether the figures cannot be told apart."""


def bar_list(rows: Sequence[BarRow]) -> Node:
    """Return figures as a list. Each has a scale of its own, from 0 to its largest value or bound."""
    return node("ul", "pairs", *map(_row, rows))


def _row(row: BarRow) -> Node:
    known = [limit for bar in row.bars for limit in (bar.value, bar.low, bar.high) if limit is not None]
    is_open = any(bar.low is not None and bar.high is None for bar in row.bars)
    scale = max(known, default=0.0) * (_ROOM_ABOVE if is_open else 1.0) or 1.0
    lines = [
        node(
            "div",
            "pair-line",
            node("span", f"letter side-{bar.letter.lower()}", bar.letter),
            _drawn(bar, scale),
            node("span", "pair-value", bar.written, tip=bar.tip),
        )
        for bar in row.bars
    ]
    return node(
        "li",
        f"pair{' grey' if row.is_grey else ''}",
        node("span", "pair-label", row.label),
        node("div", "pair-bars", *lines),
        node("span", "pair-difference", row.difference),
    )


def _drawn(bar: Bar, scale: float) -> Node:
    parts: list[Node] = []
    if bar.value is not None:
        parts.append(_rect(f"bar side-{bar.letter.lower()}", 0.0, bar.value / scale))
    low, high = bar.low, bar.high
    if low is not None and high is not None and (high - low) / scale >= _NARROWEST:
        parts += [_rect("bound", low / scale, (high - low) / scale), _cap(low / scale), _cap(high / scale)]
    elif low is not None and high is None:
        # Nothing is known above a bare bound: the line is open there.
        parts += [_rect("bound open", low / scale, 1 - low / scale), _cap(low / scale)]
    elif bar.value is None and high is not None:
        parts += [_rect("bound", 0.0, high / scale), _cap(high / scale)]
    return node("svg", {"class": "pair-bar", "aria-hidden": "true"}, *parts)


def _rect(name: str, begin: float, width: float) -> Node:
    return node("rect", {"class": name, "x": f"{begin * 100:.2f}%", "width": f"{max(width, 0.0) * 100:.2f}%"})


def _cap(place: float) -> Node:
    # Within the drawing also at its right edge.
    return node("rect", {"class": "cap", "x": f"{min(place * 100, 99.6):.2f}%", "width": "1"})
