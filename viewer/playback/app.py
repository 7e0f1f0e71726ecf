"""The server that plays recordings, as an ASGI application.

It answers a request with the recorded response that `viewer.playback.matching` finds: its status, its headers, and its body byte by byte, each
piece at its recorded time, and with a fault if one was asked for. It forwards nothing, and answers nothing that was not recorded.
"""

import asyncio
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.playback.delivery import INSTANT, CutError, Delivery, Outcome, Sender, delivery_of
from viewer.playback.fault_application import apply_faults
from viewer.playback.fault_grammar import parse_faults
from viewer.playback.fault_reactions import text_until
from viewer.playback.faults import Fault
from viewer.playback.matching import Found, RequestIndex, index_requests
from viewer.playback.nearest import nearest
from viewer.playback.playable import Playable
from viewer.playback.session_log import SessionLog
from viewer.playback.session_record import Record, line, model_asked_for
from viewer.playback.socket_player import Played
from viewer.playback.socket_session import SocketSession
from viewer.playback.sockets import SocketIndex, serve_socket
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.types.http import Headers, Request

TIMES_HEADER = "cassette-viewer-times"
PLACE_HEADER = "cassette-viewer-recording"
NOTE_HEADER = "cassette-viewer-note"
FAULT_HEADER = "cassette-viewer-fault"
"""Of a request: the faults that its answer shall have, in place of those of the server. Of an answer: those that it has."""
NO_FAULTS = "none"

# A request with pictures may have tens of megabytes. More than this no provider accepts.
MAX_REQUEST_BYTES = 256 << 20


class RequestTooLargeError(Exception):
    """A request has more bytes than any provider accepts."""


def playback_app(
    playables: Sequence[Playable],
    *,
    speed: float = 1.0,
    faults: Sequence[Fault] = (),
    seed: int = 0,
    log: Callable[[str], None] = lambda _line: None,
    session: SessionLog | None = None,
) -> ASGIApp:
    """Return the server as an ASGI application.

    Args:
        playables: what it can answer, in recorded order.
        speed: how many times as fast as recorded; `INSTANT` does not wait.
        faults: what goes wrong on purpose. A request can ask for others in the header `cassette-viewer-fault`.
        seed: decides everything about faults that is random.
        log: receives one line for each request, once it has ended.
        session: collects what was asked and sent.
    """
    served = [playable for playable in playables if not playable.trouble]
    session = session or SessionLog()
    session.served = [(playable.cassette, playable.interaction) for playable in served]
    session.faults = [fault.text for fault in faults]
    sockets = SocketIndex([one for playable in served for one in playable.sessions])
    served = [playable for playable in served if not playable.sessions]
    index = index_requests([one.request for one in served])
    return _Playback(served, index, sockets, speed, tuple(faults), seed, log, session)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, and when it came."""

    number: int
    start_s: float
    """By the clock of the event loop."""
    started_s: float
    """In epoch seconds."""
    path: str
    request: Request


@dataclass(frozen=True, slots=True)
class _Play:
    """What is sent for a request."""

    playable: Playable
    delivery: Delivery
    faults: tuple[Fault, ...]
    """Those that change it."""
    note: str


@dataclass(slots=True, eq=False)
class _Playback:
    playables: Sequence[Playable]
    index: RequestIndex
    sockets: SocketIndex
    speed: float
    faults: tuple[Fault, ...]
    seed: int
    log: Callable[[str], None]
    session: SessionLog
    redact: Callable[[str], str] = field(default_factory=lambda: text_redactor(Redaction()))
    """For what a client asks, which may hold its own secrets."""
    deliveries: dict[Playable, Delivery] = field(default_factory=dict)
    """What is sent if nothing is changed."""
    requests: int = 0
    asked: Counter[Hashable] = field(default_factory=Counter)
    """How often each request came, by its key."""
    given: Counter[Hashable] = field(default_factory=Counter)
    """How many of its recordings the client was given, by the same key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        if scope["type"] != "http":
            return
        asked = self._asked(scope, scope["method"])
        try:
            asked = replace(asked, request=replace(asked.request, body=await _read_body(receive)))
            faults = self._faults_for(scope)
        except RequestTooLargeError:
            await self._refuse(asked, 413, "the request is too large.")(scope, receive, send)
            return
        except ValueError as error:
            await self._refuse(asked, 400, f"in the header {FAULT_HEADER}: {error}")(scope, receive, send)
            return
        found = self.index.find(asked.request)
        if found is None:
            miss = nearest(self.index, asked.request)
            place = "" if miss.place is None else self.playables[miss.place].place
            self._add(asked, status=404, note=_why_missed(place, miss.differs))
            await JSONResponse(miss.to_json(place), 404)(scope, receive, send)
            return
        outcome = await self._answer(asked, found, faults, Sender(receive, send, asked.start_s))
        if outcome.ending in ("cut", "stopped with the server"):
            raise CutError

    def _asked(self, scope: Scope, method: str) -> _Asked:
        self.requests += 1
        request = Request(method, _target(scope), _headers(scope))
        return _Asked(self.requests, asyncio.get_running_loop().time(), time.time(), scope["path"], request)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope, "WS")
        session = self.sockets.next_session(asked.request.url)
        if session is None:
            self._add(asked, status=404, note="no WebSocket session is recorded for this path")
            await JSONResponse(self.sockets.miss(), 404)(scope, receive, send)
            return
        played = await serve_socket(
            WebSocket(scope, receive, send),
            session,
            headers=_said(session.known, session, self.speed, ""),
            speed=self.speed,
            log=lambda line: self.log(self.redact(f"  {scope['path']}: {line}")),
            start_s=asked.start_s,
        )
        notes = [played.note, "faults do not apply to WebSockets" if self.faults else ""]
        self._add(asked, **_played(session, played), note="; ".join(filter(None, notes)))
        if played.ending == "stopped with the server":
            raise CutError

    def _faults_for(self, scope: Scope) -> tuple[Fault, ...]:
        """Return the faults for a request. Raise `ValueError` if its header asks for what is not one."""
        texts = [value.decode("latin-1") for name, value in scope["headers"] if name.decode("latin-1") == FAULT_HEADER]
        if not texts:
            return self.faults
        return tuple(fault for text in texts if text.strip() != NO_FAULTS for fault in parse_faults(text))

    async def _answer(self, asked: _Asked, found: Found, faults: Sequence[Fault], sender: Sender) -> Outcome:
        key = found.key
        # In recorded order, then the last again.
        turn = min(self.given[key], len(found.places) - 1)
        self.given[key] += 1
        play = self._play(asked, found, self.playables[found.places[turn]], faults)
        outcome = await sender.run(play.delivery)
        is_spoiled = outcome.ending != "stopped with the server" and any(
            fault.spoils or outcome.ending == "left by the client" for fault in play.faults
        )
        if is_spoiled:
            # The client was not given this recording, so the next equal request gets it.
            self.given[key] -= 1
        self._add(asked, **_sent(play, outcome), is_spoiled=is_spoiled, key=key)
        return outcome

    def _play(self, asked: _Asked, found: Found, playable: Playable, faults: Iterable[Fault]) -> _Play:
        answered = self.asked[found.key]
        self.asked[found.key] += 1
        delivery = self._delivery_of(playable)
        delivery = replace(
            delivery, headers=(*delivery.headers, *_said(playable.schedule.known, playable, self.speed, found.note))
        )
        made = apply_faults(delivery, faults, asked.request, answered, f"{self.seed} {playable.place}")
        delivery = made.delivery
        if made.faults:
            delivery = replace(delivery, headers=(*delivery.headers, (FAULT_HEADER, _names(made.faults))))
        notes = [found.note, *(f"{fault.text} was not reached" for fault in made.not_reached)]
        return _Play(playable, delivery, made.faults, "; ".join(note.rstrip(".") for note in notes if note))

    def _delivery_of(self, playable: Playable) -> Delivery:
        """Return what is sent for a recording. It is made once, since thousands of pieces take a millisecond."""
        if playable not in self.deliveries:
            self.deliveries[playable] = delivery_of(playable, self.speed)
        return self.deliveries[playable]

    def _refuse(self, asked: _Asked, status: int, why: str) -> Response:
        self._add(asked, status=status, note=why)
        return _refusal(status, why)

    def _add(self, asked: _Asked, **what: Any) -> None:
        """Log a request that has ended, or that is refused at once."""
        retry_count = asked.request.headers.get("x-stainless-retry-count", "")
        record = Record(
            asked.number,
            asked.started_s,
            asyncio.get_running_loop().time() - asked.start_s,
            asked.request.method,
            self.redact(asked.path),
            model=self.redact(model_asked_for(asked.request)),
            retry_count=int(retry_count) if retry_count.isdecimal() and len(retry_count) < 4 else None,
            **what,
        )
        self.log(line(record))
        self.session.add(record, asked.request)


