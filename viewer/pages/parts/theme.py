"""The theme of the page."""

import streamlit as st


def is_dark() -> bool:
    """Tell whether the page is shown in the dark theme."""
    return st.context.theme.type == "dark"
