"""Recorded WebSocket sessions, served to real clients."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.playback.socket_player import SocketPlayer
from viewer.playback.socket_session import SocketSession
from viewer.text.safe import visible_line
from viewer.text.words import counted

Said = Callable[[str, str], tuple[tuple[str, str], ...]]
"""Returns the headers that say what is served, given its place and how its times are known."""


@dataclass(frozen=True, slots=True, eq=False)
class SocketPlayback:
    """Answers each WebSocket handshake with the recorded session of its path."""

    sessions: Sequence[SocketSession]
    speed: float
    log: Callable[[str], None]
    asked: Counter[tuple[int, ...]] = field(default_factory=Counter)
    """How often each group of sessions that a handshake can ask for was asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send, headers: Callable[[SocketSession], list[tuple[bytes, bytes]]]) -> None:
        ...
