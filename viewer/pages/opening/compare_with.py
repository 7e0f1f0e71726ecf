"""*Compare with…*: picking the recording that the open one is compared with."""

import streamlit as st

from viewer.pages.opening.recordings import recording_labels
from viewer.pages.opening.visit import Visit, ask_for, named
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import listed_recordings

_KEY = "compare_with"
_POPOVER_KEY = "compare_with_open"


def show_compare_with(shown: ListedRecording, stream: int) -> None:
    """Offer the other recordings. The one that is picked opens beside the given stream of this one."""
    popover = st.popover("Compare with…", key=_POPOVER_KEY, on_change="rerun")
    # A closed popover need not list thousands of recordings.
    if not popover.open:
        return
    listed = {key: one for key, one in listed_recordings().items() if key != shown.key}
    with popover:
        st.selectbox(
            "Compare with",
            list(listed),
            index=None,
            key=_KEY,
            format_func=recording_labels(listed.values()).__getitem__,
            placeholder="a recording" if listed else "Nothing else is open. Drop another recording first.",
            on_change=_compare,
            args=(shown, stream),
        )


def _compare(shown: ListedRecording, stream: int) -> None:
    other = st.session_state[_KEY]
    if other:
        st.session_state[_POPOVER_KEY] = False
        sides = {"a": shown.key, "a_stream": str(stream), "b": other}
        query = {**named(shown), "stream": str(stream), **sides}
        ask_for(Visit("compare", {name: [value] for name, value in query.items()}))
