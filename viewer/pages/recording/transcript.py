"""The place of the transcript, which the deck fills with the blocks of the stream that it plays."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display import deck
from viewer.display.assets import asset, joined_modules

_PACKAGE = "viewer.pages.recording"


def show_transcript() -> None:
    """Make the place. It is a component of its own, since it stands beside the inspector and the deck above both."""
    _component()(key="transcript", width="stretch", height="content")


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_transcript",
        js=joined_modules("viewer.display", ("shared",)) + joined_modules(_PACKAGE, ("transcript",)),
        css=deck.stylesheet() + asset(_PACKAGE, "transcript.css"),
        isolate_styles=True,
    )
