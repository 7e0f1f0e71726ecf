"""Serve a recorder with uvicorn: until Ctrl-C, or in a thread while something else runs in this one."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

from viewer.playback.running import without_collection_of_what_is_loaded

_LOOKS_EVERY_S = 0.005
_SETTINGS: dict[str, Any] = {
    # The recorder says itself what goes wrong. A traceback would be written over what a program draws.
    "log_level": "critical",
    "access_log": False,
    # The upstream's own headers are forwarded.
    "server_header": False,
    "date_header": False,
    # The end of the recorder ends a recording that is still running, and writes what has arrived.
    "timeout_graceful_shutdown": 2,
    "lifespan": "on",
}


def serve_until_stopped(app: Starlette, listening: socket.socket) -> None:
    """Serve a recorder until Ctrl-C, or until the process is told to end. Everything is written then."""
    with without_collection_of_what_is_loaded(), contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, **_SETTINGS)).run([listening])


@contextlib.contextmanager
def serving(app: Starlette, listening: socket.socket) -> Iterator[None]:
    """Serve a recorder while a block runs. At its end, wait until everything is written. Raise `OSError` if it does not start."""
    server = uvicorn.Server(uvicorn.Config(app, **_SETTINGS))
    thread = threading.Thread(target=server.run, args=([listening],), name="recorder")
    with without_collection_of_what_is_loaded():
        thread.start()
        try:
            while not server.started:
                thread.join(_LOOKS_EVERY_S)
                if not thread.is_alive():
                    raise OSError("the server does not start")
            yield
        finally:
            server.should_exit = True
            thread.join()
