"""The tab of times: tokens over time, the evidence for the times, and all figures."""

from typing import Any

import streamlit as st

from viewer.display.blocks import evidence, grade_line, measures
from viewer.display.lanes import lanes_of
from viewer.display.nodes import node
from viewer.pages.inspector.chunks import show_rows
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.pages.server.cache import server_cache
from viewer.streams.stream import Stream
from viewer.text.words import counted, seconds

# Memory of the curves and of Plotly's copy of them.
_BYTES_PER_CHUNK = 200


def show(stream: Stream, choice: int | None, identity: str) -> None:
    """Show the charts if the stream has lanes to draw, then the evidence for its times and its figures."""
    if lanes_of(stream, choice):
        _show_chart(stream, choice, identity)
    bands = (
        [node("p", "note", "The shaded bands show where each curve can be, given the bounds of its chunks.")]
        if stream.timing.grade == "bounded"
        else []
    )
    sheet([node("p", "note", grade_line(stream)), *bands, evidence(stream)], key="evidence")
    sheet([node("h2", "", "Figures"), measures(stream)], key="measures")


@st.fragment
def _show_chart(stream: Stream, choice: int | None, identity: str) -> None:
    """Draw the charts, and list the chunks of the range that is selected in them."""
    from viewer.display.charts import timeline  # noqa: PLC0415 - plotly takes half a second, which the deck need not wait for

    dark = is_dark()
    figure = server_cache().get(
        ("timeline", identity, dark),
        lambda: timeline(stream, choice, dark=dark),
        lambda _: _BYTES_PER_CHUNK * len(stream.columns.event),
    )
    selected: Any = st.plotly_chart(
        figure,
        theme="streamlit",
        key=f"timeline/{identity}",
        on_select="rerun",
        selection_mode="box",
        alt="Cumulative tokens of each lane over time",
        config={"displaylogo": False},
    )
    boxes = selected.selection.box if selected else []
    if not boxes:
        sheet([node("p", "note", "Select a range in the chart to list its chunks.")], key="select")
        return
    begin, end = sorted(float(edge) for edge in boxes[0]["x"])
    rows = stream.chunks[stream.chunks["t"].between(begin, end)]
    found = f"{counted(len(rows), 'chunk')} between {seconds(max(0.0, begin))} and {seconds(end)}"
    sheet([node("p", "note", found)], key="selected")
    show_rows(stream, rows, f"selected/{identity}")
