"""The path below which this server is reached, when a proxy serves other things next to it."""

import streamlit as st


def base_path() -> str:
    """Return the path from the setting `server.baseUrlPath`, such as `/team`, or "" if the server has the whole host."""
    path: str = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""
