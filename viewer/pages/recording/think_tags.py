"""The switch that shows thinking in tags as reasoning, in the sidebar of recordings whose content begins with some."""

import streamlit as st

_KEY = "think_tags"
"""Of the switch and of its parameter in the address."""
_HELP = (
    "The content begins with thinking between tags such as <think>. An SDK takes it for content. Turn this on to see it as"
    " reasoning, with its own lane and time."
)


def splits_think_tags() -> bool:
    """Tell whether the switch is on. Ask before the recording is opened, since that decides how it is read."""
    # On the first run of a link, only the address knows.
    return bool(st.session_state.get(_KEY, st.query_params.get(_KEY) == "true"))


def show_think_tags_switch() -> None:
    """Show the switch."""
    st.toggle("Thinking in tags as reasoning", key=_KEY, help=_HELP, bind="query-params")
