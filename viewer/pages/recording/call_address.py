"""Which call the page shows, as its address says."""

import streamlit as st

from viewer.pages.parts.address import DECK_PARAMETERS, write_address
from viewer.pages.parts.default_interaction import default_interaction
from viewer.streams.cassette import Cassette

_OF_ONE_CALL = ("choice", "event", *DECK_PARAMETERS)
_CALLS_VIEW = "calls"


def shows_all_calls(cassette: Cassette) -> bool:
    """Tell whether the page shows all calls: if the address says so, or if it names no call of an agent's session."""
    if len(cassette.interactions) < 2:
        return False
    names_call = any(name in st.query_params for name in ("stream", *_OF_ONE_CALL))
    return st.query_params.get("view") == _CALLS_VIEW or (default_interaction(cassette) is None and not names_call)


def shown_interaction(cassette: Cassette) -> int:
    """Return the interaction that the address names, by default the one to show first."""
    named = st.query_params.get("stream", "")
    if named.isascii() and named.isdigit() and len(named) < 10 and int(named) < len(cassette.interactions):
        return int(named)
    return cassette.main_interaction


def open_call(cassette: Cassette, index: int) -> None:
    """Write an interaction into the address as one step of the history. The address has none for the default one."""
    open_place(cassette, index, None)


def open_place(cassette: Cassette, index: int, event: int | None) -> None:
    """Write an interaction and one of its events into the address as one step of the history."""
    stream = {} if index == default_interaction(cassette) else {"stream": str(index)}
    write_address(("view", "stream", *_OF_ONE_CALL), stream | ({} if event is None else {"event": str(event)}))


def open_all_calls() -> None:
    """Write the grid of all calls into the address as one step of the history."""
    write_address(_OF_ONE_CALL, {"view": _CALLS_VIEW})
