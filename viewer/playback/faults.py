"""What can go wrong with an answer on purpose: each fault changes what is sent, and nothing else.

Events are counted from 0, as everywhere. A fault "at event 3" leaves events 0 to 2 as they were recorded.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Literal

from viewer.playback.delivery import Delivery, Piece
from viewer.playback.fault_errors import error_of
from viewer.playback.fault_malformed import with_malformed_event
from viewer.types.http import Request

FaultKind = Literal[
    "status",
    "cut-at-headers",
    "cut-at-event",
    "cut-at-byte",
    "stall-at-headers",
    "stall-at-event",
    "slow",
    "split",
    "join",
    "malformed-at-event",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and which answers it is for."""

    text: str
    """As it was asked for: what messages and headers call it."""
    kind: FaultKind
    amount: float = 0
    """The status, the event, the byte, the factor, or the most bytes or events of a packet; 0 for a fault that has none."""
    for_s: float = math.inf
    """How long a stall takes. Without end, the client has to leave."""
    retry_after_s: int | None = None
    times: int | None = None
    """How many answers to equal requests it is for, from the first on; None for all."""
    chance: float = 1.0
    path: str = ""
    """What the path of the request must contain."""

    @property
    def count(self) -> int:
        """The amount as a whole number."""
        return int(self.amount)

    @property
    def replaces_all(self) -> bool:
        """Whether nothing of the recording is sent."""
        return self.kind in ("status", "cut-at-headers")

    @property
    def spoils(self) -> bool:
        """Whether the client cannot get what was recorded. It can if the answer is only late or in other packets."""
        return self.replaces_all or self.kind in ("cut-at-event", "cut-at-byte", "malformed-at-event")


def faulted(delivery: Delivery, fault: Fault, rng: Random, request: Request) -> Delivery:
    """Return what is sent with a fault. It is the same object if the response ends before the fault.

    Args:
        delivery: what would be sent without it.
        fault: the fault.
        rng: decides where packets are split and an event is broken.
        request: what the client asked. It says in whose form an error is written.
    """
    change = _CHANGES[fault.kind]
    return change(delivery, fault, rng, request)


def _refuse(_delivery: Delivery, fault: Fault, _rng: Random, request: Request) -> Delivery:
    """Answer with an error at once: how long the provider would take to refuse is not recorded."""
    error = error_of(fault.count, request, fault.text)
    headers = error.headers
    if fault.retry_after_s is not None:
        headers = (*headers, ("retry-after", str(fault.retry_after_s)))
    return Delivery(fault.count, headers, 0.0, (Piece(error.body, 0.0),), (len(error.body),))


def _cut_at_headers(delivery: Delivery, _fault: Fault, _rng: Random, _request: Request) -> Delivery:
    return replace(delivery, pieces=(), is_cut=True, has_headers=False)


