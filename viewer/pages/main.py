"""The pages and what stands beside all of them; Streamlit runs this file for each session."""

import streamlit as st

from viewer.pages import compare, library
from viewer.pages.navigation import stream_page
from viewer.pages.parts.opening import open_files

_TITLE = "Cassette viewer"


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title=_TITLE, layout="wide", initial_sidebar_state="auto")
    # The page's own frame, nothing recorded: Streamlit leaves six lines empty above the title.
    st.html("<style>.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; max-width: 1500px }</style>")
    chosen = st.navigation(
        [
            stream_page(),
            st.Page(library.render, title="Library", url_path="library"),
            st.Page(compare.render, title="Compare", url_path="compare"),
        ],
        position="top",
    )
    with st.sidebar:
        open_files()
    chosen.run()
