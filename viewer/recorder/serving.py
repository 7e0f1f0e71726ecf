"""Serve a recorder in a thread while something else runs in this one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

_LOOKS_EVERY_S = 0.005

# How uvicorn serves a recorder.
SERVER_OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    # The upstream's own headers are forwarded.
    "server_header": False,
    "date_header": False,
    # The end of the recorder ends a recording that is still running, and writes what has arrived.
    "timeout_graceful_shutdown": 2,
    "lifespan": "on",
}


@contextmanager
def serving(app: Starlette, host: str, port: int) -> Iterator[str]:
    """Serve an application and yield its address. At the end, wait until everything is written.

    Args:
        app: what to serve.
        host: the address to listen on.
        port: the port; 0 for any that is free.

    Raises:
        OSError: the port cannot be used, or the server does not start.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    server = uvicorn.Server(uvicorn.Config(app, **SERVER_OPTIONS))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="recorder")
    thread.start()
    try:
        while not server.started:
            thread.join(_LOOKS_EVERY_S)
            if not thread.is_alive():
                raise OSError("the recorder does not start")
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
