"""Tokens over time, how fast they came, and what is known of the time."""

from typing import Any

import streamlit as st

from viewer.display.nodes import Node, node
from viewer.pages.parts.deck import deck_is_drawn
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.pages.server.cache import kept
from viewer.pages.tabs.chunks import show_rows
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, MARKS, MEANINGS, bounds, counted, explanation, headline, seconds
from viewer.types.measure import Measure

# Of the curves' arrays and of what Plotly makes of them.
_CHUNK_BYTES = 200
_CHART_PIXELS = 450


def show(stream: Stream, choice: int | None, identity: str, *, drawn: bool) -> None:
    """Show tokens over time where there are any to draw, and what is known of the time."""
    if drawn:
        _show_chart(stream, choice, identity)
    timing = stream.timing
    items = [node("li", "", node("span", "name", item.source), item.statement) for item in timing.evidence]
    grade = f"{MARKS[timing.grade]} {timing.grade}: {MEANINGS[timing.grade]}"
    bands = (
        [node("p", "note", "Shaded: where each curve can lie, given the bounds of its chunks.")]
        if timing.grade == "bounded"
        else []
    )
    sheet([node("p", "note", grade), *bands, node("ul", "evidence", *items)], key="evidence")
    sheet([node("h2", "", "Figures"), node("ul", "measures", *map(_measured, stream.metrics.items()))], key="measures")


@st.fragment
def _show_chart(stream: Stream, choice: int | None, identity: str) -> None:
    """Draw the charts, and list the chunks of the stretch that is selected in them."""
    if not deck_is_drawn():
        # The chart's code runs for a second, in which the browser would draw nothing else.
        st.container(height=_CHART_PIXELS, border=False, key="chart_place")
        return
    from viewer.display.charts import timeline  # noqa: PLC0415 - plotly takes half a second; the first sight need not wait

    dark = is_dark()
    figure = kept().get(
        ("timeline", identity, dark),
        lambda: timeline(stream, choice, dark=dark),
        lambda _: _CHUNK_BYTES * len(stream.columns.event),
    )
    selected: Any = st.plotly_chart(
        figure,
        theme="streamlit",
        key=f"timeline/{identity}",
        on_select="rerun",
        selection_mode="box",
        alt="Tokens of each lane, added up over time",
        config={"displaylogo": False},
    )
    boxes = selected.selection.box if selected else []
    if not boxes:
        sheet([node("p", "note", "Draw a box over a stretch to list its chunks.")], key="select")
        return
    begin, end = sorted(float(edge) for edge in boxes[0]["x"])
    rows = stream.chunks[stream.chunks["t"].between(begin, end)]
    said = f"{counted(len(rows), 'chunk')} between {seconds(max(0.0, begin))} and {seconds(end)}"
    sheet([node("p", "note", said)], key="selected")
    show_rows(stream, rows, f"selected/{identity}")


def _measured(item: tuple[str, Measure]) -> Node:
    """Return a row of one figure: its value and grade, its bounds, and what it rests on or why there is none."""
    name, measure = item
    mark = MARKS[measure.grade] if measure.grade else ""
    return node(
        "li",
        "",
        node("span", "name", LABELS.get(name, name)),
        node("span", "value", headline(measure)),
        node("span", "mark", mark, tip=explanation(measure)),
        node("span", "more", " · ".join(part for part in (bounds(measure), measure.source) if part)),
    )
