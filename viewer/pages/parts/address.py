"""What the address of the page says: plain parameters, each checked against what there is.

Which recording and stream are shown is a step that Back takes back, so that these two are written as steps of the browser's history;
tabs and filters are bound to their parameters by Streamlit, which replaces the step they stand in.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")

OF_THE_DECK = ("t", "to", "speed")


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
    """Let one option be picked, and keep it in the parameter `name` of the address, which is empty for the default."""
    default = options[0] if default is None else default
    by_name = {written(option): option for option in options}
    followed = f"{key}/address"
    named = st.query_params.get(name, "")
    # The address was changed by hand, by a link or by Back; else what was picked last stands.
    if st.session_state.get(followed) != named or st.session_state.get(key) not in options:
        st.session_state[key] = by_name.get(named, default)
    picked = st.selectbox(label, options, format_func=shown, key=key, help=help)
    chosen = default if picked is None else picked
    write(name, written(chosen), written(default))
    st.session_state[followed] = st.query_params.get(name, "")
    return chosen


def write(name: str, value: str, default: str) -> None:
    """Write a parameter as a step of the history; a new value makes what the deck wrote there void."""
    if st.query_params.get(name, default) == value:
        return
    for parameter in OF_THE_DECK:
        st.query_params.pop(parameter, None)
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
