"""Which of the two palettes a page is shown in."""

import streamlit as st


def is_dark() -> bool:
    """Tell whether the page is shown in the dark theme."""
    return st.context.theme.type == "dark"