def _cut_at_event(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    offset = _offset_of_event(delivery, fault.count)
    return delivery if offset is None else _cut(delivery, offset)


def _cut_at_byte(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    return _cut(delivery, fault.count) if fault.count <= _last_end(delivery.event_ends) else delivery


def _cut(delivery: Delivery, offset: int) -> Delivery:
    return replace(delivery, pieces=_divided(delivery.pieces, offset)[0], is_cut=True)


def _stall_at_headers(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    later = tuple(Piece(piece.data, piece.due_s + fault.for_s) for piece in delivery.pieces)
    return replace(delivery, headers_s=delivery.headers_s + fault.for_s, pieces=later)


def _stall_at_event(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    offset = _offset_of_event(delivery, fault.count)
    if offset is None or offset == _last_end(delivery.event_ends):
        return delivery
    before, after = _divided(delivery.pieces, offset)
    return replace(delivery, pieces=(*before, *(Piece(piece.data, piece.due_s + fault.for_s) for piece in after)))


def _slow(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    pieces = tuple(Piece(piece.data, piece.due_s * fault.amount) for piece in delivery.pieces)
    return replace(delivery, headers_s=delivery.headers_s * fault.amount, pieces=pieces)


def _split(delivery: Delivery, fault: Fault, rng: Random, _request: Request) -> Delivery:
    """Send packets of random sizes, so that their ends fall anywhere: within an event, a line, a character."""
    pieces: list[Piece] = []
    for piece in delivery.pieces:
        begin = 0
        while begin < len(piece.data):
            size_bytes = rng.randint(1, fault.count)
            pieces.append(Piece(piece.data[begin : begin + size_bytes], piece.due_s))
            begin += size_bytes
    return replace(delivery, pieces=tuple(pieces))


def _join(delivery: Delivery, fault: Fault, _rng: Random, _request: Request) -> Delivery:
    """Send several events together, when the last of them is due: a buffer holds the first ones back."""
    body = delivery.body
    ends = [*range(fault.count - 1, len(delivery.event_ends), fault.count), len(delivery.event_ends) - 1]
    cuts = sorted({0, len(body), *(min(delivery.event_ends[place], len(body)) for place in ends if place >= 0)})
    piece_ends = _ends(delivery.pieces)
    return replace(
        delivery,
        pieces=tuple(
            Piece(body[begin:end], delivery.pieces[bisect_left(piece_ends, end)].due_s) for begin, end in pairwise(cuts)
        ),
    )


def _malformed(delivery: Delivery, fault: Fault, rng: Random, _request: Request) -> Delivery:
    content_type = dict(delivery.headers).get("content-type", "").partition(";")[0].strip().lower()
    begin = _offset_of_event(delivery, fault.count)
    if begin is None or begin >= len(delivery.body):
        return delivery
    end = delivery.event_ends[fault.count]
    broken = with_malformed_event(content_type, delivery.body[begin:end], rng)
    before, rest = _divided(delivery.pieces, begin)
    event, after = _divided(rest, end - begin)
    # The event may have arrived in several pieces; it is sent when the last of them is due.
    pieces = (*before, Piece(broken, event[-1].due_s), *after)
    grown_bytes = len(broken) - (end - begin)
    event_ends = (
        *delivery.event_ends[: fault.count],
        *(event_end + grown_bytes for event_end in delivery.event_ends[fault.count :]),
    )
    return replace(delivery, pieces=pieces, event_ends=event_ends)


_CHANGES: dict[FaultKind, Callable[[Delivery, Fault, Random, Request], Delivery]] = {
    "status": _refuse,
    "cut-at-headers": _cut_at_headers,
    "cut-at-event": _cut_at_event,
    "cut-at-byte": _cut_at_byte,
    "stall-at-headers": _stall_at_headers,
    "stall-at-event": _stall_at_event,
    "slow": _slow,
    "split": _split,
    "join": _join,
    "malformed-at-event": _malformed,
}


def _offset_of_event(delivery: Delivery, event: int) -> int | None:
    """Return where an event begins, or the first that is missing; None for the ones behind it."""
    return (0, *delivery.event_ends)[event] if event <= len(delivery.event_ends) else None


def _last_end(event_ends: Sequence[int]) -> int:
    return event_ends[-1] if event_ends else 0


def _ends(pieces: Sequence[Piece]) -> list[int]:
    ends, end = [], 0
    for piece in pieces:
        end += len(piece.data)
        ends.append(end)
    return ends


def _divided(pieces: Sequence[Piece], offset: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Divide pieces at a byte offset. One that contains it becomes two of the same time."""
    ends = _ends(pieces)
    place = bisect_left(ends, offset)
    if place == len(pieces):
        return tuple(pieces), ()
    data, due_s = pieces[place]
    inside = len(data) - (ends[place] - offset)
    first = (*pieces[:place], *([Piece(data[:inside], due_s)] if inside else []))
    rest = (*([Piece(data[inside:], due_s)] if inside < len(data) else []), *pieces[place + 1 :])
    return first, rest
