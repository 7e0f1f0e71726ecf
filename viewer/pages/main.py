"""The app: its pages, and the uploader next to each of them."""

import streamlit as st

from viewer.pages import compare, library
from viewer.pages.navigation import stream_page
from viewer.pages.parts.opening import open_files

_TITLE = "Cassette viewer"


def main() -> None:
    """Show the page of the current address."""
    st.set_page_config(page_title=_TITLE, layout="wide", initial_sidebar_state="auto")
    # Streamlit leaves six empty lines above the title. This HTML holds nothing recorded.
    st.html("<style>.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; max-width: 1500px }</style>")
    page = st.navigation(
        [
            stream_page(),
            st.Page(library.render, title="Library", url_path="library"),
            st.Page(compare.render, title="Compare", url_path="compare"),
        ],
        position="top",
    )
    with st.sidebar:
        open_files()
    page.run()
