"""Run the server with uvicorn: until Ctrl-C, or in a thread while a block runs."""

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import uvicorn
from starlette.types import ASGIApp

from viewer.playback.arrival import ArrivalLoop, Connection
from viewer.playback.listening import HOST, address_of, listen

_START_TIMEOUT_S = 10.0
# Ctrl-C, `kill`, and a terminal that is closed.
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_SETTINGS: dict[str, Any] = {
    "log_level": "critical",
    "access_log": False,
    # The recorded headers are served, and none of the server's own.
    "server_header": False,
    "date_header": False,
    "lifespan": "off",
    # Realtime messages hold audio.
    "ws_max_size": 256 << 20,
    "http": Connection,
    "loop": f"{ArrivalLoop.__module__}:{ArrivalLoop.__qualname__}",
}


def run_until_stopped(app: ASGIApp, listening: socket.socket) -> None:
    """Run an ASGI application until Ctrl-C, or until the process is told to end."""
    with contextlib.suppress(KeyboardInterrupt), without_collection_of_what_is_loaded():
        _Server(uvicorn.Config(app, **_SETTINGS)).run([listening])


class Running(NamedTuple):
    """A server that runs in a thread."""

    url: str
    settle: Callable[[], None]
    """Waits until the server has done what it was doing: a client can have an answer before the server has counted it."""


@contextlib.contextmanager
def run_in_thread(app: ASGIApp, port: int) -> Iterator[Running]:
    """Run an ASGI application on this machine while a block runs."""
    with listen(HOST, port) as listening:
        server = _Server(uvicorn.Config(app, **_SETTINGS))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()

        def settle() -> None:
            if thread.is_alive():
                server.settle()

        try:
            yield Running(address_of(listening), settle)
        finally:
            # In a process that was forked from this one, no server runs.
            if thread.is_alive():
                server.stop()
            thread.join()


class _Server(uvicorn.Server):
    """A server that ends in a few milliseconds. Uvicorn's takes up to a fifth of a second, which every test would wait for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._runs = threading.Event()
        self._ends = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Wait until the server is told to end."""
        self._loop = asyncio.get_running_loop()
        self._runs.set()
        if not self.should_exit:
            await self._ends.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the responses that are being sent, and close all connections."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Cancelled tasks and closed connections end in the next turns of the loop.
        await asyncio.sleep(0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at signals, and let the caller do its last work. Uvicorn would send them again, and so end the process."""
        before = {}
        for number in _ending_signals():
            before[number] = signal.signal(number, self.handle_exit)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """End when a signal such as that of Ctrl-C comes."""
        super().handle_exit(sig, frame)
        self._end()

    def stop(self) -> None:
        """End the server, from another thread."""
        self._runs.wait(_START_TIMEOUT_S)
        self._end()

    def settle(self) -> None:
        """Wait for one turn of the loop, from another thread."""
        done = threading.Event()
        if self._runs.wait(_START_TIMEOUT_S) and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(done.set)
            done.wait(_START_TIMEOUT_S)

    def _end(self) -> None:
        # The loop sleeps: an event that is set from a thread or a signal handler does not wake it.
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ends.set)


def _ending_signals() -> Iterator[int]:
    """Yield the signals that end the server. Only the main thread can take them.

    What `nohup` ignores stays ignored. A shell ignores Ctrl-C for a program that a script starts with `&`, which must end all the same
    when the script sends it the signal.
    """
    if threading.current_thread() is threading.main_thread():
        numbers = (getattr(signal, name, None) for name in _ENDING_SIGNALS)
        nohup = getattr(signal, "SIGHUP", None)
        for number in numbers:
            if number is not None and not (number == nohup and signal.getsignal(number) == signal.SIG_IGN):
                yield number


@contextlib.contextmanager
def without_collection_of_what_is_loaded() -> Iterator[None]:
    """Let the garbage collector pass over what exists now, such as modules and recordings.

    It would look through all of it every few hundred requests, and hold up every stream for a tenth of a second. Only for a process that
    does nothing else: in another one, the collector must find what the program has made.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
