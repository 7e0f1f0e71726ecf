"""Pages that other pages link to."""

from functools import partial

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from viewer.pages.opening.bar import Bar
from viewer.pages.recording import page


def stream_page(bar: Bar | None = None) -> StreamlitPage:
    """Return the page of one recording, which has the root address. To switch to it, no bar is needed."""
    return st.Page(partial(page.render, bar), title="Recording", url_path="", default=True)
