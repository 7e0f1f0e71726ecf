"""Serve recordings from Python, for as long as a block runs."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn

from viewer.playback.app import playback_app
from viewer.playback.playable import playables_of
from viewer.redaction.cassette import Redaction
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load

HOST = "127.0.0.1"
# The recorded headers are served, and no others of the server.
SETTINGS: dict[str, Any] = {
    "log_level": "critical",
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "lifespan": "off",
    "timeout_graceful_shutdown": 1,
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that plays recordings."""

    url: str
    """Its address, such as "http://127.0.0.1:8801". Any base URL that begins with it works, such as `server.url + "/v1"`."""


Source = Cassette | str | os.PathLike[str]


@contextlib.contextmanager
def serve(*sources: Source, speed: float = 1.0, port: int = 0, redact: bool | Redaction = True) -> Iterator[Server]:
    """Play recordings to real clients while the block runs.

    Args:
        sources: cassettes, or paths of recordings.
        speed: how many times as fast as recorded; `math.inf` does not wait.
        port: the port to listen on, on this machine only; 0 takes a free one.
        redact: whether to remove secrets from what is served; a `viewer.Redaction` says what else to remove.
    """
    redaction = (redact or None) if redact is not True else Redaction()
    playables = [
        playable
        for source in sources
        for playable in playables_of(source if isinstance(source, Cassette) else load(source), redaction)
    ]
    with socket.create_server((HOST, port)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(playback_app(playables, speed=speed), **SETTINGS)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Server(f"http://{HOST}:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()
