"""Routes that serve published pages, each at its own address in a sandbox without an origin. Nothing lists them.

`streamlit.App("page.py", routes=routes(store))` adds them to the app's server. A page holds recorded text, so it is not trusted: its
scripts have no access to this server's cookies and storage, nor to the network.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from viewer.pages.server.base_path import base_path
from viewer.pages.server.plain_page import plain_page
from viewer.pages.server.shares import ShareStore
from viewer.text.html import escape

PATH = "/share/{id}"

# Downloads save the recording, and a modal shows a link if the clipboard is blocked. The page itself allows only its own script.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-scripts allow-downloads allow-modals"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    # A page that has expired or was deleted must not come out of a cache.
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def share_path(identity: str) -> str:
    """Return the path of a published page on the server."""
    return base_path() + PATH.replace("{id}", identity)


def routes(store: ShareStore | None) -> list[Route]:
    """Return the routes of a store, or no routes without one."""
    if store is None:
        return []

    # Not async: Starlette runs it in a thread, because reading a file would block the event loop.
    def serve(request: Request) -> Response:
        page = store.read(request.path_params["id"])
        return HTMLResponse(_MISSING, 404, _HEADERS) if page is None else HTMLResponse(page, 200, _HEADERS)

    return [Route(base_path() + PATH, serve, methods=["GET"])]


_EXPLANATION = "It has expired or was deleted, or the link is incomplete."
_MISSING = plain_page("Page not found", f"<p>{escape(_EXPLANATION)}</p>")
