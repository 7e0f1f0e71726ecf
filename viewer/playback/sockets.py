"""Recorded WebSocket sessions, served to real clients."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from viewer.playback.paths import NO_PATH, fit_paths, target_of
from viewer.playback.socket_player import SocketPlayer
from viewer.playback.socket_session import SocketSession
from viewer.text.safe import visible_line
from viewer.text.words import counted
from viewer.types.http import Request

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, eq=False)
class SocketPlayback:
    """Answers each WebSocket handshake with the recorded session of its path.

    A session is found by its path alone, since nothing else is said when a client connects. A recording that does not hold the
    path fits any. Sessions of one path are played in recorded order, then the last again.
    """

    sessions: Sequence[SocketSession]
    speed: float
    log: Callable[[str], None]
    asked: Counter[tuple[int, ...]] = field(default_factory=Counter)
    """How often each group of sessions that fit the same handshake was asked for."""

    async def serve(
        self, websocket: WebSocket, target: str, headers_of: Callable[[SocketSession], Sequence[tuple[str, str]]]
    ) -> None:
        """Answer one handshake, and play its session.

        Args:
            websocket: the connection, before it is accepted.
            target: the path and query that the client asks for.
            headers_of: returns the headers that say what is served.
        """
        start_s = asyncio.get_running_loop().time()
        path = visible_line(target.partition("?")[0])
        session = self._next(target)
        if session is None:
            self.log(f"WebSocket {path}: {_NOT_FOUND}, not recorded")
            await websocket.send_denial_response(JSONResponse(self._miss(path), _NOT_FOUND))
            return
        self.log(f"WebSocket {path}: {session.place}; times {session.known}")
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers_of(session)]
        await asyncio.sleep(start_s + session.opened_s / self.speed - asyncio.get_running_loop().time())
        await websocket.accept(_subprotocol(session, websocket.scope.get("subprotocols", [])), headers)
        player = SocketPlayer(
            websocket, session, self.speed, lambda line: self.log(f"WebSocket {path}: {line}"), start_s
        )
        outcome = await player.run()
        end = "the client left" if outcome.has_client_left else f"closed with code {player.close_code}"
        self.log(
            f"WebSocket {path}: {outcome.sent:,} of {counted(len(session.server), 'message')} sent, "
            f"{outcome.received:,} received, {counted(outcome.differences, 'difference')}; {end}"
        )

    def _next(self, target: str) -> SocketSession | None:
        """Return the session for a handshake: the best fit of path, then of query."""
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

    def _miss(self, path: str) -> dict[str, object]:
        message = f"cassette-viewer serve: no WebSocket session of {path} is recorded."
        recorded = [{"recording": one.place, "path": one.shown_path} for one in self.sessions]
        return {"error": {"type": "cassette_viewer", "message": message, "recorded": recorded}}


def _fit(recorded: Request, target: str) -> tuple[int, ...] | None:
    """Return how well a recorded handshake fits, as a number to compare; None if it does not fit."""
    one, other = target_of(recorded.url), target_of(target)
    path = fit_paths(one.path, other.path) if recorded.url else NO_PATH
    if path is None:
        return None
    in_common = set(parse_qsl(one.query)) & set(parse_qsl(other.query))
    return (path.common, -path.other_ids, -path.leftover, len(in_common))


def _subprotocol(session: SocketSession, offered: Sequence[str]) -> str | None:
    """Return the recorded subprotocol if the client offers it, else its first: a browser refuses an answer without one."""
    return session.subprotocol if session.subprotocol in offered else next(iter(offered), None)
