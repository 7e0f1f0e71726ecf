"""The deck in Streamlit."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from viewer.display import deck
from viewer.pages.server.cache import server_cache
from viewer.streams.stream import Stream
from viewer.text.json import write

_DRAWN_KEY = "deck_is_drawn"


def show_deck(streams: Sequence[Stream], choice: int | None, identity: str, names: Sequence[str] = ()) -> None:
    """Show the deck of one choice of a stream, or the race of several; each `identity` keeps its own position.

    What is shown, `names` of the streams included, must be the same for one `identity`.
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


def deck_is_drawn() -> bool:
    """Tell whether this session has drawn a deck: what would hold its browser up before that can wait.

    Until it has, the fragment that asks is run again when it does. Not the page: a run of it that begins while a file is being
    uploaded makes Streamlit forget the answer to where the file goes.
    """
    if _DRAWN_KEY not in st.session_state:
        _awaited()(key="deck_awaited", height="content", on_drawn_change=_drawn)
    return _DRAWN_KEY in st.session_state


def _drawn() -> None:
    st.session_state[_DRAWN_KEY] = True


def _tape(identity: str, streams: Sequence[Stream], choice: int | None, names: Sequence[str]) -> str:
    """Return the tape as the text of its JSON: each run sends it again, and a long one takes a second to be written."""
    return server_cache().get(("tape", identity), lambda: write(deck.make_tape(streams, choice, names)), len)


@cache
def _component() -> Any:
    host = (files("viewer.pages.parts") / "deck_host.js").read_text(encoding="utf-8")
    return st.components.v2.component(
        "cassette_viewer_deck", js=f"{deck.script()}\n{host}", css=deck.stylesheet(), isolate_styles=True
    )


@cache
def _awaited() -> Any:
    source = (files("viewer.pages.parts") / "deck_awaited.js").read_text(encoding="utf-8")
    return st.components.v2.component("cassette_viewer_deck_awaited", js=source, isolate_styles=True)
