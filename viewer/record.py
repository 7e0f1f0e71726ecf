"""Record streams with the arrival time of every event: a local proxy to point the base URL of any SDK at.

It passes requests on to one upstream and every piece of the answer on as it comes, and writes a cassette for each exchange
when it is over, also where the client hung up or the upstream died.
"""

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
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

from viewer.go_vcr_writer import Exchange, cassette_text
from viewer.wire.framing import frame

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
    client = httpx2.AsyncClient(timeout=_TIMEOUT, transport=transport, follow_redirects=False)

    async def pass_on(request: Request) -> Response:
        target = _target(upstream, request)
        body = await request.body()
        sent = [(name, value) for name, value in request.headers.items() if name not in _NOT_PASSED_ON]
        asked = client.build_request(
            request.method, target, headers=[*sent, ("accept-encoding", "identity")], content=body
        )
        exchange = Exchange(request.method, target, sent, body, time.time())
        begin = clock()
        try:
            answer = await client.send(asked, stream=True)
        except httpx2.HTTPError as error:
            said(f"{request.method} {urlsplit(target).path}: the upstream cannot be reached ({error!r})")
            return JSONResponse({"error": {"message": f"The upstream cannot be reached: {error!r}"}}, 502)
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
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{upstream.rstrip('/')}/{request.path_params['path']}{query}"


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
            path = await anyio.to_thread.run_sync(write_cassette, exchange, folder)
            await answer.aclose()
        said(
            f"{path.name}: {exchange.status}, {len(exchange.body):,} bytes"
            + f"; {exchange.trouble}" * bool(exchange.trouble)
        )


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
    framed = None if headers.get("content-encoding") else frame(media_type, bytes(exchange.body))
    ends = block_ends if framed is None else framed[0].offset + framed[0].size
    came = block_s[np.minimum(np.searchsorted(block_ends, ends), len(block_s) - 1)]
    return {"s": [round(float(second), 6) for second in came], "ends": [int(end) for end in ends]}
