"""How the parts of the bar become Streamlit components."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables

_PACKAGE = "viewer.pages.opening"
_PARTS = ":is(.bar, .search, .switches, .opening, .notice, .start, .beside)"


@cache
def component(*modules: str) -> Any:
    """Return the component that the last of some modules mounts, given in dependency order."""
    return st.components.v2.component(
        f"cassette_viewer_{modules[-1]}",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, modules),
        css=css_variables(_PARTS) + asset(_PACKAGE, "bar.css"),
        isolate_styles=True,
    )
