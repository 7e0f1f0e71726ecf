"""The page that shows a recording as it is made, as an ASGI application.

It has a port of its own, so that it takes no path from the upstream. Every address begins with a token, and only the names of this
machine are answered: a page of another site can neither read it nor reach it under another name.
"""

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from viewer.playback.access import is_loopback
from viewer.recorder.live.delta import change_between
from viewer.recorder.live.page import LiveFiles
from viewer.recorder.live.session import MIN_INTERVAL_S, LiveSession
from viewer.recorder.live.state import View, read_unread, state_of

_KEEP_ALIVE_S = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_REFUSAL = "This page opens only by the address that `cassette-viewer record --follow` shows."


def live_app(session: LiveSession, files: LiveFiles, token: str) -> Starlette:
    """Return the application that shows a session to whoever has the token."""

    async def file(request: Request) -> Response:
        name = request.path_params.get("name", "")
        if not _is_allowed(request, token):
            return PlainTextResponse(_REFUSAL, 403, _HEADERS)
        content, media_type = files.get(name) or ("There is no such file.", "text/plain")
        return Response(content, 200 if name in files else 404, _HEADERS, media_type)

    async def events(request: Request) -> Response:
        if not _is_allowed(request, token):
            return PlainTextResponse(_REFUSAL, 403, _HEADERS)
        chosen = request.query_params.get("show", "")
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
        changes = _changes(session, number)
        return StreamingResponse(changes, headers=_HEADERS, media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/{token}/events", events, methods=["GET"]),
            Route("/{token}/{name}", file, methods=["GET"]),
            Route("/{token}/", file, methods=["GET"]),
        ]
    )


async def _changes(session: LiveSession, chosen: int | None) -> AsyncIterator[bytes]:
    """Yield how the state of one page changes, as server-sent events.

    Nothing queues up for a page that reads slowly or sleeps: it is sent the newest state when it has taken the one before.
    """
    sent: dict[str, Any] | None = None
    view = View(chosen)
    while True:
        version, began_s = session.version, time.monotonic()
        has_unread = read_unread(session)
        view = view.after(session)
        state = state_of(session, view.shown)
        change = {"v": state} if sent is None else change_between(sent, state)
        if change is not None:
            yield f"data: {json.dumps(change, allow_nan=False, separators=(',', ':'))}\n\n".encode()
        sent = state
        if session.is_over and not has_unread:
            return
        live = None if view.shown is None else session.exchanges[view.shown]
        has_unread = has_unread or (live is not None and not live.is_read)
        rest_s = MIN_INTERVAL_S - (time.monotonic() - began_s)
        await asyncio.sleep(max(rest_s, live.wait_s if live else 0.0))
        if not has_unread and not await session.wait_for_change(version, _KEEP_ALIVE_S):
            # Without it, a connection whose page is gone would never be noticed.
            yield b": nothing new\n\n"


def _is_allowed(request: Request, token: str) -> bool:
    """Tell whether a request has the token and asks for this machine by one of its own names."""
    given = str(request.path_params["token"]).encode(errors="surrogatepass")
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return hmac.compare_digest(given, token.encode()) and is_loopback(name or "")
