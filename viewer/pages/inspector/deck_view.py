"""The part of the deck's axis that is in sight, from the browser."""

from functools import cache
from typing import Any

import streamlit as st

from viewer.display.assets import joined_modules


def deck_view(identity: str) -> tuple[float, float] | None:
    """Return the part of the axis in sight, in its unit, or None for all of it. `identity` stands for the stream.

    Call it in the fragment that draws the charts, which runs again when the deck is zoomed.
    """
    state = _component()(
        key=f"deck_view/{identity}", data={}, default={"view": None}, height="content", on_view_change=_rerun
    )
    view = state["view"]
    return (float(view[0]), float(view[1])) if view else None


def _rerun() -> None:
    """Do nothing. The rerun itself draws the charts."""


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_deck_view",
        js=joined_modules("viewer.display", ("shared",)) + joined_modules("viewer.pages.inspector", ("deck_view",)),
        isolate_styles=True,
    )
