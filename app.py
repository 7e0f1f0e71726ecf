"""The Streamlit app: `streamlit run app.py`. Its pages are in `viewer/pages/`; published pages are served next to them."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from viewer.pages.server.browser import BrowserCookie
from viewer.pages.server.cache import server_cache
from viewer.pages.server.hosts import RefusedHosts
from viewer.pages.server.limits import limits
from viewer.pages.server.preload import Preload
from viewer.pages.server.share_routes import routes
from viewer.pages.server.shares import share_store
from viewer.pages.server.slots import slots
from viewer.pages.server.uploads import upload_store

# A wrong limit ends the server at once, with one line, instead of failing for each visitor.
try:
    limits()
except ValueError as error:
    sys.exit(str(error))
# Created before there are threads that could create a second one.
slots()
server_cache()
upload_store()

app = st.App(
    Path(__file__).parent / "viewer" / "pages" / "script.py",
    routes=routes(share_store()),
    middleware=[Middleware(RefusedHosts), Middleware(Preload), Middleware(BrowserCookie)],
)
