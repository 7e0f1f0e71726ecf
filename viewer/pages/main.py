"""The app: its bar, its pages, and the way from one to another."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from viewer.display.assets import asset
from viewer.display.colours import css_variables
from viewer.pages.compare import page as compare
from viewer.pages.library import page as library
from viewer.pages.navigation import stream_page
from viewer.pages.opening.bar import show_bar, show_links
from viewer.pages.opening.recordings import asked_key
from viewer.pages.opening.visit import PageName, take_visit
from viewer.pages.parts.address import change_address
from viewer.pages.server.recordings import find_recording

_PRODUCT = "Cassette viewer"


def main() -> None:
    """Show the page of the current address, below the bar."""
    recording = find_recording(asked_key())
    title = f"{recording.name.rpartition('/')[2]} · {_PRODUCT}" if recording else _PRODUCT
    st.set_page_config(page_title=title, layout="wide", initial_sidebar_state="auto")
    # This HTML holds nothing recorded.
    st.html(f"<style>{css_variables('.st-key-bar', ('ground', 'line')) + asset('viewer.pages', 'main.css')}</style>")
    bar = show_bar()
    pages: dict[PageName, StreamlitPage] = {
        "recording": stream_page(bar),
        "library": st.Page(library.render, title="Library", url_path="library"),
        "compare": st.Page(compare.render, title="Compare", url_path="compare"),
    }
    page = st.navigation(list(pages.values()), position="hidden")
    show_links(bar, next(name for name, one in pages.items() if one is page))
    visit = take_visit()
    target = pages[visit.page] if visit and visit.page else page
    if visit and target is not page:
        st.switch_page(target, query_params=visit.query)
    elif visit:
        change_address(visit.query)
    page.run()
