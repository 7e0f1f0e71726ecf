"""Which call the page shows, as its address says."""

from collections.abc import Collection, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from viewer.pages.parts.address import DECK_PARAMETERS
from viewer.streams.cassette import Cassette

_OF_ONE_CALL = ("choice", "event", *DECK_PARAMETERS)
_CALLS_VIEW = "calls"


def shows_all_calls(cassette: Cassette) -> bool:
    """Tell whether the page shows the grid of all calls."""
    return st.query_params.get("view") == _CALLS_VIEW and len(cassette.interactions) > 1


def shown_interaction(cassette: Cassette) -> int:
    """Return the interaction that the address names, by default the one to show first."""
    named = st.query_params.get("stream", "")
    if named.isascii() and named.isdigit() and len(named) < 10 and int(named) < len(cassette.interactions):
        return int(named)
    return cassette.main_interaction


def open_call(index: int, main_interaction: int) -> None:
    """Write an interaction into the address as one step of the history. The address has none for the main interaction."""
    _change_address(("view", "stream"), {} if index == main_interaction else {"stream": str(index)})


def open_all_calls() -> None:
    """Write the grid of all calls into the address as one step of the history."""
    _change_address((), {"view": _CALLS_VIEW})


def _change_address(dropped: Collection[str], added: Mapping[str, str]) -> None:
    """Drop some parameters and those of the call that was open, and add others."""
    context = get_script_run_ctx()
    if context is None:
        return
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in (*dropped, *_OF_ONE_CALL)}
    # Each parameter that is deleted through `st.query_params` would be a step of its own, and Streamlit lets nobody write
    # those to which its widgets are bound, such as the tab.
    with context.session_state.query_params() as parameters:
        parameters.clear_with_no_forward_msg(preserve_embed=True)
        for name, values in kept.items():
            parameters.set_with_no_forward_msg(name, values)
    st.query_params.update(added)
