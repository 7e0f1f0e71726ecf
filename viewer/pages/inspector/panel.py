"""The Streamlit component of the inspector: nodes, recorded texts as trees, and buttons that copy."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import json_tree, nodes, token_bars
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.display.nodes import Node
from viewer.text.safe import well_formed
from viewer.text.words import size

_PACKAGE = "viewer.pages.inspector"
MAX_SHOWN_BYTES = 2_000_000

Part = dict[str, Any]
"""One part of a panel. `panel.js` declares the types."""


def show_panel(parts: Sequence[Part], key: str, *, opens_events: bool = False) -> Any:
    """Show parts below each other. Return the number of the interaction whose link was clicked, if any, as `interaction`.

    With `opens_events`, the tab of the event is opened once an event is selected here.
    """
    return _component()(
        key=key,
        data={"parts": list(parts), "opensEvents": opens_events},
        width="stretch",
        height="content",
        on_interaction_change=_rerun,
    )


def _rerun() -> None:
    """Do nothing. The rerun itself follows the link."""


def node_part(*shown: Node) -> Part:
    """Return a part of nodes."""
    return {"nodes": list(shown)}


def text_part(text: str, label: str) -> Part:
    """Return a part that shows a recorded text as a tree if it is JSON, else as it is. `label` names it for screen readers."""
    return {"text": well_formed(text), "label": label}


def body_part(body: bytes, label: str) -> list[Part]:
    """Return the parts that show a body. Of a very large one, the beginning is shown as text."""
    if len(body) <= MAX_SHOWN_BYTES:
        return [text_part(body.decode(errors="replace"), label)]
    note = f"The first {size(MAX_SHOWN_BYTES)} of {size(len(body))} are shown."
    text = body[:MAX_SHOWN_BYTES].decode(errors="replace")
    return [text_part(text, label), node_part(nodes.node("p", "note", note))]


def copy_part(*copies: tuple[str, str, str]) -> Part:
    """Return a part of buttons, each with its label, its description and the text that it copies."""
    return {"copies": [{"label": label, "title": title, "text": well_formed(text)} for label, title, text in copies]}


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_panel",
        js=joined_modules("viewer.display.deck", ("dom",))
        + json_tree.script()
        + nodes.script()
        + joined_modules("viewer.display", ("shared",))
        + joined_modules("viewer.pages.parts", ("tabs",))
        + joined_modules(_PACKAGE, ("panel",)),
        css=css_variables(".panel")
        + nodes.stylesheet()
        + json_tree.stylesheet()
        + token_bars.stylesheet()
        + asset(_PACKAGE, "panel.css"),
        isolate_styles=True,
    )
