"""A local proxy that records streams with the arrival time of every event. Any SDK can use it as its base URL.

It forwards requests to one upstream, and each block of the response as it arrives. When an exchange ends it writes a cassette,
even if the client hung up or the upstream failed.
"""

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpx2
import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from viewer.cassettes.go_vcr_writer import Exchange, cassette_text
from viewer.cli.output import log
from viewer.redaction.finder import may_hold_secret
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events

# Headers of one connection (RFC 9110, 7.6.1). The host is the proxy's own, and a compressed stream could not be timed by event.
_NOT_FORWARDED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9.-]+")
# A model may think for minutes before its first event.
_TIMEOUT = httpx2.Timeout(600.0, connect=30.0)

Clock = Callable[[], float]


def recorder_app(
    upstream: str,
    folder: Path,
    *,
    log: Callable[[str], None] = log,
    clock: Clock = time.perf_counter,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the proxy as an ASGI application.

    Args:
        upstream: the address that requests are forwarded to, such as "https://api.openai.com".
        folder: where cassettes are written; created if it does not exist.
        log: receives one line for each exchange.
        clock: returns seconds since any fixed moment; only for tests.
        transport: how the upstream is reached; only for tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
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
    recorder = _Recorder(upstream, folder, client, log, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await client.aclose()

    return Starlette(routes=[Route("/{path:path}", recorder.forward, methods=_METHODS)], lifespan=lifespan)


@dataclass(frozen=True, slots=True, eq=False)
class _Recorder:
    """Forwards requests to one upstream and records the exchanges."""

    upstream: str
    folder: Path
    client: httpx2.AsyncClient
    log: Callable[[str], None]
    clock: Clock

    async def forward(self, request: Request) -> Response:
        """Forward one request and return the response, whose cassette is written when its body ends."""
        url = _target_url(self.upstream, request)
        body = await request.body()
        headers = [(name, value) for name, value in request.headers.items() if name not in _NOT_FORWARDED]
        forwarded = self.client.build_request(
            request.method, url, headers=[*headers, ("accept-encoding", "identity")], content=body
        )
        exchange = Exchange(request.method, url, headers, body, time.time())
        start_s = self.clock()
        try:
            response = await _send_while_connected(self.client, forwarded, request)
        except httpx2.HTTPError as error:
            self.log(f"{_request_line(exchange)}: the upstream cannot be reached ({error!r})")
            return JSONResponse({"error": {"message": f"The upstream cannot be reached: {error!r}"}}, 502)
        if response is None:
            self.log(f"{_request_line(exchange)}: the client hung up before the response began")
            return Response(status_code=499)
        exchange.headers_s = self.clock() - start_s
        exchange.status = response.status_code
        exchange.response_headers = list(response.headers.multi_items())
        returned = StreamingResponse(self._record_body(response, exchange, start_s), response.status_code)
        returned.raw_headers = _returned_headers(response)
        return returned

    async def _record_body(self, response: httpx2.Response, exchange: Exchange, start_s: float) -> AsyncIterator[bytes]:
        """Yield each block of the body as it arrives. Write the cassette when the body ends, for whatever reason."""
        exchange.trouble = "the client hung up before the end of the response"
        try:
            async for block in response.aiter_raw():
                exchange.body += block
                exchange.blocks.append((len(exchange.body), self.clock() - start_s))
                yield block
            exchange.trouble = ""
        except httpx2.HTTPError as error:
            exchange.trouble = f"the upstream broke off ({type(error).__name__})"
            # A normal end of the response would hide from the client that it is incomplete.
            raise
        finally:
            # A client that hangs up cancels this task. The cassette is written all the same, in a thread, so that other
            # streams go on.
            with anyio.CancelScope(shield=True):
                try:
                    await response.aclose()
                finally:
                    self.log(await anyio.to_thread.run_sync(_write_and_describe, exchange, self.folder))


def _target_url(upstream: str, request: Request) -> str:
    # The path as it was sent: decoded, a / or ? inside a name would look like a separator.
    path = request.scope["raw_path"].decode("ascii").partition("?")[0]
    query = request.scope["query_string"].decode("ascii")
    return f"{upstream.rstrip('/')}{path}" + f"?{query}" * bool(query)


def _request_line(exchange: Exchange) -> str:
    return f"{exchange.method} {urlsplit(exchange.url).path}"


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


def _write_and_describe(exchange: Exchange, folder: Path) -> str:
    """Write the cassette of one exchange and return a line for the log."""
    size = f"{exchange.status}, {len(exchange.body):,} bytes"
    try:
        name = write_cassette(exchange, folder).name
    except OSError as error:
        # The client has its response all the same.
        return f"{_request_line(exchange)}: {size}; not recorded: {error}"
    return f"{name}: {size}" + f"; {exchange.trouble}" * bool(exchange.trouble)


def write_cassette(exchange: Exchange, folder: Path) -> Path:
    """Write the cassette of one exchange to a new file, and return its path."""
    started = datetime.fromtimestamp(exchange.started_epoch_s, UTC)
    place = _NOT_IN_FILE_NAMES.sub("-", urlsplit(exchange.url).path.strip("/"))[:80] or "root"
    name = f"{started:%Y%m%dT%H%M%S.%f}_{exchange.method}_{place}"
    number = 0
    text = cassette_text(exchange, arrivals_of(exchange), may_hold_secret)
    while True:
        path = folder / f"{name}{f'_{number}' if number else ''}.yaml"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return path


def arrivals_of(exchange: Exchange) -> dict[str, Any]:
    """Return where each event ends in the body and when its last byte arrived. A body that is not a stream has blocks instead."""
    if not exchange.blocks:
        return {"s": [], "ends": []}
    block_ends, block_s = (np.array(column) for column in zip(*exchange.blocks, strict=True))
    headers = {name.lower(): value for name, value in exchange.response_headers}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    framed = None if headers.get("content-encoding") else split_events(media_type, bytes(exchange.body))
    ends = block_ends if framed is None else payload_ends(framed[0], bytes(exchange.body))
    arrived_s = block_s[np.minimum(np.searchsorted(block_ends, ends), len(block_s) - 1)]
    return {"s": [round(float(second), 6) for second in arrived_s], "ends": [int(end) for end in ends]}
