"""The deck in Streamlit."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from viewer import deck
from viewer.stream import Stream


def show_deck(streams: Sequence[Stream], choice: int | None, identity: str) -> None:
    """Show the deck of one choice of a stream, or the race of several; each `identity` keeps its own position."""
    _component()(
        key="deck",
        data={
            "identity": identity,
            "tape": _tape(identity, streams, choice),
            "streams": list(range(len(streams))),
        },
        width="stretch",
        height="content",
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _tape(identity: str, _streams: Sequence[Stream], choice: int | None) -> dict[str, Any]:  # noqa: ARG001 - the identity is the cache's key
    return deck.make_tape(_streams, choice)


@cache
def _component() -> Any:
    host = (files("viewer.pages") / "deck_host.js").read_text(encoding="utf-8")
    return st.components.v2.component(
        "cassette_viewer_deck", js=f"{deck.script()}\n{host}", css=deck.stylesheet(), isolate_styles=True
    )
