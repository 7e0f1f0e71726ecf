"""Who may ask the server: programs of this machine, and pages of the sites that are allowed.

Without these checks a page of any site could read the recordings: by a request to this machine, or through a host name of its own that it
points to this machine (DNS rebinding).
"""

from collections.abc import Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_MISDIRECTED_REQUEST = 421


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
        message = "cassette-viewer serve answers only requests to 127.0.0.1 or localhost. Start it with --host to serve other names."
        refusal = JSONResponse({"error": {"type": "cassette_viewer", "message": message}}, _MISDIRECTED_REQUEST)
        await refusal(scope, receive, send)
