"""Record streams with the arrival time of every event: a local proxy to point the base URL of any SDK at.

It passes requests on to one upstream and every piece of the answer on as it comes, and writes a cassette for each exchange
when it is over, also where the client hung up or the upstream died.
"""

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable
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
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events

# Of one connection only, RFC 9110, 7.6.1; the host is the proxy's own, and a compressed stream could not be timed by event.
_NOT_PASSED_ON = frozenset(
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
_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9.-]+")
# A model may think for minutes before its first event.
_TIMEOUT = httpx2.Timeout(600.0, connect=30.0)

Clock = Callable[[], float]


def recorder_app(
    upstream: str,
    folder: Path,
    *,
    said: Callable[[str], None] = print,
    clock: Clock = time.perf_counter,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the proxy as an ASGI application.

    Args:
        upstream: the address that requests are passed on to, such as "https://api.openai.com".
        folder: where cassettes are written; made where it is not there.
        said: told in a line what was recorded.
        clock: seconds from any moment; only for tests.
        transport: how the upstream is reached; only for tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = httpx2.AsyncClient(
        timeout=_TIMEOUT,
        limits=httpx2.Limits(max_connections=None),
        transport=transport,
        follow_redirects=False,
        # What a client did not send is not the proxy's to add: neither a cookie that another client was given, nor .netrc.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
    )
    client.headers.clear()

    async def pass_on(request: Request) -> Response:
        target = _target(upstream, request)
        body = await request.body()
        sent = [(name, value) for name, value in request.headers.items() if name not in _NOT_PASSED_ON]
        passed = [*sent, ("accept-encoding", "identity")]
        asked = client.build_request(request.method, target, headers=passed, content=body)
        exchange = Exchange(request.method, target, sent, body, time.time())
        begin = clock()
        try:
            answer = await _answer_while_asked(client, asked, request)
        except httpx2.HTTPError as error:
            said(f"{request.method} {urlsplit(target).path}: the upstream cannot be reached ({error!r})")
            return JSONResponse({"error": {"message": f"The upstream cannot be reached: {error!r}"}}, 502)
        if answer is None:
            said(f"{request.method} {urlsplit(target).path}: the client hung up before the response began")
            return Response(status_code=499)
        exchange.headers_s = clock() - begin
        exchange.status = answer.status_code
        exchange.response_headers = list(answer.headers.multi_items())
        response = StreamingResponse(_watched(answer, exchange, begin, clock, folder, said), answer.status_code)
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower() == b"content-length" or name.decode("latin-1").lower() not in _NOT_PASSED_ON
        ]
        return response

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await client.aclose()

    return Starlette(routes=[Route("/{path:path}", pass_on, methods=_METHODS)], lifespan=lifespan)


def _target(upstream: str, request: Request) -> str:
    # As it was sent: in a decoded path a / or ? that belongs to a name would stand for more than itself.
    path = request.scope["raw_path"].decode("ascii").partition("?")[0]
    query = request.scope["query_string"].decode("ascii")
    return f"{upstream.rstrip('/')}{path}" + f"?{query}" * bool(query)


async def _answer_while_asked(
    client: httpx2.AsyncClient, asked: httpx2.Request, request: Request
) -> httpx2.Response | None:
    """Return the answer of the upstream; None where the client leaves before it begins, so that no one pays for it."""
    answer: httpx2.Response | None = None
    trouble: httpx2.HTTPError | None = None
    async with anyio.create_task_group() as group:

        async def stop_when_left() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(stop_when_left)
        try:
            answer = await client.send(asked, stream=True)
        except httpx2.HTTPError as error:
            trouble = error
        group.cancel_scope.cancel()
    if trouble is not None:
        raise trouble
    return answer


async def _watched(
    answer: httpx2.Response,
    exchange: Exchange,
    begin: float,
    clock: Clock,
    folder: Path,
    said: Callable[[str], None],
) -> AsyncIterator[bytes]:
    """Yield every piece of an answer as it comes, and write the cassette when there are no more, for whatever reason."""
    exchange.trouble = "the client hung up before the end of the response"
    try:
        async for piece in answer.aiter_raw():
            exchange.body += piece
            exchange.blocks.append((len(exchange.body), clock() - begin))
            yield piece
        exchange.trouble = ""
    except httpx2.HTTPError as error:
        exchange.trouble = f"the upstream broke off ({type(error).__name__})"
        # Ending the response as if it were whole would hide from the client that it is not.
        raise
    finally:
        # A client that hung up cancels this task; the cassette is written all the same, and beside the other streams.
        with anyio.CancelScope(shield=True):
            try:
                await answer.aclose()
            finally:
                said(await anyio.to_thread.run_sync(_written, exchange, folder))


def _written(exchange: Exchange, folder: Path) -> str:
    """Write the cassette of one exchange and return what to say of it."""
    size = f"{exchange.status}, {len(exchange.body):,} bytes"
    try:
        name = write_cassette(exchange, folder).name
    except OSError as error:
        # The client has its answer, whatever became of the recording.
        return f"{exchange.method} {urlsplit(exchange.url).path}: {size}; not recorded: {error}"
    return f"{name}: {size}" + f"; {exchange.trouble}" * bool(exchange.trouble)


def write_cassette(exchange: Exchange, folder: Path) -> Path:
    """Write the cassette of one exchange under a name of its own, and return where."""
    at = datetime.fromtimestamp(exchange.started_epoch_s, UTC)
    place = _NO_FILE_NAME.sub("-", urlsplit(exchange.url).path.strip("/"))[:80] or "root"
    name = f"{at:%Y%m%dT%H%M%S.%f}_{exchange.method}_{place}"
    number = 0
    text = cassette_text(exchange, arrivals_of(exchange))
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
    """Return where each event ends in the body and when its last byte came; of a body that is no stream, each piece."""
    if not exchange.blocks:
        return {"s": [], "ends": []}
    block_ends, block_s = (np.array(column) for column in zip(*exchange.blocks, strict=True))
    headers = {name.lower(): value for name, value in exchange.response_headers}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    framed = None if headers.get("content-encoding") else split_events(media_type, bytes(exchange.body))
    ends = block_ends if framed is None else payload_ends(framed.events, bytes(exchange.body))
    came = block_s[np.minimum(np.searchsorted(block_ends, ends), len(block_s) - 1)]
    return {"s": [round(float(second), 6) for second in came], "ends": [int(end) for end in ends]}
