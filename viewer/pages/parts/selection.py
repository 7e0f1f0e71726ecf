"""The one selection of a page: the number of an event, which the deck, the transcript, the tables and the charts share.

In the browser it is the value `event` of `viewer/display/shared.js`, and the parameter `event` of the address.
"""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import joined_modules

_PARAMETER = "event"


def selected_event(identity: str) -> int | None:
    """Return the selected event of the stream that `identity` stands for, or None.

    Call it once in the fragment that shows the event. Only that fragment runs again when another event is selected.
    """
    asked, serial = st.session_state.get(_key(identity), (None, 0))
    in_address = _event_in_address()
    state = _component()(
        key=f"selection/{identity}",
        data={"identity": identity, "event": in_address, "asked": asked, "serial": serial},
        default={"event": in_address},
        height="content",
        on_event_change=_rerun,
    )
    event: int | None = state["event"]
    return event


def select_event(identity: str, event: int) -> None:
    """Select an event from the server, for example because its point in a chart was clicked. Then rerun the fragment."""
    _, serial = st.session_state.get(_key(identity), (None, 0))
    st.session_state[_key(identity)] = (event, serial + 1)


def _rerun() -> None:
    """Do nothing. The rerun itself shows the event."""


def _key(identity: str) -> str:
    return f"selected/{identity}"


def _event_in_address() -> int | None:
    text = st.query_params.get(_PARAMETER, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_selection",
        js=joined_modules("viewer.display", ("shared",)) + joined_modules("viewer.pages.parts", ("selection",)),
        isolate_styles=True,
    )
