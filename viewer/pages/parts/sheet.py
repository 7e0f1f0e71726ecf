"""Structured text on the page: headings, figures and lists, every word of it a text node.

Streamlit's own elements read Markdown, and Markdown of recorded text fetches images. What stems from a recording is shown
here, in a table, or as code.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from viewer.text.safe import well_formed

Node = str | list[Any]
"""Text, or a tag of `TAGS`, a class, a tooltip and the nodes inside."""

TAGS = frozenset(
    [
        "div",
        "span",
        "p",
        "b",
        "h1",
        "h2",
        "dl",
        "dt",
        "dd",
        "ul",
        "li",
        "code",
        "pre",
        "details",
        "summary",
        "table",
        "tr",
        "th",
        "td",
        "ins",
        "del",
    ]
)


def node(tag: str, kind: str = "", *children: Node, tip: str = "") -> Node:
    """Return an element with a class, a tooltip and the nodes inside it."""
    if tag not in TAGS:
        raise ValueError(f"a sheet has no {tag!r}")
    return [
        tag,
        kind,
        well_formed(tip),
        *(well_formed(child) if isinstance(child, str) else child for child in children),
    ]


def sheet(nodes: Sequence[Node], key: str) -> None:
    """Show nodes at this place of the page."""
    _component()(key=key, data={"nodes": list(nodes)}, width="stretch", height="content")


@cache
def _component() -> Any:
    folder = files("viewer.pages.parts")
    return st.components.v2.component(
        "cassette_viewer_sheet",
        js=(folder / "sheet.js").read_text(encoding="utf-8"),
        css=(folder / "sheet.css").read_text(encoding="utf-8"),
        isolate_styles=True,
    )
