"""The cookie by which this server knows a browser again, so that a reload or a second tab finds what it has opened.

The cookie is a random number. It names nobody, no script can read it, and other sites cannot make the browser send it. It is set with
an answer that Streamlit's page asks for before it connects: the page itself may have been requested from another site, and such a
request comes without the cookie although the browser has one. The ticket of the command `open` sets it too.
"""

import re
import secrets

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SETTING_PATH = "/_stcore/host-config"
"""What Streamlit's page asks for before it connects."""
_RANDOM_BYTES = 16
_ID = re.compile(r"[0-9a-f]{32}")
_PORT = re.compile(r":(\d{1,5})$")
_MAX_AGE_S = 30 * 86_400
_SESSION_KEY = "browser"


def cookie_name(host: str) -> str:
    """Return the name of the cookie. It holds the port, since a browser sends cookies to every port of a host."""
    port = _PORT.search(host)
    return f"cassette_viewer_{port[1]}" if port else "cassette_viewer"


class BrowserCookie:
    """ASGI middleware that gives the cookie to a browser that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].endswith(SETTING_PATH):
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        is_known = browser_of(asked) is not None

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_known:
                MutableHeaders(scope=message).append("set-cookie", new_cookie(asked)[1])
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def browser_of(asked: HTTPConnection) -> str | None:
    """Return the id of the browser that a request comes from, or None if it sends no cookie."""
    found = asked.cookies.get(cookie_name(asked.headers.get("host", "")), "")
    return found if _ID.fullmatch(found) else None


def new_cookie(asked: HTTPConnection) -> tuple[str, str]:
    """Return an id for the browser that a request comes from, and the header that gives it to the browser."""
    browser, name = _new_id(), cookie_name(asked.headers.get("host", ""))
    secure = "; Secure" if asked.scope["scheme"] == "https" else ""
    return browser, f"{name}={browser}; Path=/; Max-Age={_MAX_AGE_S}; HttpOnly; SameSite=Strict{secure}"


def browser_id() -> str:
    """Return the id of the browser that shows this session. Without the cookie, each session is a browser of its own."""
    found = st.context.cookies.get(cookie_name(st.context.headers.get("host", "")), "")
    # In a test without a browser, the value is not a text.
    if _ID.fullmatch(str(found)):
        return str(found)
    made: str = st.session_state.setdefault(_SESSION_KEY, _new_id())
    return made


def _new_id() -> str:
    return secrets.token_hex(_RANDOM_BYTES)
