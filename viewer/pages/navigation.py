"""Pages that other pages link to."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from viewer.pages import stream


def stream_page() -> StreamlitPage:
    """Return the page of one recording, which has the root address."""
    return st.Page(stream.render, title="Stream", url_path="", default=True)
