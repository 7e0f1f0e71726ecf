"""What the browser may fetch while Streamlit still starts: the modules of the elements that each page begins with.

Streamlit's page asks for the code of an element when the first one arrives, which is a second after the page was opened. Its own
document names only what every app needs; the rest is named here, in the header `Link` of that document (RFC 8288).
"""

import re
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Not of the charts: their five megabytes would run before the deck is drawn.
_ELEMENTS = ("BidiComponent", "FileUploader", "Selectbox", "Html")
_IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"\./([\w.-]+\.js)"')
_STATIC = Path(st.__file__).parent / "static"
# Proxies take headers of four kilobytes in all.
_MOST_BYTES = 2_500


class Preload:
    """Add the header to each document of Streamlit that a server of pages sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._link = preload_header().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message):
                message = {**message, "headers": [*message["headers"], (b"link", self._link)]}
            await send(message)

        is_page = scope["type"] == "http" and "/share/" not in scope["path"]
        await self._app(scope, receive, named if is_page else send)


def _is_document(message: Message) -> bool:
    kinds = (value for name, value in message["headers"] if name.lower() == b"content-type")
    return message["status"] == 200 and next(kinds, b"").startswith(b"text/html")


def preload_header(static: Path = _STATIC) -> str:
    """Return the header's value for the files of a version of Streamlit, whose names hold their digests."""
    folder, document = static / "static" / "js", static / "index.html"
    named = set(re.findall(r"\./static/js/([\w.-]+\.js)", document.read_text("utf-8"))) if document.exists() else set()
    found: dict[str, None] = {}
    waiting = [path.name for element in reversed(_ELEMENTS) for path in folder.glob(f"{element}.*.js")]
    while waiting:
        name = waiting.pop()
        if name in found or name in named or not (folder / name).exists():
            continue
        found[name] = None
        waiting += _IMPORTED.findall((folder / name).read_text("utf-8"))
    value = ""
    for name in found:
        longer = f"{value}{', ' if value else ''}<./static/js/{name}>; rel=modulepreload"
        if len(longer) > _MOST_BYTES:
            break
        value = longer
    return value
