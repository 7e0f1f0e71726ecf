"""The list of the library in the browser: its facets, its rows, and the ticks that lead to Compare."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import streamlit as st

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.library.snippets import Hit
from viewer.pages.library.places import TextPlace

_PACKAGE = "viewer.pages.library"
_KEY = "library_list"
_MODULES = ("rows", "row_view", "facets", "frame", "list")


class Asked(NamedTuple):
    """Another page that the user asked for."""

    page: str
    """ "recording" or "compare"."""
    query: Mapping[str, str | list[str]]


def show_list(rows: str, passing: Sequence[int] | None, hits: Mapping[int, Sequence[Hit]]) -> Asked | None:
    """Show rows, and return the page to which the user goes, if any.

    Args:
        rows: what `viewer.pages.library.rows.list_rows` returns.
        passing: the numbers of the rows that the search found; None if nothing is searched.
        hits: the places that the search found, by the number of the row.
    """
    shown = {row: [_shown(hit) for hit in found] for row, found in hits.items()}
    result = _component()(
        key=_KEY,
        data={"rows": rows, "passing": None if passing is None else list(passing), "hits": shown},
        width="stretch",
        height="content",
        on_chosen_change=_rerun,
        on_go_change=_rerun,
    )
    return _asked(result.go) if result.go else None


def _asked(link: Any) -> Asked | None:
    page, _, text = str(link).partition("?")
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(text):
        query.setdefault(name, []).append(value)
    return Asked(page, {name: values if len(values) > 1 else values[0] for name, values in query.items()})


def _shown(hit: Hit) -> list[str]:
    return [hit.column, TextPlace(hit.column, hit.offset).written(), hit.before, hit.found, hit.after]


def _rerun() -> None:
    """Do nothing. The rerun itself follows the choice."""


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_library_list",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, _MODULES),
        css=css_variables(".library") + asset(_PACKAGE, "list.css"),
        isolate_styles=True,
    )
