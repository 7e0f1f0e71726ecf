"""What is sent for a request, and what the session log says of it."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from viewer.playback.delivery import Delivery, Outcome
from viewer.playback.faults.fault import Fault
from viewer.playback.playable import Playable
from viewer.playback.session.reactions import text_until
from viewer.playback.sockets.player import Played
from viewer.playback.sockets.session import SocketSession


@dataclass(frozen=True, slots=True)
class Play:
    """What is sent for a request."""

    playable: Playable
    delivery: Delivery
    faults: tuple[Fault, ...]
    """Those that change it."""
    note: str


def sent_fields(play: Play, outcome: Outcome) -> dict[str, Any]:
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
        "fault": names_of(play.faults),
        "retry_after_s": retry_after_s,
        "cut_text": text_until(playable, outcome.sent_bytes) if is_recorded and is_short else "",
        "sent_events": sent_events,
        "events": len(delivery.event_ends),
        "sent_bytes": outcome.sent_bytes,
        "size_bytes": delivery.event_ends[-1] if delivery.event_ends else 0,
    }


def played_fields(session: SocketSession, played: Played) -> dict[str, Any]:
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


def names_of(faults: Iterable[Fault]) -> str:
    """Name faults in one line."""
    return "; ".join(fault.text for fault in faults)
