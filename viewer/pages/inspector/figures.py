"""The tab of figures: the charts of a stream, all its measures, and what they are based on."""

from typing import Any

import streamlit as st

from viewer.display.blocks import evidence, grade_line, measures
from viewer.display.drawing import drawing_of
from viewer.display.lanes import lanes_of
from viewer.display.nodes import node
from viewer.pages.inspector.deck_view import deck_view
from viewer.pages.parts.selection import select_event
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.pages.server.cache import server_cache
from viewer.streams.stream import Stream

# Memory of the curves and of Plotly's copy of them.
_BYTES_PER_CHUNK = 300


def show(stream: Stream, choice: int | None, identity: str) -> None:
    """Show the charts if the stream has lanes to draw, then its measures and the evidence for its times."""
    if lanes_of(stream, choice):
        _show_timeline(stream, choice, identity)
    drawing = drawing_of(stream.timing.grade)
    if drawing.gaps:
        _show_gaps(stream)
    note = (
        "The shaded bands show where each curve can be, given the bounds of its chunks."
        if drawing.bounds
        else "Without recorded times there is no rate and no gap to draw."
        if drawing.axis == "chunks"
        else ""
    )
    sheet([node("p", "note", note)] if note else [], key="chart_note")
    sheet([node("h2", "", "Measures"), measures(stream)], key="measures")
    sheet([node("h2", "", "Evidence"), node("p", "note", grade_line(stream)), evidence(stream)], key="evidence")


def _show_timeline(stream: Stream, choice: int | None, identity: str) -> None:
    """Draw the curves over the part of the axis that the deck shows. A click on a point selects its event."""
    from viewer.display.charts import timeline  # noqa: PLC0415 - plotly takes half a second, which the deck need not wait for

    view = deck_view(identity)
    dark = is_dark()
    figure = server_cache().get(
        ("timeline", identity, dark),
        lambda: timeline(stream, choice, dark=dark),
        lambda _: _BYTES_PER_CHUNK * len(stream.columns.event),
    )
    if view is not None:
        # The cached figure is shared by all sessions.
        figure = type(figure)(figure)
        figure.update_xaxes(range=list(view))
    key = f"timeline/{identity}"
    st.plotly_chart(
        figure,
        theme="streamlit",
        key=key,
        on_select=lambda: _select_point(key, identity),
        selection_mode="points",
        alt="Cumulative tokens of each lane",
        config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]},
    )


def _select_point(key: str, identity: str) -> None:
    """Select the event of the point that was clicked."""
    selected: Any = st.session_state.get(key)
    points = selected.selection.points if selected else []
    data = points[0].get("customdata") if points else None
    if data:
        select_event(identity, int(data[0]))


def _show_gaps(stream: Stream) -> None:
    from viewer.display.charts import gap_distribution  # noqa: PLC0415 - as above

    st.plotly_chart(
        gap_distribution(stream, dark=is_dark()),
        theme="streamlit",
        key="gap_distribution",
        alt="How many gaps between chunks are how long",
        config={"displayModeBar": False},
    )
