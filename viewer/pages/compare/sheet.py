"""The component that shows nodes with paired bars."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import nodes as display_nodes
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.nodes import Node

_PACKAGE = "viewer.pages.compare"


def compare_sheet(nodes: Sequence[Node], key: str) -> None:
    """Show nodes at this place of the page, with the style of a comparison."""
    _component()(key=key, data={"nodes": list(nodes)}, width="stretch", height="content")


@cache
def _component() -> Any:
    style = css_variables(".sheet") + display_nodes.stylesheet() + asset("viewer.pages.parts", "sheet.css")
    return st.components.v2.component(
        "cassette_viewer_compare",
        js=display_nodes.script() + joined_modules(_PACKAGE, ("compare",)),
        css=style + asset(_PACKAGE, "compare.css"),
        isolate_styles=True,
    )
