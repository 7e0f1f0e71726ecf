"""The Streamlit app: `streamlit run app.py`. Its pages stand in `viewer/pages/`, beside them only what is published."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from viewer.pages.server.cache import kept
from viewer.pages.server.limits import limits
from viewer.pages.server.preload import Preload
from viewer.pages.server.share_routes import routes
from viewer.pages.server.shares import share_store
from viewer.pages.server.turns import turns

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
