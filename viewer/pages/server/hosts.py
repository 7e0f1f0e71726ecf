"""Refusal of requests under a host name, or from a page, that the settings do not allow.

Streamlit checks both only when its page opens a WebSocket, refuses that without a word, and serves everything else to anyone. The page
then stays empty. This middleware refuses every request, and says on the page and in the log which setting to change. It also keeps
Streamlit from asking a service on the internet for the address of this machine, for up to two seconds in which nobody is served,
whenever a page of another site tries to connect.

Streamlit's own check stays below it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.pages.server.base_path import base_path
from viewer.pages.server.browser import SETTING_PATH, browser_of
from viewer.pages.server.plain_page import POLICY
from viewer.pages.server.refusal import STATUS, Refusal, host_name, host_refusal, origin_refusal

_LOG = logging.getLogger(__name__)
# Whoever sends made-up hosts must not fill the log.
_MAX_LOGGED = 100
# As many browsers are remembered as refused.
_MAX_BROWSERS = 1000
_JUDGED = ("http", "websocket")
_HEALTH_PATH = "/_stcore/health"
# Streamlit accepts these from a page of any port.
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104 - a name, not an address to listen at
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the settings allow."""

    hosts: tuple[str, ...]
    """Patterns, such as `*.example.com`. Empty: any host."""
    origins: tuple[str, ...]
    """Addresses of other sites whose pages may connect, besides pages of this server."""
    any_origin: bool = False
    base_path: str = ""

    def host(self, host: str | None) -> bool:
        """Tell whether a `Host` header is allowed. The rules are Streamlit's."""
        if not self.hosts:
            return True
        name = host_name(host)
        patterns = [pattern.strip().lower().rstrip(".") for pattern in self.hosts]
        return name is not None and any(
            pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:])) for pattern in patterns
        )

    def origin(self, origin: str | None, host: str | None) -> bool:
        """Tell whether a page of an origin may connect to a host. Only browsers send an origin."""
        if origin is None or self.any_origin or _authority(origin) == host:
            return True
        return _name(origin) in {*_LOCAL, *(name for name in map(_name, self.origins) if name)}


def allowed() -> Allowed:
    """Return what the settings of this server allow."""
    return Allowed(
        hosts=tuple(st.get_option("server.allowedHosts")),
        origins=(*st.get_option("server.corsAllowedOrigins"), st.get_option("browser.serverAddress") or ""),
        any_origin=not st.get_option("server.enableCORS"),
        base_path=base_path(),
    )


class RefusedHosts:
    """ASGI middleware that refuses what is not allowed and says so."""

    def __init__(self, app: ASGIApp, settings: Callable[[], Allowed] = allowed) -> None:
        self._app = app
        self._settings = settings
        self._logged: set[str] = set()
        self._refused_origins: dict[str, str] = {}
        """By the browser's cookie, the address of the page whose WebSocket was refused."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        refusal = self._judge(HTTPConnection(scope), self._settings()) if scope["type"] in _JUDGED else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        self._log(refusal)
        if scope["type"] == "websocket":
            # Refused with an empty answer: no browser shows what a server says instead of a WebSocket.
            await WebSocket(scope, receive, send).close(1008)
            return
        await _response(refusal, Headers(scope=scope), scope["path"])(scope, receive, send)

    def _judge(self, asked: HTTPConnection, allows: Allowed) -> Refusal | None:
        """Return why a request is refused, or None."""
        path, host = asked.scope["path"], asked.headers.get("host")
        # Whoever checks the health of a container asks by its address, and learns nothing else.
        if path == allows.base_path + _HEALTH_PATH:
            return None
        if not allows.host(host):
            return host_refusal(host)
        browser = browser_of(asked)
        origin = asked.headers.get("origin")
        if path == allows.base_path + SETTING_PATH:
            # Streamlit's page asks for this before it connects, and shows the answer if it is an error. It sends no origin along, but
            # the address of the page. If that is withheld, the page is told after its first attempt to connect.
            origin = origin or _origin_of(asked.headers.get("referer")) or self._refused_origins.get(browser or "")
        elif asked.scope["type"] != "websocket":
            return None
        if origin is None or allows.origin(origin, host):
            return None
        if browser:
            if len(self._refused_origins) == _MAX_BROWSERS:
                self._refused_origins.clear()
            self._refused_origins[browser] = origin
        return origin_refusal(origin, host)

    def _log(self, refusal: Refusal) -> None:
        """Write a line for a host or origin, once."""
        if refusal.title in self._logged or len(self._logged) > _MAX_LOGGED:
            return
        self._logged.add(refusal.title)
        if len(self._logged) > _MAX_LOGGED:
            _LOG.warning("More than %d hosts were refused. Further ones are not logged.", _MAX_LOGGED)
        else:
            _LOG.warning("%s", refusal.as_line())


def _response(refusal: Refusal, headers: Headers, path: str) -> Response:
    if path.endswith(SETTING_PATH):
        # Streamlit's page shows an error's text only if it is JSON.
        return JSONResponse(refusal.as_text(), STATUS, _HEADERS)
    if "text/html" in headers.get("accept", ""):
        return HTMLResponse(refusal.as_page(), STATUS, _HEADERS)
    return PlainTextResponse(refusal.as_text(), STATUS, _HEADERS)


def _authority(origin: str) -> str | None:
    return origin.partition("://")[2] or None


def _name(origin: str) -> str | None:
    return host_name(_authority(origin) or origin)


def _origin_of(address: str | None) -> str | None:
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
