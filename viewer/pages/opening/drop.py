"""Dropping files and folders anywhere on the window. Streamlit itself accepts them only on its small field."""

from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st


def catch_drops() -> None:
    """Pass dropped files to the uploader of this page, and rerun the page when the colour scheme changes."""
    _component()(key="drops", width="stretch", height="content", on_scheme_change=_redraw)


def _redraw() -> None:
    """Do nothing. The rerun itself draws the charts in the new colours."""


@cache
def _component() -> Any:
    source = (files("viewer.pages.opening") / "drop.js").read_text(encoding="utf-8")
    return st.components.v2.component("cassette_viewer_drops", js=source, isolate_styles=True)
