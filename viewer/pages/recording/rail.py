"""The rail of calls in the sidebar: every interaction of a cassette, what it did, its tokens and its time."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.sessions.words import session_title, totals_in_words
from viewer.pages.recording.call_address import open_all_calls, open_call, shown_interaction, shows_all_calls
from viewer.pages.recording.call_rows import cached_calls, rail_rows, totals
from viewer.pages.recording.session_cache import cached_session
from viewer.pages.recording.session_rail import session_rail_rows
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.text.json import write

_KEY = "rail"
_PACKAGE = "viewer.pages.recording"


def show_rail(cassette: Cassette, identity: str) -> None:
    """Show the rail, which opens calls. A cassette with a single interaction has none."""
    if len(cassette.interactions) < 2:
        return

    def picked() -> None:
        state = st.session_state.get(_KEY)
        index = state.get("picked") if state else None
        if isinstance(index, int) and 0 <= index < len(cassette.interactions):
            open_call(cassette, index)
        elif index is not None:
            open_all_calls()

    _component()(
        key=_KEY,
        data={
            "identity": identity,
            "rows": _rows(cassette, identity),
            "current": -1 if shows_all_calls(cassette) else shown_interaction(cassette),
        },
        width="stretch",
        height="content",
        on_picked_change=picked,
    )


def _rows(cassette: Cassette, identity: str) -> str:
    """Return the totals and the rows as JSON text, cached: every run of the page sends it."""

    def compute() -> str:
        if view := cached_session(cassette, identity):
            title, figures = session_title(view.session), totals_in_words(view, with_tokens=False)
            return write({"title": title, "figures": figures, "rows": session_rail_rows(cassette, view)})
        calls = cached_calls(cassette, identity)
        return write({**totals(cassette, calls)._asdict(), "rows": rail_rows(cassette, calls)})

    return server_cache().get(("rail", identity), compute, len)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_rail",
        js=joined_modules("viewer.display.deck", ("dom",))
        + joined_modules(_PACKAGE, ("rail_tree", "rail_rows", "rail")),
        css=css_variables(".rail") + asset(_PACKAGE, "rail.css"),
        isolate_styles=True,
    )
