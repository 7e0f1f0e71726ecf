"""Which recorded WebSocket session answers a handshake."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse

from viewer.playback.matching.paths import NO_PATH, fit_paths, target_of
from viewer.playback.refusal import refusal
from viewer.playback.sockets.session import SocketSession
from viewer.types.http import Request

NOT_RECORDED = "no WebSocket session is recorded for this path"


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

    def miss(self) -> JSONResponse:
        """Return the answer to a handshake that no session fits."""
        recorded = [{"recording": one.place, "path": one.shown_path} for one in self.sessions]
        return refusal(404, f"{NOT_RECORDED}.", recorded=recorded)


def _fit(recorded: Request, target: str) -> tuple[int, ...] | None:
    """Return how well a recorded handshake fits, as numbers to compare; None if it does not fit."""
    one, other = target_of(recorded.url), target_of(target)
    path = fit_paths(one.path, other.path) if recorded.url else NO_PATH
    if path is None:
        return None
    in_common = set(parse_qsl(one.query)) & set(parse_qsl(other.query))
    return (path.common, -path.other_ids, -path.leftover, len(in_common))
