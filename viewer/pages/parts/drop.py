"""Files dropped anywhere on the window, folders too: Streamlit takes them on its small field only."""

from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st


def catch_drops() -> None:
    """Hand what is dropped on the window to the uploader of this page, and run it anew when the colour scheme changes."""
    _component()(key="drops", width="stretch", height="content", on_scheme_change=_anew)


def _anew() -> None:
    """Do nothing: the run itself draws the charts in the colours of the new scheme."""


@cache
def _component() -> Any:
    source = (files("viewer.pages.parts") / "drop.js").read_text(encoding="utf-8")
    return st.components.v2.component("cassette_viewer_drops", js=source, isolate_styles=True)
