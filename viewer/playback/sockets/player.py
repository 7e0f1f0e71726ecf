"""Playing one recorded WebSocket connection to a client: each message at its time, after the client's messages before it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from viewer.playback.ending import Ending
from viewer.playback.sockets.events import name_of, read_event
from viewer.playback.sockets.progress import SocketProgress
from viewer.playback.sockets.session import ServerMessage, SocketSession
from viewer.text.words import counted

_NORMAL_CLOSURE = 1000
# How long the client may keep silent where it sent something when this was recorded: long enough for a client that computes.
_PATIENCE_S = 1.0


class Played(NamedTuple):
    """How a session was played."""

    ending: Ending
    sent: int
    """How many of the recorded messages the client was sent."""
    note: str
    """How many messages the client sent, and in how many places they differ from the recorded ones."""


async def play_session(
    websocket: WebSocket,
    session: SocketSession,
    *,
    headers: Sequence[tuple[str, str]],
    speed: float,
    log: Callable[[str], None],
    start_s: float,
) -> Played:
    """Answer a handshake, and play a session.

    Args:
        websocket: the connection, before it is accepted.
        session: what is played.
        headers: those of the answer to the handshake.
        speed: how many times as fast as recorded; `INSTANT` does not wait.
        log: receives a line for each difference between what the client sends and what was recorded.
        start_s: when the client connected, by the clock of the event loop.
    """
    await asyncio.sleep(start_s + session.opened_s / speed - asyncio.get_running_loop().time())
    subprotocol = _subprotocol(session, websocket.scope.get("subprotocols", []))
    await websocket.accept(
        subprotocol, [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    )
    return await _SocketPlayer(websocket, session, speed, log, start_s).run()


class _SocketPlayer:
    """Plays one connection. Times count from the last message of the client that was waited for, so that gaps stay as recorded.

    Args:
        websocket: the accepted connection.
        session: what was recorded.
        speed: how many times as fast as recorded.
        log: receives a line for each difference.
        start_s: when the client connected, by the clock of the event loop.
    """

    def __init__(
        self, websocket: WebSocket, session: SocketSession, speed: float, log: Callable[[str], None], start_s: float
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._speed = speed
        self._log = log
        self._progress = SocketProgress(session.client)
        self._moved = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        # The message that is due at `_anchor_at_s` of the recording is sent at `_anchor_s` of the clock.
        self._anchor_s, self._anchor_at_s = start_s, 0.0
        self._last_s = start_s
        self._waited_for = 0
        self._late_place = -1
        self._sent = 0

    async def run(self) -> Played:
        """Play the connection until its end, or until the client leaves or the server stops."""
        tasks = [asyncio.ensure_future(self._read()), asyncio.ensure_future(self._play())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # Without waiting for the tasks: the loop ends in its next turns.
            return self._played("stopped with the server")
        finally:
            for task in tasks:
                task.cancel()
        for failed in await asyncio.gather(*tasks, return_exceptions=True):
            # A client may leave while a message is sent to it.
            if isinstance(failed, Exception) and not isinstance(failed, WebSocketDisconnect | RuntimeError):
                raise failed
        # Some clients leave at the last message that they need.
        is_complete = self._sent == len(self._session.server)
        return self._played("complete" if is_complete else "left by the client")

    def _played(self, ending: Ending) -> Played:
        differences = self._progress.differences
        note = f"{counted(self._progress.received, 'message')} of the client"
        if differences:
            note += f", {counted(differences, 'difference')} from the recorded ones"
        return Played(ending, self._sent, note)

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            content = message.get("text")
            if content is None:
                content = message.get("bytes") or b""
            for line in self._progress.take(read_event(content), self._clock()):
                self._log(line)
            self._moved.set()

    async def _play(self) -> None:
        session = self._session
        for message in session.server:
            await self._wait_for_client(message.after, message.answers, message.at_s)
            await self._wait_until(message.at_s)
            await self._send(message)
        await self._wait_for_client(len(session.client), len(session.client), None)
        if session.closed_s is not None:
            await self._wait_until(session.closed_s)
        await self._websocket.close(session.close_code or _NORMAL_CLOSURE)

    async def _wait_for_client(self, after: int, answers: int, next_at_s: float | None) -> None:
        """Wait until the client has sent as many of the recorded messages as came before, and count on from them.

        Apps differ in what they wait for, such as the end of a response before they send the result of its tool call. So a
        message that answers only `answers` of them does not wait long for the rest.
        """
        while self._progress.position < after:
            is_late = self._progress.position == self._late_place
            if is_late and self._progress.position >= answers:
                break
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), None if is_late else _PATIENCE_S)
            except TimeoutError:
                self._late_place = self._progress.position
                self._log_silence(answers)
                if next_at_s is not None:
                    self._shift_to(self._clock(), next_at_s)
        ready = min(after, self._progress.position)
        for place in range(self._waited_for, ready):
            self._count_from(place, next_at_s)
        self._waited_for = max(self._waited_for, ready)

    def _log_silence(self, answers: int) -> None:
        place = self._progress.position
        kind = name_of(self._session.client[place].kind)
        does = "is waited for" if place < answers else "is late, and what comes next does not answer it"
        self._log(f"message {place + 1} of the client ({kind}), which came next when this was recorded, {does}")

    def _count_from(self, place: int, next_at_s: float | None) -> None:
        """Count times from a message of the client.

        What answers it keeps its distance to it. A client that is quicker than the recorded one does not overtake the
        messages that came before. Audio and video flow beside the answers: they move the times only if they are late. So do
        messages whose own time is not recorded.
        """
        arrived_s, at_s = self._progress.arrived_s[place], self._session.client_s[place]
        is_question = at_s is not None and not self._session.client[place].is_media
        reference_s = next_at_s if at_s is None else at_s
        if reference_s is None:
            return
        if is_question:
            self._anchor_s, self._anchor_at_s = max(arrived_s, self._last_s), reference_s
        else:
            self._shift_to(arrived_s, reference_s)

    def _shift_to(self, now_s: float, at_s: float) -> None:
        """Move all later times if what is due at a time of the recording comes too late, so that gaps stay as recorded."""
        if now_s > self._due_s(at_s):
            self._anchor_s, self._anchor_at_s = now_s, at_s

    def _due_s(self, at_s: float) -> float:
        return self._anchor_s + (at_s - self._anchor_at_s) / self._speed

    async def _wait_until(self, at_s: float) -> None:
        self._last_s = max(self._last_s, self._due_s(at_s))
        delay_s = self._last_s - self._clock()
        if delay_s > 0:
            await asyncio.sleep(delay_s)

    async def _send(self, message: ServerMessage) -> None:
        if isinstance(message.content, bytes):
            await self._websocket.send_bytes(message.content)
        else:
            await self._websocket.send_text(message.content)
        self._sent += 1


def _subprotocol(session: SocketSession, offered: Sequence[str]) -> str | None:
    """Return the recorded subprotocol if the client offers it, else its first: a browser refuses an answer without one."""
    return session.subprotocol if session.subprotocol in offered else next(iter(offered), None)
