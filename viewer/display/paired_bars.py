"""Figures of several recordings as bars beneath each other on one scale, with their bounds as hairlines."""

from collections.abc import Sequence
from typing import NamedTuple

from viewer.display.nodes import Node, node


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
    scale = max(known, default=0.0) or 1.0
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
    if low is not None and high is not None and low < high:
        parts += [_rect("bound", low / scale, (high - low) / scale), _cap(low / scale), _cap(high / scale)]
    elif bar.value is None and (low is not None or high is not None):
        # A bare bound: open towards the side on which nothing is known.
        begin, end = (low / scale, 1.0) if low is not None else (0.0, (high or 0.0) / scale)
        parts += [_rect("bound open", begin, end - begin), _cap(begin if low is not None else end)]
    return node("svg", {"class": "pair-bar", "aria-hidden": "true"}, *parts)


def _rect(name: str, begin: float, width: float) -> Node:
    return node("rect", {"class": name, "x": f"{begin * 100:.2f}%", "width": f"{max(width, 0.0) * 100:.2f}%"})


def _cap(place: float) -> Node:
    # Within the drawing also at its right edge.
    return node("rect", {"class": "cap", "x": f"{min(place * 100, 99.6):.2f}%", "width": "1"})
