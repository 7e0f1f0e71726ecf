"""The deck in Streamlit."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.conversation.brought_results import brought_results
from viewer.display import deck
from viewer.display.assets import joined_modules
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import write


def show_deck(
    streams: Sequence[Stream],
    choice: int | None,
    identity: str,
    names: Sequence[str] = (),
    cassette: Cassette | None = None,
) -> None:
    """Show the deck of one choice of a stream, or the race of several streams.

    If all streams are of one cassette, give it: its later requests hold what the called tools returned.
    Each `identity` keeps its own position, and stands for the same streams, choice and names in every run.
    """
    _component()(
        key="deck",
        data={
            "identity": identity,
            "tape": _tape(identity, streams, choice, names, cassette),
            "streams": list(range(len(streams))),
        },
        width="stretch",
        height="content",
    )


def _tape(
    identity: str, streams: Sequence[Stream], choice: int | None, names: Sequence[str], cassette: Cassette | None
) -> str:
    """Return the tape as JSON text, cached: every run sends it again, and writing a long one takes a second."""

    def written() -> str:
        brought = [brought_results(cassette, stream) for stream in streams] if cassette else ()
        return write(deck.make_tape(streams, choice, names, brought))

    return server_cache().get(("tape", identity), written, len)


@cache
def _component() -> Any:
    shared = joined_modules("viewer.display", ("shared",))
    host = joined_modules("viewer.pages.recording", ("deck_host",))
    script = f"{shared}{deck.script()}{deck.markdown_script()}{host}"
    return st.components.v2.component("cassette_viewer_deck", js=script, css=deck.stylesheet(), isolate_styles=True)
