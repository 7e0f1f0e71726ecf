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
from random import Random
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from viewer.playback.delivery import INSTANT, CutError, Delivery, Outcome, Sender, delivery_of
from viewer.playback.fault_grammar import parse_faults
from viewer.playback.fault_reactions import text_until
from viewer.playback.faults import Fault, faulted, is_due, spoils
from viewer.playback.matching import Found, RequestIndex, index_requests
from viewer.playback.nearest import nearest
from viewer.playback.playable import Playable
from viewer.playback.session_log import SessionLog
from viewer.playback.session_record import Record, line, model_asked_for
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
    index = index_requests([one.request for one in served])
    return _Playback(served, index, speed, tuple(faults), seed, log, session)


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
    speed: float
    faults: tuple[Fault, ...]
    seed: int
    log: Callable[[str], None]
    session: SessionLog
    redact: Callable[[str], str] = field(default_factory=lambda: text_redactor(Redaction()))
    """For what a client asks, which may hold its own secrets."""
    requests: int = 0
    asked: Counter[Hashable] = field(default_factory=Counter)
    """How often each request came, by its key."""
    given: Counter[Hashable] = field(default_factory=Counter)
    """How many of its recordings the client was given, by the same key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.requests += 1
        start_s, started_s = asyncio.get_running_loop().time(), time.time()
        request = Request(scope["method"], _target(scope), _headers(scope))
        asked = _Asked(self.requests, start_s, started_s, scope["path"], request)
        try:
            asked = replace(asked, request=replace(request, body=await _read_body(receive)))
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
            self._add(asked, status=404, note=f"not recorded{_differs(miss.differs)}")
            await JSONResponse(miss.to_json(), 404)(scope, receive, send)
            return
        outcome = await self._answer(asked, found, faults, Sender(receive, send, start_s))
        if outcome.ending in ("cut", "stopped with the server"):
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
        is_spoiled = bool(play.faults) and (outcome.ending != "complete" or any(map(spoils, play.faults)))
        if is_spoiled:
            # The client was not given this recording, so the next equal request gets it.
            self.given[key] -= 1
        self._add(asked, **_sent(play, outcome), is_spoiled=is_spoiled, key=key)
        return outcome

    def _play(self, asked: _Asked, found: Found, playable: Playable, faults: Iterable[Fault]) -> _Play:
        answered = self.asked[found.key]
        self.asked[found.key] += 1
        delivery = delivery_of(playable, self.speed)
        delivery = replace(delivery, headers=(*delivery.headers, *_said(playable, self.speed, found.note)))
        applied: list[Fault] = []
        notes = [found.note] if found.note else []
        for fault in faults:
            # Decided by what is asked and how often, so that it does not depend on which of several clients comes first.
            rng = Random(f"{self.seed} {playable.place} {answered} {fault.text}")  # noqa: S311 - nothing is secret here
            if not is_due(fault, asked.path, answered, rng):
                continue
            changed = faulted(delivery, fault, rng, asked.request)
            if changed is delivery:
                notes.append(f"{fault.text} was not reached")
            else:
                delivery = changed
                applied.append(fault)
        if applied:
            told = FAULT_HEADER, "; ".join(fault.text for fault in applied)
            delivery = replace(delivery, headers=(*delivery.headers, told))
        return _Play(playable, delivery, tuple(applied), "; ".join(notes))

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
    is_recorded = not any(fault.kind in ("status", "cut-at-headers") for fault in play.faults)
    is_short = outcome.ending == "cut" or (outcome.ending == "left by the client" and bool(play.faults))
    return {
        "status": delivery.status if outcome.has_headers else None,
        "ending": outcome.ending,
        "cassette": playable.cassette,
        "interaction": playable.interaction,
        "times": playable.schedule.known if is_recorded else "",
        "note": play.note,
        "fault": "; ".join(fault.text for fault in play.faults),
        "retry_after_s": retry_after_s,
        "cut_text": text_until(playable, outcome.sent_bytes) if is_recorded and is_short else "",
        "sent_events": sent_events,
        "events": len(delivery.event_ends),
        "sent_bytes": outcome.sent_bytes,
        "size_bytes": delivery.event_ends[-1] if delivery.event_ends else 0,
    }


def _differs(differs: Sequence[str]) -> str:
    return f"; nearest differs in {', '.join(differs)}" if differs else ""


def _said(playable: Playable, speed: float, note: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that say what is served, and how its times are known."""
    known = playable.schedule.known
    if speed != 1:
        known += "; sent at once" if speed == INSTANT else f"; at {speed:g} times the speed"
    place = f"{quote(playable.cassette)}#{playable.interaction}"
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
