"""The deck in Streamlit."""

from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from viewer import deck
from viewer.stream import Stream


def show_deck(stream: Stream, choice: int | None, identity: str) -> None:
    """Show the deck of one choice of a stream; `identity` tells them apart, so that each keeps its position."""
    _component()(
        key="deck",
        data={"identity": identity, "tape": _tape(identity, stream, choice)},
        width="stretch",
        height="content",
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _tape(identity: str, _stream: Stream, choice: int | None) -> dict[str, Any]:  # noqa: ARG001 - the identity is the cache's key
    return deck.make_tape([_stream], choice)


@cache
def _component() -> Any:
    host = (files("viewer.pages") / "deck_host.js").read_text(encoding="utf-8")
    return st.components.v2.component(
        "cassette_viewer_deck", js=f"{deck.script()}\n{host}", css=deck.stylesheet(), isolate_styles=True
    )
