"""What is sent for one request, and sending it: each piece at its time."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from starlette.types import Message, Receive, Send

from viewer.playback.playable import Playable

INSTANT = math.inf
"""The speed at which nothing waits."""


class Piece(NamedTuple):
    """A part of a body that is sent at once."""

    data: bytes
    due_s: float
    """When it is sent, in seconds since the request."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent for one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    headers_s: float
    """When the headers are sent, in seconds since the request."""
    pieces: tuple[Piece, ...]
    is_cut: bool = False
    """Whether the connection is closed after the last piece, without the end of the response."""

    @property
    def size_bytes(self) -> int:
        """The length of the body."""
        return sum(len(piece.data) for piece in self.pieces)


class Outcome(NamedTuple):
    """How a delivery ended."""

    sent_pieces: int
    sent_bytes: int
    has_client_left: bool


class CutError(Exception):
    """Makes the server close the connection in the middle of a response."""


def delivery_of(playable: Playable, speed: float = 1.0) -> Delivery:
    """Return what is sent if nothing is changed but the speed."""
    schedule = playable.schedule
    cuts = pairwise((0, *schedule.ends))
    pieces = tuple(
        Piece(playable.body[begin:end], due_s / speed) for (begin, end), due_s in zip(cuts, schedule.due_s, strict=True)
    )
    return Delivery(playable.status, playable.headers, schedule.headers_s / speed, pieces)


class Sender:
    """Sends one delivery. Times are kept to one clock since the request, so that lateness does not add up.

    Args:
        receive: of the ASGI application.
        send: of the ASGI application.
        start_s: when the request came, by the clock of the event loop.
    """

    def __init__(self, receive: Receive, send: Send, start_s: float) -> None:
        self._receive = receive
        self._send = send
        self._start_s = start_s
        self._sent_pieces = 0
        self._sent_bytes = 0

    async def run(self, delivery: Delivery) -> Outcome:
        """Send a delivery until its end, or until the client leaves. Raise `CutError` at the end of one that is cut."""
        has_left = True
        async with _while_connected(self._receive):
            await self._send_all(delivery)
            has_left = False
        return Outcome(self._sent_pieces, self._sent_bytes, has_left)

    async def _send_all(self, delivery: Delivery) -> None:
        await self._wait_until(delivery.headers_s)
        await self._send(_start(delivery))
        for piece in delivery.pieces:
            await self._wait_until(piece.due_s)
            await self._send({"type": "http.response.body", "body": piece.data, "more_body": True})
            self._sent_pieces += 1
            self._sent_bytes += len(piece.data)
        if delivery.is_cut:
            raise CutError
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _wait_until(self, due_s: float) -> None:
        delay_s = self._start_s + due_s - asyncio.get_running_loop().time()
        if delay_s > 0:
            await asyncio.sleep(delay_s)


@contextlib.asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    """Leave the block at once when the client leaves, even if it waits."""
    task = asyncio.current_task()
    gone = asyncio.ensure_future(receive())

    def stop(_gone: asyncio.Future[Message]) -> None:
        if task is not None:
            task.cancel()

    gone.add_done_callback(stop)
    try:
        yield
    except asyncio.CancelledError:
        if task is None or not gone.done():
            raise
        task.uncancel()
    finally:
        gone.remove_done_callback(stop)
        gone.cancel()


def _start(delivery: Delivery) -> Message:
    headers = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in delivery.headers
    ]
    return {"type": "http.response.start", "status": delivery.status, "headers": headers}
