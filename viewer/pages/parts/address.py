"""The address of the page: plain parameters, each checked against the options that exist.

Picking another recording or stream adds a step to the browser's history, which Back undoes. Streamlit itself binds tabs and
filters to their parameters, which replaces the current step.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")

RECORDING_PARAMETERS = ("file", "name", "stream")
"""What names a recording and its interaction. `name` is the file name of one opened by hand, whose key says nothing to a reader."""
DECK_PARAMETERS = ("t", "to", "speed")
"""Written by deck_host.js."""


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
    """Write a parameter as a new step of the history. A new value drops the position and speed of the deck."""
    if st.query_params.get(name, default) == value:
        return
    for parameter in DECK_PARAMETERS:
        st.query_params.pop(parameter, None)
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
