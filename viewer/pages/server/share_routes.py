"""Routes that serve published pages: each by its own address, in a sandbox without an origin, and no list of them.

`streamlit.App("page.py", routes=routes(store))` adds them to the server of the pages. What a page holds was recorded, so that it
gets nothing of this server: its scripts run without its cookies and its storage, and reach no network.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from viewer.pages.server.shares import ShareStore
from viewer.text.html import escape

PATH = "/share/{id}"

# Downloads save the recording; a modal shows a link where the clipboard is closed. The page itself allows only its own script.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-scripts allow-downloads allow-modals"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    # What has expired or was withdrawn must not come out of a cache.
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def share_path(identity: str) -> str:
    """Return the address of a published page, below that of the server."""
    return PATH.replace("{id}", identity)


def routes(store: ShareStore | None) -> list[Route]:
    """Return the routes of a store; none without one."""
    if store is None:
        return []

    # A plain function: Starlette runs it beside the loop, which reading a file would hold up.
    def serve(request: Request) -> Response:
        page = store.read(request.path_params["id"])
        return HTMLResponse(_MISSING, 404, _HEADERS) if page is None else HTMLResponse(page, 200, _HEADERS)

    return [Route(PATH, serve, methods=["GET"])]


_SAID = "This page is not here. It has expired, was withdrawn, or the link is not complete."
_MISSING = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Not here</title>
<style>body {{ margin: 15vh auto; max-width: 34em; padding: 0 16px; font: 16px/1.5 system-ui, sans-serif }}</style>
</head>
<body><main><h1>Not here</h1><p>{escape(_SAID)}</p></main></body>
</html>
"""
