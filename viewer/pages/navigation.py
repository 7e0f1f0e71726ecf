"""Pages that other pages link to."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from viewer.pages.recording import page


def stream_page() -> StreamlitPage:
    """Return the page of one recording, which has the root address."""
    return st.Page(page.render, title="Stream", url_path="", default=True)
