"""What a client asks, as it comes."""

import time
from dataclasses import dataclass

from starlette.types import Receive, Scope

from viewer.playback.arrival import arrival_s
from viewer.types.http import Headers, Request

# A request with pictures may have tens of megabytes. More than this no provider accepts.
_MAX_REQUEST_BYTES = 256 << 20


class RequestTooLargeError(Exception):
    """A request has more bytes than any provider accepts."""


class ClientLeftError(Exception):
    """The client left before its request had come in whole."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and when it came."""

    number: int
    start_s: float
    """By the clock of the event loop."""
    started_s: float
    """In epoch seconds."""
    path: str
    request: Request


def asked_by(scope: Scope, method: str, number: int) -> Asked:
    """Return a request, whose body has not been read."""
    request = Request(method, _target(scope), _headers(scope))
    return Asked(number, arrival_s(scope), time.time(), scope["path"], request)


async def read_body(receive: Receive) -> bytes:
    """Return the body of a request. Raise `RequestTooLargeError` or `ClientLeftError`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        body += message.get("body", b"")
        if len(body) > _MAX_REQUEST_BYTES:
            raise RequestTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _target(scope: Scope) -> str:
    # The path as it was sent: decoded, a / or ? inside a name would look like a separator.
    path: str = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    query: str = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _headers(scope: Scope) -> Headers:
    return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
