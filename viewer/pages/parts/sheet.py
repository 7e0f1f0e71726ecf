"""The Streamlit component that shows nodes."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import nodes as display_nodes
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.nodes import Node

_PACKAGE = "viewer.pages.parts"


def sheet(nodes: Sequence[Node], key: str) -> None:
    """Show nodes at this place of the page. An element with the attribute `data-event` selects that event."""
    _component()(key=key, data={"nodes": list(nodes)}, width="stretch", height="content")


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_sheet",
        js=display_nodes.script()
        + joined_modules("viewer.display", ("shared",))
        + joined_modules(_PACKAGE, ("sheet",)),
        css=css_variables(".sheet") + display_nodes.stylesheet() + asset(_PACKAGE, "sheet.css"),
        isolate_styles=True,
    )
