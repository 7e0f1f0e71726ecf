"""What the app is made of: its script, the pages that it serves besides, and what every request passes through."""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TypedDict

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from viewer.pages.server.browser import BrowserCookie
from viewer.pages.server.cache import server_cache
from viewer.pages.server.hosts import RefusedHosts
from viewer.pages.server.library_rows import row_reader
from viewer.pages.server.limits import limits
from viewer.pages.server.preload import Preload
from viewer.pages.server.share_routes import routes
from viewer.pages.server.shares import share_store
from viewer.pages.server.slots import slots
from viewer.pages.server.uploads import upload_store

SCRIPT = Path(__file__).parent / "script.py"


class AppArguments(TypedDict):
    """The arguments of `streamlit.App`."""

    script_path: Path
    routes: list[BaseRoute]
    middleware: list[Middleware]
    lifespan: Callable[[st.App], AbstractAsyncContextManager[None]]


def app_arguments(
    more_routes: Sequence[BaseRoute] = (), running: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
) -> AppArguments:
    """Return the arguments with which `streamlit.App` is this app. Streamlit finds the app by the call in the file that it runs.

    `running` is entered once the server can be asked, and left when it ends.

    A wrong limit ends the server at once, with one line, instead of failing for each visitor.
    """
    try:
        limits()
    except ValueError as error:
        sys.exit(str(error))
    # Created before there are threads that could create a second one.
    slots()
    server_cache()
    upload_store()

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        async with running():
            try:
                yield
            finally:
                row_reader().stop()

    return {
        "script_path": SCRIPT,
        "routes": [*routes(share_store()), *more_routes],
        "middleware": [Middleware(RefusedHosts), Middleware(Preload), Middleware(BrowserCookie)],
        "lifespan": lifespan,
    }
