"""The server that plays recordings, as an ASGI application.

It answers a request with the recorded response that `viewer.playback.matching` finds: its status, its headers, and its body byte by byte, each
piece at its recorded time. It forwards nothing, and answers nothing that was not recorded.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.playback.delivery import INSTANT, Sender, delivery_of
from viewer.playback.matching import RequestIndex, index_requests
from viewer.playback.nearest import nearest
from viewer.playback.playable import Playable
from viewer.playback.socket_session import SocketSession
from viewer.playback.sockets import SocketPlayback
from viewer.types.http import Headers, Request

TIMES_HEADER = "cassette-viewer-times"
PLACE_HEADER = "cassette-viewer-recording"
NOTE_HEADER = "cassette-viewer-note"

# A request with pictures may have tens of megabytes. More than this no provider accepts.
MAX_REQUEST_BYTES = 256 << 20


class RequestTooLargeError(Exception):
    """A request has more bytes than any provider accepts."""


def playback_app(
    playables: Sequence[Playable],
    *,
    speed: float = 1.0,
    log: Callable[[str], None] = lambda _line: None,
) -> ASGIApp:
    """Return the server as an ASGI application.

    Args:
        playables: what it can answer, in recorded order.
        speed: how many times as fast as recorded; `INSTANT` does not wait.
        log: receives one line for each request.
    """
    served = [playable for playable in playables if not playable.trouble and not playable.sessions]
    sockets = SocketPlayback([session for playable in playables for session in playable.sessions], speed, log)
    return _Playback(served, index_requests([one.request for one in served]), sockets, speed, log)


@dataclass(frozen=True, slots=True, eq=False)
class _Playback:
    playables: Sequence[Playable]
    index: RequestIndex
    sockets: SocketPlayback
    speed: float
    log: Callable[[str], None]
    asked: Counter[Hashable] = field(default_factory=Counter)
    """How often each request was answered, by its key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.sockets.serve(
                WebSocket(scope, receive, send), _target(scope), lambda one: _said(one.known, one, self.speed, "")
            )
        if scope["type"] != "http":
            return
        start_s = asyncio.get_running_loop().time()
        try:
            request = Request(scope["method"], _target(scope), _headers(scope), await _read_body(receive))
        except RequestTooLargeError:
            await _refusal(413, "the request is too large.")(scope, receive, send)
            return
        found = self.index.find(request)
        if found is None:
            miss = nearest(self.index, request)
            self.log(f"{request.method} {scope['path']}: 404, not recorded")
            await JSONResponse(miss.to_json(), 404)(scope, receive, send)
            return
        # In recorded order, then the last again.
        turn = min(self.asked[found.key], len(found.places) - 1)
        self.asked[found.key] += 1
        playable = self.playables[found.places[turn]]
        self.log(
            f"{request.method} {scope['path']}: {playable.status}, {playable.place}; times {playable.schedule.known}"
        )
        delivery = delivery_of(playable, self.speed)
        delivery = replace(
            delivery, headers=(*delivery.headers, *_said(playable.schedule.known, playable, self.speed, found.note))
        )
        await Sender(receive, send, start_s).run(delivery)


def _said(known: str, served: Playable | SocketSession, speed: float, note: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that say what is served, and how its times are known."""
    if speed != 1:
        known += "; sent at once" if speed == INSTANT else f"; at {speed:g} times the speed"
    place = f"{quote(served.cassette)}#{served.interaction}"
    return ((TIMES_HEADER, known), (PLACE_HEADER, place), *([(NOTE_HEADER, note)] if note else []))


def _target(scope: Scope) -> str:
    # The path as it was sent: decoded, a / or ? inside a name would look like a separator.
    path: str = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    query: str = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _headers(scope: Scope) -> Headers:
    return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_REQUEST_BYTES:
            raise RequestTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"error": {"type": "cassette_viewer", "message": f"cassette-viewer serve: {why}"}}, status)
