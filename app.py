"""The Streamlit app: `streamlit run app.py`. What it is made of is in `viewer/pages/app.py`."""

import streamlit as st

from viewer.pages.app import app_arguments

app = st.App(**app_arguments())
