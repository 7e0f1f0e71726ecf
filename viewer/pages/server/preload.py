"""Preloading of the scripts that the first elements of a page need, while Streamlit starts.

Streamlit's page fetches the code of an element when the first such element arrives, a second after the page was opened. Its HTML
names only what every app needs. This middleware names the rest in the `Link` header of that HTML (RFC 8288).
"""

import re
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Without charts: their five megabytes would run before the deck is drawn.
_ELEMENTS = ("BidiComponent", "FileUploader", "Selectbox", "Html")
_IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"\./([\w.-]+\.js)"')
_STATIC = Path(st.__file__).parent / "static"
# Some proxies accept only four kilobytes of headers in all.
_MAX_BYTES = 2_500


class Preload:
    """ASGI middleware that adds the header to Streamlit's HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._link = preload_header().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message):
                message = {**message, "headers": [*message["headers"], (b"link", self._link)]}
            await send(message)

        is_page = scope["type"] == "http" and "/share/" not in scope["path"]
        await self._app(scope, receive, send_with_link if is_page else send)


def _is_document(message: Message) -> bool:
    kinds = (value for name, value in message["headers"] if name.lower() == b"content-type")
    return message["status"] == 200 and next(kinds, b"").startswith(b"text/html")


def preload_header(static: Path = _STATIC) -> str:
    """Return the value of the header. The file names of Streamlit's scripts contain hashes, so they are looked up."""
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
        if len(longer) > _MAX_BYTES:
            break
        value = longer
    return value
