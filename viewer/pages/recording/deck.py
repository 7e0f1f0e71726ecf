"""The deck in Streamlit."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import deck
from viewer.display.assets import joined_modules
from viewer.pages.server.cache import server_cache
from viewer.streams.stream import Stream
from viewer.text.json import write


def show_deck(streams: Sequence[Stream], choice: int | None, identity: str, names: Sequence[str] = ()) -> None:
    """Show the deck of one choice of a stream, or the race of several streams.

    Each `identity` keeps its own position, and stands for the same streams, choice and names in every run.
    """
    _component()(
        key="deck",
        data={
            "identity": identity,
            "tape": _tape(identity, streams, choice, names),
            "streams": list(range(len(streams))),
        },
        width="stretch",
        height="content",
    )


def _tape(identity: str, streams: Sequence[Stream], choice: int | None, names: Sequence[str]) -> str:
    """Return the tape as JSON text, cached: every run sends it again, and writing a long one takes a second."""
    return server_cache().get(("tape", identity), lambda: write(deck.make_tape(streams, choice, names)), len)


@cache
def _component() -> Any:
    shared = joined_modules("viewer.display", ("shared",))
    host = joined_modules("viewer.pages.recording", ("deck_host",))
    return st.components.v2.component(
        "cassette_viewer_deck", js=f"{shared}{deck.script()}\n{host}", css=deck.stylesheet(), isolate_styles=True
    )
