"""A local proxy that records streams with the arrival time of every event. Any SDK can use it as its base URL.

It forwards requests to an upstream, and each block of the response as it arrives. When an exchange ends it has a cassette written
without its secrets, even if the client hung up or the upstream failed. What the client receives is not changed.
"""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import anyio
import httpx2
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.recorder.exchange import Exchange
from viewer.recorder.exchange_file import Written, masked_path
from viewer.recorder.exchange_writer import ExchangeWriter
from viewer.recorder.tally import Tally
from viewer.recorder.upstreams import Upstreams, find_upstream
from viewer.recorder.watchers import Watcher, Watchers
from viewer.types.http import CONNECTION_HEADERS

# The host is the proxy's own, and a compressed stream could not be timed by event.
_NOT_FORWARDED = CONNECTION_HEADERS | {"accept-encoding", "content-length", "host"}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
# A model may think for minutes before its first event.
_TIMEOUT = httpx2.Timeout(600.0, connect=30.0)

Clock = Callable[[], float]


def recorder_app(
    upstream: str | Upstreams,
    folder: Path,
    *,
    redact: bool = True,
    log: Callable[[str], None],
    tally: Tally | None = None,
    watchers: Sequence[Watcher] = (),
    keep: bool = True,
    clock: Clock = time.perf_counter,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the proxy as an ASGI application.

    Args:
        upstream: the address that requests are forwarded to, such as "https://api.openai.com", or several by their names.
        folder: where cassettes are written; created if it does not exist.
        redact: whether to remove secrets from URLs and bodies. Headers that carry secrets are never written.
        log: receives one line for each exchange.
        tally: counts the requests, and what was recorded of them.
        watchers: are told of each exchange while it runs.
        keep: whether to start a keeper, so that a recorder that is killed loses nothing.
        clock: returns seconds since any fixed moment; only for tests.
        transport: how the upstream is reached; only for tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = tally or Tally()
    client = httpx2.AsyncClient(
        timeout=_TIMEOUT,
        limits=httpx2.Limits(max_connections=None),
        transport=transport,
        follow_redirects=False,
        # The proxy must not add what a client did not send: neither a cookie that another client received, nor .netrc.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
    )
    client.headers.clear()

    def note(written: Written) -> None:
        counts.note(written)
        log(written.line)

    writer = ExchangeWriter(folder, note, log, redact=redact, keep=keep)
    upstreams = {"": upstream} if isinstance(upstream, str) else upstream
    recorder = _Recorder(upstreams, client, Watchers(writer, watchers, log), counts, log, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with writer:
            yield
        await client.aclose()

    routes = [
        Route("/{path:path}", recorder.forward, methods=_METHODS),
        WebSocketRoute("/{path:path}", recorder.refuse_socket),
    ]

    async def failed(request: Request, error: Exception) -> Response:
        # That the upstream broke off is told with the recording.
        if not isinstance(error, httpx2.HTTPError):
            log(f"{request.method} {masked_path(request.url.path)}: the recorder failed ({type(error).__name__})")
        return JSONResponse({"error": {"message": "The recorder failed."}}, 500)

    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={Exception: failed})


@dataclass(frozen=True, slots=True, eq=False)
class _Recorder:
    """Forwards requests to upstreams and tells watchers of the exchanges."""

    upstreams: Upstreams
    client: httpx2.AsyncClient
    watchers: Watchers
    tally: Tally
    log: Callable[[str], None]
    clock: Clock
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def forward(self, request: Request) -> Response:
        """Forward one request and return the response, whose cassette is written when its body ends."""
        # The path as it was sent: decoded, a / or ? inside a name would look like a separator.
        path = request.scope["raw_path"].decode("ascii").partition("?")[0]
        target = find_upstream(self.upstreams, path)
        if target is None:
            return self._refuse(request.method, path)
        name, url = target
        self.tally.requests[name] += 1
        query = request.scope["query_string"].decode("ascii")
        url += f"?{query}" * bool(query)
        headers = [(name, value) for name, value in request.headers.items() if name not in _NOT_FORWARDED]
        try:
            body = await request.body()
        except ClientDisconnect:
            self.log(f"{request.method} {masked_path(path)}: the client hung up before its request had come in whole")
            return Response(status_code=499)
        # As bytes, as they came: a name of an application, for example, may be no ASCII.
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        forwarded = self.client.build_request(
            request.method, url, headers=[*sent, (b"accept-encoding", b"identity")], content=body
        )
        exchange = Exchange(request.method, url, headers, body, time.time(), number=next(self.numbers))
        start_s = self.clock()
        try:
            response = await _send_while_connected(self.client, forwarded, request)
        except httpx2.HTTPError as error:
            self.log(f"{_request_line(exchange)}: the upstream cannot be reached ({_reason(error)})")
            return JSONResponse({"error": {"message": f"The upstream cannot be reached: {error!r}"}}, 502)
        if response is None:
            self.log(f"{_request_line(exchange)}: the client hung up before the response began")
            return Response(status_code=499)
        exchange.headers_s = self.clock() - start_s
        exchange.status = response.status_code
        exchange.response_headers = list(response.headers.multi_items())
        # Until it has ended.
        exchange.trouble = "the client hung up before the end of the response"
        return _RecordedResponse(response, self._blocks(response, exchange, start_s), exchange, self.watchers)

    async def refuse_socket(self, socket: WebSocket) -> None:
        """Refuse a WebSocket, which this recorder cannot forward, and say so."""
        shown = masked_path(socket.url.path)
        if target := find_upstream(self.upstreams, socket.url.path):
            self.tally.requests[target[0]] += 1
        self.log(
            f"WebSocket {shown}: refused, because only HTTP is recorded. Let the client connect to the upstream itself"
        )
        message = "The recorder forwards HTTP only. Connect to the upstream itself."
        await socket.send_denial_response(JSONResponse({"error": {"message": message}}, 501))

    def _refuse(self, method: str, path: str) -> Response:
        """Answer a request that names no upstream."""
        shown = masked_path(path)
        message = (
            f"The recorder has no upstream for {shown}. The path must begin with the name of one of its upstreams."
        )
        self.log(f"{method} {shown}: no upstream has this name; known are {', '.join(self.upstreams)}")
        return JSONResponse({"error": {"message": message, "upstreams": list(self.upstreams)}}, 404)

    async def _blocks(self, response: httpx2.Response, exchange: Exchange, start_s: float) -> AsyncIterator[bytes]:
        """Yield each block of the body as it arrives."""
        try:
            async for block in response.aiter_raw():
                exchange.body += block
                exchange.blocks.append((len(exchange.body), self.clock() - start_s))
                self.watchers.grew(exchange)
                yield block
            exchange.trouble = ""
        except httpx2.HTTPError as error:
            exchange.trouble = f"the upstream broke off ({type(error).__name__})"
            # A normal end of the response would hide from the client that it is incomplete.
            raise


class _RecordedResponse(StreamingResponse):
    """Passes a response on, and tells watchers when it ends, for whatever reason."""

    def __init__(
        self,
        upstream: httpx2.Response,
        blocks: AsyncIterator[bytes],
        exchange: Exchange,
        watchers: Watchers,
    ) -> None:
        super().__init__(blocks, upstream.status_code)
        self.raw_headers = _returned_headers(upstream)
        self._upstream = upstream
        self._exchange = exchange
        self._watchers = watchers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._watchers.began(self._exchange)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # A client that hangs up cancels this task.
            with anyio.CancelScope(shield=True):
                try:
                    await self._upstream.aclose()
                finally:
                    self._watchers.ended(self._exchange)


def _request_line(exchange: Exchange) -> str:
    return f"{exchange.method} {masked_path(exchange.url)}"


def _returned_headers(response: httpx2.Response) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower() == b"content-length" or name.decode("latin-1").lower() not in _NOT_FORWARDED
    ]


async def _send_while_connected(
    client: httpx2.AsyncClient, forwarded: httpx2.Request, request: Request
) -> httpx2.Response | None:
    """Return the response of the upstream. Cancel, and return None, if the client leaves first: nobody should pay for it."""
    response: httpx2.Response | None = None
    failure: httpx2.HTTPError | None = None
    async with anyio.create_task_group() as group:

        async def cancel_on_disconnect() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(cancel_on_disconnect)
        try:
            response = await client.send(forwarded, stream=True)
        except httpx2.HTTPError as error:
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return response


def _reason(error: httpx2.HTTPError) -> str:
    """Return what went wrong, without what an error may quote from a request."""
    is_from_network = isinstance(error, httpx2.NetworkError | httpx2.TimeoutException)
    return repr(error) if is_from_network else type(error).__name__
