"""The Streamlit component that shows nodes."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import nodes as display_nodes
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.nodes import Node

_PACKAGE = "viewer.pages.parts"


def sheet(nodes: Sequence[Node], key: str, on_link: Callable[[str], None] | None = None) -> None:
    """Show nodes at this place of the page. An element with the attribute `data-event` selects that event.

    `on_link` is called with the anchor of a link that is clicked, such as "#tab-Problems". Then the page runs again.
    """
    follow = None if on_link is None else lambda: on_link(st.session_state[key]["link"])
    callbacks = {} if follow is None else {"on_link_change": follow}
    _component()(key=key, data={"nodes": list(nodes)}, width="stretch", height="content", **callbacks)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_sheet",
        js=display_nodes.script()
        + joined_modules("viewer.display", ("shared",))
        + joined_modules(_PACKAGE, ("tabs", "sheet")),
        css=css_variables(".sheet") + display_nodes.stylesheet() + asset(_PACKAGE, "sheet.css"),
        isolate_styles=True,
    )
