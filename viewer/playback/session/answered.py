"""What a record says of an answer: of a response that was sent, or of a WebSocket session that was played."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from viewer.playback.delivery import Delivery, Outcome
from viewer.playback.faults.application import names_of
from viewer.playback.faults.fault import Fault
from viewer.playback.playable import Playable
from viewer.playback.session.record import Record
from viewer.playback.sockets.player import Played
from viewer.playback.sockets.session import SocketSession
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response


@dataclass(frozen=True, slots=True)
class Served:
    """What is sent for a request."""

    playable: Playable
    delivery: Delivery
    faults: tuple[Fault, ...]
    """Those that change it."""
    note: str
    """What is not sure about it."""


def with_response(record: Record, served: Served, outcome: Outcome) -> Record:
    """Return the record of a request with what it was sent."""
    playable, delivery = served.playable, served.delivery
    is_recorded = not any(fault.replaces_all for fault in served.faults)
    is_short = outcome.ending == "cut" or (outcome.ending == "left by the client" and bool(served.faults))
    return replace(
        record,
        status=delivery.status if outcome.has_headers else None,
        ending=outcome.ending,
        cassette=playable.cassette,
        interaction=playable.interaction,
        times=playable.schedule.grade if is_recorded else "",
        note=served.note,
        fault=names_of(served.faults),
        retry_after_s=next((fault.retry_after_s for fault in served.faults if fault.kind == "status"), None),
        cut_text=text_until(playable, outcome.sent_bytes) if is_recorded and is_short else "",
        sent_events=bisect_right(delivery.event_ends, outcome.sent_bytes),
        events=len(delivery.event_ends),
        sent_bytes=outcome.sent_bytes,
        size_bytes=delivery.event_ends[-1] if delivery.event_ends else 0,
    )


def with_session(record: Record, session: SocketSession, played: Played) -> Record:
    """Return the record of a handshake with the WebSocket session that followed it."""
    return replace(
        record,
        status=101,
        ending=played.ending,
        cassette=session.cassette,
        interaction=session.interaction,
        times=session.known,
        note=played.note,
        sent_events=played.sent,
        events=len(session.server),
    )


def text_until(playable: Playable, sent_bytes: int) -> str:
    """Return what the model has said in the events that were sent in whole."""
    events = bisect_right(playable.schedule.event_ends, sent_bytes)
    end = playable.schedule.event_ends[events - 1] if events else 0
    response = Response(playable.status, "", Headers(playable.headers), playable.body[:end])
    stream = read_stream(Interaction(Request(url=playable.request.url), response), playable.interaction)
    return stream.text() if stream else ""
