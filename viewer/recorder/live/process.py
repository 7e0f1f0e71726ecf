"""The process that shows a recording as it is made.

Python runs one thread at a time. Reading streams in a thread of the recorder would shift the times that it measures, so a process
of its own reads and shows them.
"""

import asyncio
import contextlib
import secrets
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from viewer.playback.listening import HOST, address_of, listen
from viewer.recorder.exchange import Exchange
from viewer.recorder.live.feed import LiveFeed, News
from viewer.recorder.live.recorded import Recorded

if TYPE_CHECKING:
    from viewer.recorder.live.session import LiveSession

_RANDOM_BYTES = 18
_START_S = 60.0
# How long the pages have to show the end, and the process to end, after the recorder has.
_END_S = 3.0
_EXAMPLE_EVENT = b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
_EXAMPLE = Exchange(
    "POST",
    "https://api.openai.com/v1/chat/completions",
    [],
    b'{"messages":[{"role":"user","content":"a"}]}',
    0.0,
    200,
    [("content-type", "text/event-stream")],
    body=bytearray(_EXAMPLE_EVENT),
    blocks=[(len(_EXAMPLE_EVENT), 0.1)],
)


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page that is served, and the watcher that tells it what the recorder records."""

    address: str
    """With the token, without which the page does not open."""
    watcher: LiveFeed


@contextlib.contextmanager
def live_page(recorded: Recorded) -> Iterator[LivePage]:
    """Serve the page while the context lasts. Raise `OSError` if its process does not start."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    context = get_context("spawn")
    here, there = context.Pipe()
    arguments = (there, token, recorded)
    process = context.Process(target=serve_live, args=arguments, name="live", daemon=True)
    process.start()
    there.close()
    try:
        address = _address_from(here)
        feed = LiveFeed(here.send)
        try:
            yield LivePage(f"{address}/{token}/", feed)
        finally:
            feed.close(_END_S)
    finally:
        # Without a sender, the process ends.
        here.close()
        process.join(_END_S)
        if process.is_alive():
            process.terminate()


def _address_from(connection: "Connection[list[News], str]") -> str:
    try:
        if connection.poll(_START_S):
            return connection.recv()
    except EOFError:
        pass
    raise OSError("the page that follows the recording did not start")


def serve_live(connection: "Connection[str, list[News]]", token: str, recorded: Recorded) -> None:
    """Serve the page of a recorder, whose news come over the connection, until it is closed. It first sends its address."""
    # Ctrl-C ends the recorder, which closes the connection when everything is written.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(connection, token, recorded))


async def _serve(connection: "Connection[str, list[News]]", token: str, recorded: Recorded) -> None:
    # Only this process needs these modules.
    import uvicorn  # noqa: PLC0415

    from viewer.recorder.live.app import live_app  # noqa: PLC0415
    from viewer.recorder.live.page import live_files  # noqa: PLC0415
    from viewer.recorder.live.reading import read_exchange  # noqa: PLC0415
    from viewer.recorder.live.session import LiveSession  # noqa: PLC0415

    class Server(uvicorn.Server):
        """A server that leaves the signals to the recorder."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    # The first reading loads modules and tables. It must not be one that a page waits for.
    read_exchange(_EXAMPLE, None, is_running=True)
    session = LiveSession()
    listening = listen(HOST, 0)
    config = uvicorn.Config(
        live_app(session, live_files(recorded), token),
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
    )
    server = Server(config)
    connection.send(address_of(listening))
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    arguments = (connection, loop, session, over)
    threading.Thread(target=_receive, args=arguments, name="live-news", daemon=True).start()
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await over.wait()
    # The pages are told of the end, and then have nothing more to ask.
    server.should_exit = True
    await serving


def _receive(
    connection: "Connection[str, list[News]]",
    loop: asyncio.AbstractEventLoop,
    session: "LiveSession",
    over: asyncio.Event,
) -> None:
    """Pass on what the recorder tells, until it has ended."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            loop.call_soon_threadsafe(session.add, connection.recv())
    loop.call_soon_threadsafe(session.end)
    loop.call_soon_threadsafe(over.set)
