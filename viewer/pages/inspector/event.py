"""The tab of one event, as it was recorded."""

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.selection import selected_event
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import number

_MAX_EVENT_BYTES = 100_000


def choose(identity: str) -> int | None:
    """Return the selected event of the stream that `identity` stands for."""
    return selected_event(identity)


def show(cassette: Cassette, stream: Stream, event: int | None) -> None:
    """Show the selected event, or the first one if none is selected."""
    rows = stream.chunks
    found = rows[rows["event"] == (0 if event is None else event)]
    if found.empty:
        sheet([node("p", "note", "This stream has no such event.")], key="no_event")
        return
    row = found.iloc[0]
    body = cassette.interactions[stream.interaction].response.body
    raw = body[int(row["offset"]) : int(row["offset"]) + min(int(row["size"]), _MAX_EVENT_BYTES)]
    place = f"Event {row['event']}: {number(int(row['size']))} bytes at byte {number(int(row['offset']))} of the body"
    sheet([node("p", "note", place)], key="event_place")
    st.code(well_formed(raw.decode(errors="replace")), language=None, wrap_lines=True)
