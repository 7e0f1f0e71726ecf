"""Recorded WebSocket connections, made ready to be played: what is sent, when, and after which messages of the client."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from viewer.playback.schedule import Schedule
from viewer.playback.socket_events import SocketEvent, read_event
from viewer.playback.socket_order import answered_by
from viewer.text.json import as_text, parse
from viewer.text.safe import well_formed
from viewer.types.http import Interaction, Request, SocketConnection, SocketFrame
from viewer.wire.sniff import is_json

_PROTOCOL_HEADER = "sec-websocket-protocol"
_BY_PROTOCOL = "; which messages of the client came first is not recorded: taken from the protocol"
_BY_NOTHING = "; which messages of the client came first is not recorded: none is waited for"


class ServerMessage(NamedTuple):
    """One message that is sent to the client."""

    content: str | bytes
    after: int
    """How many messages of the client came before it."""
    answers: int
    """The same as far as its protocol requires it. If the client is late with the others, they are not waited for."""
    at_s: float
    """When it was received, in seconds since the connection was opened."""


@dataclass(frozen=True, slots=True, eq=False)
class SocketSession:
    """One recorded connection, ready to be played."""

    cassette: str
    """The name of its recording."""
    interaction: int
    request: Request = field(repr=False)
    """The handshake as recorded. It is compared with what a client asks, and never leaves."""
    shown_path: str
    """Its path without secrets; "" if it is not recorded."""
    subprotocol: str
    """What the server chose; "" if that is not recorded."""
    opened_s: float
    """When the handshake was answered, in seconds since it was asked for."""
    server: tuple[ServerMessage, ...] = field(repr=False)
    client: tuple[SocketEvent, ...] = field(repr=False)
    client_s: tuple[float | None, ...] = field(repr=False)
    """When the client sent each of its messages, on the clock of `ServerMessage.at_s`."""
    close_code: int | None
    closed_s: float | None
    """When the server closed the connection. None if the client did, or if it is not recorded."""
    known: str
    """How the times are known, as `Schedule.known`."""

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self.cassette}, interaction {self.interaction}"


def sessions_of(
    cassette: str, index: int, recorded: Interaction, served: Interaction, schedule: Schedule
) -> Iterator[SocketSession]:
    """Yield the connections of a WebSocket session, in recorded order. Yield none if its messages are not those of the bodies.

    Args:
        cassette: the name of the recording.
        index: which of its interactions it is.
        recorded: the interaction as recorded, which is compared with what a client sends.
        served: the same without secrets, which is sent.
        schedule: the times of the response, for messages whose own times are not recorded.
    """
    frames = [frame for connection in recorded.connections for frame in connection.frames]
    sent, received = (body.split(b"\n")[:-1] for body in (recorded.request.body, served.response.body))
    is_sent = [frame.is_sent for frame in frames]
    if (len(sent), len(received)) != (sum(is_sent), len(frames) - sum(is_sent)):
        return
    due_s = _due_s(schedule, received)
    for connection in recorded.connections:
        client_frames = [frame for frame in connection.frames if frame.is_sent]
        server_frames = [frame for frame in connection.frames if not frame.is_sent]
        client = tuple(read_event(_content(*pair)) for pair in zip(client_frames, sent, strict=False))
        contents = [_content(*pair) for pair in zip(server_frames, received, strict=False)]
        times = _times(connection, due_s[: len(contents)], schedule.known)
        order = _order(connection, contents, client)
        yield SocketSession(
            cassette,
            index,
            recorded.request,
            urlsplit(served.request.url).path,
            served.response.headers.get(_PROTOCOL_HEADER, ""),
            min([recorded.times.headers_s or 0.0, *times.server_s[:1]]),
            tuple(map(ServerMessage, contents, order.after, order.answers, times.server_s)),
            client,
            times.client_s,
            connection.close_code,
            times.closed_s,
            times.known + order.note,
        )
        del sent[: len(client)], received[: len(contents)], due_s[: len(contents)]


def _content(frame: SocketFrame, line: bytes) -> str | bytes:
    """Return a message as it was sent, from its line of a body."""
    if frame.is_quoted and is_json(line):
        text = as_text(parse(line))
        return _unpacked(text) if frame.is_binary else well_formed(text)
    return line if frame.is_binary else line.decode(errors="replace")


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        # Redaction put marks into it, or the recorder wrote something else.
        return text.encode("utf-8", "replace")


def _due_s(schedule: Schedule, received: Sequence[bytes]) -> list[float]:
    """Return when each line of a response is due."""
    if not schedule.ends:
        return [0.0] * len(received)
    line_ends = np.cumsum([len(line) + 1 for line in received])
    pieces = np.minimum(np.searchsorted(schedule.ends, line_ends), len(schedule.ends) - 1)
    return [schedule.due_s[piece] for piece in pieces.tolist()]


class _Times(NamedTuple):
    server_s: list[float]
    client_s: tuple[float | None, ...]
    closed_s: float | None
    known: str


def _times(connection: SocketConnection, due_s: Sequence[float], known: str) -> _Times:
    """Return the times of a connection: of its messages if they are recorded, else those of the response."""
    server_s = [frame.at_s for frame in connection.frames if not frame.is_sent and frame.at_s is not None]
    client_s = tuple(frame.at_s for frame in connection.frames if frame.is_sent)
    closed_s = None if connection.closed_by_client else connection.closed_at_s
    if not server_s or len(server_s) < len(due_s):
        start_s = min(due_s, default=0.0)
        return _Times(_in_order(due_s, start_s), (None,) * len(client_s), None, known)
    start_s = 0.0
    known = "measured"
    if not connection.since_open:
        start_s = min([*server_s, *(second for second in client_s if second is not None)])
        known += "; the time before the first message is not recorded"
    if None in client_s:
        known += "; when the client sent its messages is not recorded"
    return _Times(
        _in_order(server_s, start_s),
        tuple(None if second is None else second - start_s for second in client_s),
        None if closed_s is None else closed_s - start_s,
        known,
    )


def _in_order(seconds: Sequence[float], start_s: float) -> list[float]:
    return list(accumulate((max(0.0, second - start_s) for second in seconds), max))


class _Order(NamedTuple):
    after: Sequence[int]
    answers: Sequence[int]
    note: str = ""


def _order(connection: SocketConnection, contents: Sequence[str | bytes], client: Sequence[SocketEvent]) -> _Order:
    """Return how many messages of the client come before each of the server: as recorded, and by the protocol."""
    by_protocol = answered_by([read_event(content) for content in contents], client)
    if not connection.is_ordered:
        none = [0] * len(contents)
        return (
            _Order(none, none, _BY_NOTHING) if by_protocol is None else _Order(by_protocol, by_protocol, _BY_PROTOCOL)
        )
    counts = accumulate(int(frame.is_sent) for frame in connection.frames)
    after = [count for count, frame in zip(counts, connection.frames, strict=True) if not frame.is_sent]
    return _Order(after, after if by_protocol is None else list(map(min, after, by_protocol)))
