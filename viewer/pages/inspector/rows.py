"""The Streamlit component that shows chunks or events as a table of very many rows, which follows the selected event."""

import json
from functools import cache
from typing import Any

import streamlit as st

from viewer.display import virtual_table
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables

_PACKAGE = "viewer.pages.inspector"


def show_rows(table: str, key: str) -> None:
    """Show a table, given as the JSON of what `rows.js` declares as `TableData`."""
    _component()(key=key, data={"table": table}, width="stretch", height="content")


def as_json(table: dict[str, Any]) -> str:
    """Write the data of a table."""
    return json.dumps(table, allow_nan=False, separators=(",", ":"))


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_rows",
        js=joined_modules("viewer.display.deck", ("dom", "packing"))
        + virtual_table.script()
        + joined_modules("viewer.display", ("shared",))
        + joined_modules(_PACKAGE, ("rows",)),
        css=css_variables(".rows-place") + virtual_table.stylesheet() + asset(_PACKAGE, "rows.css"),
        isolate_styles=True,
    )
