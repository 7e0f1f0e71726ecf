"""Recorded WebSocket sessions, served to real clients."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.websockets import WebSocket

from viewer.playback.paths import NO_PATH, fit_paths, target_of
from viewer.playback.socket_player import Played, SocketPlayer
from viewer.playback.socket_session import SocketSession
from viewer.types.http import Request


@dataclass(frozen=True, slots=True, eq=False)
class SocketIndex:
    """Recorded sessions by their path: nothing else is said when a client connects. One without a path fits every path."""

    sessions: Sequence[SocketSession]
    asked: Counter[tuple[int, ...]] = field(default_factory=Counter)
    """How often each group of sessions that fit alike was asked for."""

    def next_session(self, target: str) -> SocketSession | None:
        """Return what answers a handshake: the best fit of path, then of query; in recorded order, then the last again."""
        fits = [
            (fit, place) for place, one in enumerate(self.sessions) if (fit := _fit(one.request, target)) is not None
        ]
        best = max((fit for fit, _ in fits), default=None)
        places = tuple(place for fit, place in fits if fit == best)
        if not places:
            return None
        turn = min(self.asked[places], len(places) - 1)
        self.asked[places] += 1
        return self.sessions[places[turn]]

    def miss(self) -> dict[str, Any]:
        """Return the answer to a handshake that no session fits."""
        message = "cassette-viewer serve: no WebSocket session is recorded for this path."
        recorded = [{"recording": one.place, "path": one.shown_path} for one in self.sessions]
        return {"error": {"type": "cassette_viewer", "message": message, "recorded": recorded}}


async def serve_socket(
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
    return await SocketPlayer(websocket, session, speed, log, start_s).run()


def _fit(recorded: Request, target: str) -> tuple[int, ...] | None:
    """Return how well a recorded handshake fits, as numbers to compare; None if it does not fit."""
    one, other = target_of(recorded.url), target_of(target)
    path = fit_paths(one.path, other.path) if recorded.url else NO_PATH
    if path is None:
        return None
    in_common = set(parse_qsl(one.query)) & set(parse_qsl(other.query))
    return (path.common, -path.other_ids, -path.leftover, len(in_common))


def _subprotocol(session: SocketSession, offered: Sequence[str]) -> str | None:
    """Return the recorded subprotocol if the client offers it, else its first: a browser refuses an answer without one."""
    return session.subprotocol if session.subprotocol in offered else next(iter(offered), None)
