"""The Streamlit app: `streamlit run app.py`. Its pages stand in `viewer/pages/`, beside them only what is published."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from viewer.pages.kept import kept
from viewer.pages.limits import limits
from viewer.pages.preload import Preload
from viewer.pages.turns import turns
from viewer.share_routes import routes
from viewer.shares import share_store

# A limit that is off is said here, in a line, and not to each visitor.
try:
    limits()
except ValueError as error:
    sys.exit(str(error))
# Made before there are threads that could make two of each.
turns()
kept()

app = st.App(
    Path(__file__).parent / "viewer" / "pages" / "script.py",
    routes=routes(share_store()),
    middleware=[Middleware(Preload)],
)
