"""What is sent for one request, and sending it: each piece at its time."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from starlette.types import Message, Receive, Send

from viewer.playback.ending import Ending
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
    event_ends: tuple[int, ...]
    """The byte offset in the whole body at which each event ends, also of those that are not sent because the response is cut."""
    is_cut: bool = False
    """Whether the connection is closed after the last piece, without the end of the response."""
    has_headers: bool = True
    """Whether anything is sent at all before the connection is closed."""

    @property
    def body(self) -> bytes:
        """What is sent of the body."""
        return b"".join(piece.data for piece in self.pieces)


class Outcome(NamedTuple):
    """How far a delivery came."""

    ending: Ending
    has_headers: bool
    """Whether the headers were sent."""
    sent_bytes: int


class CutError(Exception):
    """Makes the server close the connection in the middle of a response."""


def delivery_of(playable: Playable, speed: float = 1.0) -> Delivery:
    """Return what is sent if nothing is changed but the speed."""
    schedule = playable.schedule
    cuts = pairwise((0, *schedule.ends))
    pieces = tuple(
        Piece(playable.body[begin:end], due_s / speed) for (begin, end), due_s in zip(cuts, schedule.due_s, strict=True)
    )
    return Delivery(playable.status, playable.headers, schedule.headers_s / speed, pieces, schedule.event_ends)


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
        self._sent_bytes = 0
        self._has_started = False

    async def run(self, delivery: Delivery) -> Outcome:
        """Send a delivery until its end, or until the client leaves or the server stops.

        The caller must raise `CutError` after one that ended as "cut" or "stopped with the server".
        """
        is_sent = False
        try:
            async with _while_connected(self._receive):
                await self._send_all(delivery)
                is_sent = True
            if is_sent and not delivery.has_headers:
                await _close_unanswered(self._send)
        except asyncio.CancelledError:
            return self._outcome("stopped with the server")
        # Some clients close the connection at the last event that they need.
        if is_sent or (self._has_started and self._sent_bytes == len(delivery.body)):
            return self._outcome("cut" if delivery.is_cut else "complete")
        return self._outcome("left by the client")

    def _outcome(self, ending: Ending) -> Outcome:
        return Outcome(ending, self._has_started, self._sent_bytes)

    async def _send_all(self, delivery: Delivery) -> None:
        await self._wait_until(delivery.headers_s)
        if not delivery.has_headers:
            return
        await self._send(_start(delivery))
        self._has_started = True
        for piece in delivery.pieces:
            await self._wait_until(piece.due_s)
            await self._send({"type": "http.response.body", "body": piece.data, "more_body": True})
            self._sent_bytes += len(piece.data)
        if not delivery.is_cut:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _wait_until(self, due_s: float) -> None:
        delay_s = self._start_s + due_s - asyncio.get_running_loop().time()
        # Also if nothing waits: only between two turns of the loop is it seen that the client has left.
        if delay_s > 0 or due_s == 0:
            await asyncio.sleep(max(delay_s, 0))


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


async def _close_unanswered(send: Send) -> None:
    """Close the connection before anything is sent. ASGI has no message for it, so uvicorn's own connection is closed.

    Any other server answers 500 in place of the missing response.
    """
    while isinstance(send, partial):
        # Starlette's middleware for pages of other sites wraps it so.
        send = send.keywords["send"]
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.close()
        # Until uvicorn knows that the connection is closed, it would answer 500 too.
        await asyncio.sleep(0.01)


def _start(delivery: Delivery) -> Message:
    headers = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in delivery.headers
    ]
    return {"type": "http.response.start", "status": delivery.status, "headers": headers}
