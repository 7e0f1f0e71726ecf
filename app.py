"""The Streamlit app: `streamlit run app.py`."""

import streamlit as st

from viewer.pages import recording

st.set_page_config(page_title="Cassette viewer", layout="wide", initial_sidebar_state="auto")
# The page's own frame, nothing recorded: Streamlit leaves six lines empty above the title.
st.html("<style>.stMainBlockContainer { padding-top: 3.75rem; padding-bottom: 3rem; max-width: 1500px }</style>")
st.navigation([st.Page(recording.render, title="Recording", url_path="", default=True)], position="hidden").run()
