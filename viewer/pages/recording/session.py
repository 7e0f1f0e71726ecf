"""The page of a whole session: what its time and its money went into, turn by turn, and a waterfall of its calls."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.sessions.view import SessionView
from viewer.pages.recording.call_address import open_call
from viewer.pages.recording.session_table import session_table
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.text.json import write

_KEY = "session"
_PACKAGE = "viewer.pages.recording"
_MODULES = (
    *("calls_order", "rail_tree", "time_axis", "session_order", "session_bars"),
    *("session_rows", "session_strip", "session_window", "session"),
)


def show_session(cassette: Cassette, view: SessionView, identity: str) -> None:
    """Show the waterfall of a session."""

    def picked() -> None:
        state = st.session_state.get(_KEY)
        index = state.get("picked") if state else None
        if isinstance(index, int) and 0 <= index < len(cassette.interactions):
            open_call(cassette, index)

    table = server_cache().get(("waterfall", identity), lambda: write(session_table(view)), len)
    _component()(
        key=_KEY,
        data={"identity": identity, "session": table},
        width="stretch",
        height="content",
        on_picked_change=picked,
    )


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_session",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, _MODULES),
        css=css_variables(".calls") + asset(_PACKAGE, "calls.css") + asset(_PACKAGE, "session.css"),
        isolate_styles=True,
    )
