"""The pages by their addresses, for those that lead to another page."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from viewer.pages import stream


def stream_page() -> StreamlitPage:
    """Return the page of one recording, at the root of the address."""
    return st.Page(stream.render, title="Stream", url_path="", default=True)