def _sent(play: _Play, outcome: Outcome) -> dict[str, Any]:
    """Return what a record says of an answer."""
    playable, delivery = play.playable, play.delivery
    sent_events = bisect_right(delivery.event_ends, outcome.sent_bytes)
    retry_after_s = next((fault.retry_after_s for fault in play.faults if fault.kind == "status"), None)
    is_recorded = not any(fault.replaces_all for fault in play.faults)
    is_short = outcome.ending == "cut" or (outcome.ending == "left by the client" and bool(play.faults))
    return {
        "status": delivery.status if outcome.has_headers else None,
        "ending": outcome.ending,
        "cassette": playable.cassette,
        "interaction": playable.interaction,
        "times": playable.schedule.grade if is_recorded else "",
        "note": play.note,
        "fault": _names(play.faults),
        "retry_after_s": retry_after_s,
        "cut_text": text_until(playable, outcome.sent_bytes) if is_recorded and is_short else "",
        "sent_events": sent_events,
        "events": len(delivery.event_ends),
        "sent_bytes": outcome.sent_bytes,
        "size_bytes": delivery.event_ends[-1] if delivery.event_ends else 0,
    }


def _names(faults: Iterable[Fault]) -> str:
    return "; ".join(fault.text for fault in faults)


def _played(session: SocketSession, played: Played) -> dict[str, Any]:
    """Return what a record says of a WebSocket session."""
    return {
        "status": 101,
        "ending": played.ending,
        "cassette": session.cassette,
        "interaction": session.interaction,
        "times": session.known,
        "sent_events": played.sent,
        "events": len(session.server),
    }


def _why_missed(nearest_place: str, differs: Sequence[str]) -> str:
    near = f"; nearest is {nearest_place}" if nearest_place else ""
    return f"not recorded{near}{f': {differs[0]}' if differs else ''}"


def _said(known: str, served: Playable | SocketSession, speed: float, note: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that say what is served, and how its times are known."""
    if speed != 1:
        known += "; sent at once" if speed == INSTANT else f"; at {speed:g} times the speed"
    place = f"{quote(served.cassette)}#{served.interaction}"
    return ((TIMES_HEADER, known), (PLACE_HEADER, place), *([(NOTE_HEADER, note)] if note else []))


def _target(scope: Scope) -> str:
    # The path as it was sent: decoded, a / or ? inside a name would look like a separator.
    path: str = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    query: str = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _headers(scope: Scope) -> Headers:
    return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_REQUEST_BYTES:
            raise RequestTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"error": {"type": "cassette_viewer", "message": f"cassette-viewer serve: {why}"}}, status)
