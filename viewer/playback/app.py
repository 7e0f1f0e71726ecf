"""The server that plays recordings, as an ASGI application.

It answers a request with the recorded response that `viewer.playback.matching.index` finds: its status, its headers, and its body byte by byte, each
piece at its recorded time, and with a fault if one was asked for. It forwards nothing, and answers nothing that was not recorded.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from viewer.conversation.requests import model_asked_for
from viewer.playback.answer_headers import FAULT_HEADER, answer_headers
from viewer.playback.asked import Asked, ClientLeftError, RequestTooLargeError, asked_by, read_body
from viewer.playback.delivery import CutError, Delivery, Outcome, Sender, delivery_of
from viewer.playback.faults.application import apply_faults, names_of
from viewer.playback.faults.fault import Fault
from viewer.playback.faults.grammar import parse_faults
from viewer.playback.matching.index import Found, RequestIndex, index_requests
from viewer.playback.matching.nearest import nearest
from viewer.playback.playable import Playable
from viewer.playback.refusal import refusal
from viewer.playback.session.answered import Served, with_response, with_session
from viewer.playback.session.log import SessionLog
from viewer.playback.session.record import Record, line
from viewer.playback.sockets.index import NOT_RECORDED, SocketIndex
from viewer.playback.sockets.player import play_session
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted

_NO_FAULTS = "none"
_MAX_SETTINGS = 5
_MAX_VALUE_LENGTH = 100


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
    index = index_requests([one.request for one in served], [one.protocol for one in served])
    return _Playback(served, index, sockets, speed, tuple(faults), seed, log, session)


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
    """How often each request came, by its key and the faults that it was to have."""
    given: Counter[Hashable] = field(default_factory=Counter)
    """How many of its recordings the client was given, by the same key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_request(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope, scope["method"])
        try:
            asked = replace(asked, request=replace(asked.request, body=await read_body(receive)))
            faults = self._faults_for(scope)
        except RequestTooLargeError:
            await self._refuse(asked, 413, "the request is too large.")(scope, receive, send)
            return
        except ClientLeftError:
            note = "the client left before its request had come in whole"
            self._add(asked, replace(self._record(asked), note=note))
            return
        except ValueError as error:
            await self._refuse(asked, 400, self.redact(f"in the header {FAULT_HEADER}: {error}"))(scope, receive, send)
            return
        found = self.index.find(asked.request)
        if found is None:
            miss = nearest(self.index, asked.request, self.redact)
            place = "" if miss.place is None else self.playables[miss.place].place
            self._add(asked, replace(self._record(asked), status=404, note=_why_missed(place, miss.differs)))
            await JSONResponse(miss.to_json(place), 404)(scope, receive, send)
            return
        outcome = await self._answer(asked, found, faults, Sender(receive, send, asked.start_s))
        if outcome.ending in ("cut", "stopped with the server"):
            raise CutError

    def _asked(self, scope: Scope, method: str) -> Asked:
        self.requests += 1
        return asked_by(scope, method, self.requests)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope, "WS")
        session = self.sockets.next_session(asked.request.url)
        if session is None:
            self._add(asked, replace(self._record(asked), status=404, note=NOT_RECORDED))
            await self.sockets.miss()(scope, receive, send)
            return
        played = await play_session(
            WebSocket(scope, receive, send),
            session,
            headers=tuple(answer_headers(session, session.known, self.speed)),
            speed=self.speed,
            log=lambda line: self.log(self.redact(f"  {scope['path']}: {line}")),
            start_s=asked.start_s,
        )
        record = with_session(self._record(asked), session, played)
        if self.faults:
            record = replace(record, note=f"{record.note}; faults do not apply to WebSockets")
        self._add(asked, record)
        if played.ending == "stopped with the server":
            raise CutError

    def _faults_for(self, scope: Scope) -> tuple[Fault, ...]:
        """Return the faults for a request. Raise `ValueError` if its header asks for what is not one."""
        texts = [value.decode("latin-1") for name, value in scope["headers"] if name.decode("latin-1") == FAULT_HEADER]
        if not texts:
            return self.faults
        faults = (fault for text in texts if text.strip() != _NO_FAULTS for fault in parse_faults(text))
        # Its path may be one with a key.
        return tuple(replace(fault, text=self.redact(fault.text)) for fault in faults)

    async def _answer(self, asked: Asked, found: Found, faults: Sequence[Fault], sender: Sender) -> Outcome:
        key = found.key
        # In recorded order, then the last again.
        turn = min(self.given[key], len(found.places) - 1)
        self.given[key] += 1
        served = self._served(asked, found, self.playables[found.places[turn]], faults)
        outcome = await sender.run(served.delivery)
        is_spoiled = outcome.ending != "stopped with the server" and any(
            fault.spoils or outcome.ending == "left by the client" for fault in served.faults
        )
        if is_spoiled:
            # The client was not given this recording, so the next equal request gets it.
            self.given[key] -= 1
        record = with_response(self._record(asked), served, outcome)
        self._add(asked, replace(record, is_spoiled=is_spoiled, key=key))
        return outcome

    def _served(self, asked: Asked, found: Found, playable: Playable, faults: Iterable[Fault]) -> Served:
        # Faults that a request asks for in its header have not been answered by those without it.
        asked_with = found.key, tuple(faults)
        answered = self.asked[asked_with]
        self.asked[asked_with] += 1
        delivery = self._delivery_of(playable)
        note = "; ".join(filter(None, (found.note.rstrip("."), *_settings(found, self.redact))))
        # It becomes a header.
        note = visible_line(note)
        told = answer_headers(playable, playable.schedule.known, self.speed, note)
        delivery = replace(delivery, headers=(*delivery.headers, *told))
        made = apply_faults(delivery, faults, asked.request, answered, f"{self.seed} {playable.place}")
        delivery = made.delivery
        if made.faults:
            delivery = replace(delivery, headers=(*delivery.headers, (FAULT_HEADER, names_of(made.faults))))
        notes = [note, *(f"{fault.text} was not reached" for fault in made.not_reached)]
        return Served(playable, delivery, made.faults, "; ".join(filter(None, notes)))

    def _delivery_of(self, playable: Playable) -> Delivery:
        """Return what is sent for a recording. It is made once, since thousands of pieces take a millisecond."""
        if playable not in self.deliveries:
            self.deliveries[playable] = delivery_of(playable, self.speed)
        return self.deliveries[playable]

    def _refuse(self, asked: Asked, status: int, why: str) -> Response:
        self._add(asked, replace(self._record(asked), status=status, note=why))
        return refusal(status, why)

    def _record(self, asked: Asked) -> Record:
        """Return the record of a request that ends now, as far as it does not depend on the answer."""
        retry_count = asked.request.headers.get("x-stainless-retry-count", "")
        return Record(
            asked.number,
            asked.started_s,
            asyncio.get_running_loop().time() - asked.start_s,
            self.redact(asked.request.method),
            self.redact(asked.path),
            status=None,
            model=self.redact(model_asked_for(asked.request)),
            retry_count=int(retry_count) if retry_count.isdecimal() and len(retry_count) < 4 else None,
        )

    def _add(self, asked: Asked, record: Record) -> None:
        self.log(line(record))
        self.session.add(record, asked.request)


def _settings(found: Found, redact: Callable[[str], str]) -> Iterator[str]:
    """Yield what is set otherwise than in the recording that answers, without secrets."""
    for change in found.settings[:_MAX_SETTINGS]:
        values = (redact(value or "not set") for value in (change.right, change.left))
        asked, recorded = (shortened(value, _MAX_VALUE_LENGTH) for value in values)
        yield f"{redact(change.name)} is {asked}, recorded {recorded}"
    if (more := len(found.settings) - _MAX_SETTINGS) > 0:
        yield f"{counted(more, 'more setting')} differ"


def _why_missed(nearest_place: str, differs: Sequence[str]) -> str:
    near = f"; nearest is {nearest_place}" if nearest_place else ""
    return f"not recorded{near}{f': {differs[0]}' if differs else ''}"
