"""An address that is in sight in full and can be copied and opened."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import asset, joined_modules

_PACKAGE = "viewer.pages.sharing"


def show_link(label: str, key: str, address: str = "", *, opens: bool = False) -> None:
    """Show an address, or that of this page at this moment if it is "". `opens` adds a link that opens it in a new tab."""
    _component()(key=key, data={"address": address, "label": label, "opens": opens}, width="stretch", height="content")


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_link",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, ("link",)),
        css=asset(_PACKAGE, "link.css"),
        isolate_styles=True,
    )
