"""Who may ask the server: programs of this machine, and pages of the sites that are allowed.

Without these checks a page of any site could read the recordings: by a request to this machine, or through a host name of its own that it
points to this machine (DNS rebinding).
"""

from collections.abc import Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from viewer.playback.refusal import refusal

_FORBIDDEN, _MISDIRECTED_REQUEST = 403, 421


def limit_access(app: ASGIApp, host: str, origins: Sequence[str]) -> ASGIApp:
    """Return an application that answers only who may ask.

    Args:
        app: the application.
        host: the address that the server listens on. On an address of this machine alone, requests under other host names are refused.
        origins: the sites whose pages may read answers, such as "http://localhost:3000"; "*" for all.
    """
    if origins:
        app = CORSMiddleware(
            app, allow_origins=origins, allow_methods=["*"], allow_headers=["*"], expose_headers=["*"], max_age=600
        )
    app = _SocketOrigins(app, origins)
    return _LocalHosts(app) if is_loopback(host) else app


def is_loopback(name: str) -> bool:
    """Tell whether a host name or address, without a port, is one of this machine alone."""
    name = name.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


class _LocalHosts:
    """Refuses requests under a host name that is not of this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "localhost")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if is_loopback(name):
            await self._app(scope, receive, send)
            return
        why = "only requests to 127.0.0.1 or localhost are answered. Start it with --host to serve other names."
        await refusal(_MISDIRECTED_REQUEST, why)(scope, receive, send)


class _SocketOrigins:
    """Refuses WebSockets of pages of other sites: a browser lets every page open one, and does not ask as for requests."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        # Programs send none, or the address of the server itself.
        is_own = not origin or origin.partition("://")[2] == headers.get("host")
        if scope["type"] != "websocket" or is_own or self._origins & {origin, "*"}:
            await self._app(scope, receive, send)
            return
        why = "pages of other sites are not answered. Start it with --allow-origin to let this one read answers."
        await refusal(_FORBIDDEN, why)(scope, receive, send)
