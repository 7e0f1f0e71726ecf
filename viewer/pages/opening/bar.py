"""The bar above every page: its links, the search, *Open…*, places for what a page offers, the theme and the help."""

from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viewer.pages.opening.component import component
from viewer.pages.opening.files import NOTICE_KEY, SEEN_KEY, open_uploads
from viewer.pages.opening.visit import PageName, ask_for, close, show_by_key, visit_of
from viewer.pages.parts.address import current_query
from viewer.pages.server.browser import browser_id
from viewer.pages.server.uploads import upload_store

_LINKS_KEY, _SEARCH_KEY, _OPEN_KEY = "bar_links", "bar_search", "open"
_MEBIBYTE = 1 << 20


class Bar(NamedTuple):
    """Places in the bar. A page fills those of what it offers."""

    links: DeltaGenerator
    compare: DeltaGenerator
    share: DeltaGenerator


def show_bar() -> Bar:
    """Draw the bar at the top of the page, and open what was uploaded."""
    with st.container(key="bar", gap="small"):
        with st.container(key="bar_row", horizontal=True, vertical_alignment="center", gap="small"):
            links = st.container(key="bar_links_place", width="content")
            component("places", "storage", "visits", "search")(
                key=_SEARCH_KEY, data={"words": st.query_params.get("q", "")}, height="content", on_go_change=_search
            )
            opening = st.container(key="bar_open", width="content")
            compare = st.container(key="bar_compare", width="content")
            share = st.container(key="bar_share", width="content")
            component("storage", "switches")(
                key="bar_switches", width="content", height="content", on_scheme_change=_redraw
            )
        with st.container(key="uploads"):
            open_uploads()
        with opening:
            _show_open()
        _show_notice()
    return Bar(links, compare, share)


def show_links(bar: Bar, page: PageName) -> None:
    """Show the links to all pages, and which one is open. They are written anew when the address changes."""
    with bar.links:
        data = {"page": page, "query": current_query()}
        component("places", "storage", "visits", "bar")(
            key=_LINKS_KEY, data=data, width="content", height="content", on_go_change=_go
        )


def _show_open() -> None:
    opened = reversed(upload_store().opened_by(browser_id()))
    component("packing", "overlay", "open")(
        key=_OPEN_KEY,
        data={
            "opened": [{"key": one.key, "name": one.name} for one in opened],
            "maxBytes": int(st.get_option("server.maxUploadSize")) * _MEBIBYTE,
            "uploads": len(st.session_state.get(SEEN_KEY, ())),
        },
        width="content",
        height="content",
        on_show_change=_show,
        on_remove_change=_remove,
    )


def _show_notice() -> None:
    lines = st.session_state.get(NOTICE_KEY)
    if lines:
        component("notice")(key="notice", data={"lines": lines}, height="content", on_dismissed_change=_dismiss)


def _go() -> None:
    visit = visit_of(st.session_state[_LINKS_KEY].go)
    if visit:
        ask_for(visit)


def _search() -> None:
    visit = visit_of(st.session_state[_SEARCH_KEY].go)
    if visit:
        # On the library's own page, its search field would keep what it holds.
        st.session_state["q"] = "".join(visit.query.get("q", []))
        ask_for(visit)


def _show() -> None:
    show_by_key(st.session_state[_OPEN_KEY].show)


def _remove() -> None:
    close(st.session_state[_OPEN_KEY].remove)


def _dismiss() -> None:
    st.session_state.pop(NOTICE_KEY, None)


def _redraw() -> None:
    """Do nothing. The rerun itself draws the charts in the new colours."""
