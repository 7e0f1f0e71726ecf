"""The address of the page: plain parameters, each checked against the options that exist.

Picking another recording or stream adds a step to the browser's history, which Back undoes. Streamlit itself binds tabs and
filters to their parameters, which replaces the current step.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Value = TypeVar("Value")

RECORDING_PARAMETERS = ("file", "name", "stream")
"""What names a recording and its interaction. `name` is the file name of one opened by hand, whose key says nothing to a reader."""
DECK_PARAMETERS = ("t", "to", "speed")
"""Written by deck_host.js."""
OWN_PARAMETERS = (*RECORDING_PARAMETERS, "choice", "view", "event", *DECK_PARAMETERS)
"""All that no widget of Streamlit is bound to. Streamlit refuses to set the others while their widget is on the page."""


def pick(
    label: str,
    options: Sequence[Value],
    *,
    name: str,
    key: str,
    shown: Callable[[Value], str],
    written: Callable[[Value], str] = str,
    default: Value | None = None,
    help: str | None = None,  # noqa: A002 - as Streamlit calls it
) -> Value:
    """Let one option be picked, and keep it in the parameter `name` of the address, which has none for the default."""
    default = options[0] if default is None else default
    by_name = {written(option): option for option in options}
    followed_key = f"{key}/address"
    named = st.query_params.get(name, "")
    # The address wins if it has changed since the last run: by a link, by hand or by Back.
    if st.session_state.get(followed_key) != named or st.session_state.get(key) not in options:
        st.session_state[key] = by_name.get(named, default)
    picked = st.selectbox(label, options, format_func=shown, key=key, help=help)
    chosen = default if picked is None else picked
    write(name, written(chosen), written(default))
    st.session_state[followed_key] = st.query_params.get(name, "")
    return chosen


def write(name: str, value: str, default: str) -> None:
    """Write a parameter as a new step of the history. A new value drops the event, and the position and speed of the deck."""
    if st.query_params.get(name, default) == value:
        return
    for parameter in ("event", *DECK_PARAMETERS):
        st.query_params.pop(parameter, None)
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def current_query() -> dict[str, list[str]]:
    """Return the parameters of the address."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def change_address(query: Mapping[str, list[str]]) -> None:
    """Replace the parameters that are our own in one step of the history, and run the page again if any has changed."""
    before = current_query()
    own = {name: values for name, values in query.items() if name in OWN_PARAMETERS}
    if own == {name: values for name, values in before.items() if name in OWN_PARAMETERS}:
        return
    if write_address(OWN_PARAMETERS, own):
        st.rerun()


def write_address(dropped: Collection[str], added: Mapping[str, str | list[str]]) -> bool:
    """Drop parameters and add others in one step of the history. Return False outside a session."""
    context = get_script_run_ctx()
    if context is None:
        return False
    kept = {name: values for name, values in current_query().items() if name not in dropped}
    # Each parameter that is deleted through `st.query_params` would be a step of its own, and Streamlit lets nobody write
    # those to which its widgets are bound, such as the tab.
    with context.session_state.query_params() as parameters:
        parameters.clear_with_no_forward_msg(preserve_embed=True)
        for name, values in kept.items():
            parameters.set_with_no_forward_msg(name, values)
    st.query_params.update(added)
    return True
