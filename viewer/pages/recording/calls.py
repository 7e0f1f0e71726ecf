"""All calls of a cassette as a waterfall: a grid with a bar in each row, which can be sorted and opens calls."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.pages.recording.call_address import open_call
from viewer.pages.recording.call_rows import cached_calls, grid, totals
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.text.json import write

_KEY = "calls"
_PACKAGE = "viewer.pages.recording"


def show_calls(cassette: Cassette, identity: str) -> None:
    """Show the grid of all calls."""

    def picked() -> None:
        state = st.session_state.get(_KEY)
        index = state.get("picked") if state else None
        if isinstance(index, int) and 0 <= index < len(cassette.interactions):
            open_call(cassette, index)

    _component()(
        key=_KEY,
        data={"identity": identity, "calls": _calls(cassette, identity)},
        width="stretch",
        height="content",
        on_picked_change=picked,
    )


def _calls(cassette: Cassette, identity: str) -> str:
    """Return the totals and the rows as JSON text, cached: every run of the page sends it."""

    def compute() -> str:
        calls = cached_calls(cassette, identity)
        return write({**totals(cassette, calls)._asdict(), **grid(calls)})

    return server_cache().get(("grid of calls", identity), compute, len)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_calls",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, ("calls_order", "calls")),
        css=css_variables(".calls") + asset(_PACKAGE, "calls.css"),
        isolate_styles=True,
    )
