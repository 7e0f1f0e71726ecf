"""The app: its pages, and the uploader next to each of them."""

import streamlit as st

from viewer.pages.compare import page as compare
from viewer.pages.library import page as library
from viewer.pages.navigation import stream_page
from viewer.pages.opening.files import open_files

_TITLE = "Cassette viewer"
_STYLE = """
.stMainBlockContainer { padding: 4.5rem clamp(12px, 2vw, 40px) 3rem; max-width: none }
@media (max-width: 900px) {
  .st-key-below_deck [data-testid="stHorizontalBlock"] { flex-direction: column }
  .st-key-below_deck [data-testid="stColumn"] { width: 100%; flex: none }
}
@media print {
  .stAppHeader, .stSidebar, .stToolbar, .stTabs [role=tablist], .stButton, .stDownloadButton, .stPopover { display: none }
  .stApp, .stAppViewContainer, .stMain { position: static; overflow: visible; height: auto; display: block }
  .stMainBlockContainer { padding: 0 }
  .st-key-below_deck [data-testid="stColumn"] { width: 100%; flex: none }
  .st-key-below_deck [data-testid="stColumn"]:last-child { display: none }
  body, .stApp, .stApp pre, .stApp code { background: white; color: black; color-scheme: light }
}
"""


def main() -> None:
    """Show the page of the current address."""
    st.set_page_config(page_title=_TITLE, layout="wide", initial_sidebar_state="auto")
    # Streamlit leaves six empty lines above the title. This HTML holds nothing recorded.
    st.html(f"<style>{_STYLE}</style>")
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
