"""Handing files to the viewer that already runs."""

import hmac
import http.client
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Timer

from viewer.cli.opening.running import Running
from viewer.pages.server.handover_message import FILES_PATH, HELLO_PATH, HOST, Answer, Asked, proof

# One that is busy reading still answers at once.
_HELLO_TIMEOUT_S = 2.0
# A proof has 64. What another program says instead may have no end.
_MAX_HELLO_BYTES = 100
# It opens the file before it answers.
_TIMEOUT_S = 300.0


def hand_over(running: Running, asked: Asked) -> Answer | None:
    """Hand files to a viewer. Return None if it does not run any more."""
    nonce = secrets.token_hex(16)
    shown = _ask(running, "GET", f"{HELLO_PATH}?nonce={nonce}", _HELLO_TIMEOUT_S, max_bytes=_MAX_HELLO_BYTES)
    # Another program may have its port now.
    if shown is None or not hmac.compare_digest(shown, proof(running.token, nonce).encode()):
        return None
    answer = _ask(running, "POST", FILES_PATH, _TIMEOUT_S, asked.to_json())
    try:
        return None if answer is None else Answer.from_json(answer)
    except (ValueError, KeyError, TypeError):
        return None


def _ask(
    running: Running, method: str, path: str, timeout_s: float, body: bytes | None = None, max_bytes: int | None = None
) -> bytes | None:
    headers = {} if body is None else {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection(HOST, running.port, timeout=timeout_s)) as connection:
        try:
            connection.connect()
            with _ended_after(connection.sock, timeout_s):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.read(max_bytes) if answer.status == http.client.OK else None
        except (OSError, http.client.HTTPException):
            return None


@contextmanager
def _ended_after(connection: socket.socket, timeout_s: float) -> Iterator[None]:
    """End a connection after this time, however often something arrives: its own timeout counts from what arrived last."""

    def end() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
