"""What a client did after a fault: ask again, go on with what it had, leave, or nothing that can be seen."""

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain

from viewer.conversation.requests import read_request
from viewer.playback.session.record import Record, Result
from viewer.types.http import Request

# How many spoilt answers and different faults are watched. Of older ones, what is known by then is counted.
_MAX_WATCHED, _MAX_FAULTS = 1000, 200
OTHER_FAULTS = "other faults"

_SPACES = re.compile(r"\s+")
_MODEL_ROLES = frozenset({"assistant", "model", "chatbot", "ai"})
# A clock that is read twice, and a timer that rings early.
_TOLERANCE_S = 0.02


@dataclass(slots=True, eq=False)
class Reaction:
    """What clients did after one fault, over all answers that had it."""

    results: Counter[Result] = field(default_factory=Counter)
    """What became of the answers."""
    spoiled: int = 0
    """How many of them kept the client from getting what was recorded."""
    retries: int = 0
    """After how many of those an equal request came that its client counts as a retry."""
    new_calls: int = 0
    """After how many an equal request came that its client counts as a new call."""
    equal_requests: int = 0
    """After how many an equal request came from a client that does not count."""
    went_on: int = 0
    """After how many a request came with the cut text as a message of the model."""
    gave_up: int = 0
    """After how many nothing of this came, although they were retries themselves."""
    silent: int = 0
    """After how many others nothing of this came."""
    early: int = 0
    """How many equal requests came before the time of `Retry-After` was over."""
    retry_after_s: int | None = None
    again_s: tuple[float, float] | None = None
    """The shortest and the longest time until an equal request."""


@dataclass(slots=True, eq=False)
class _Spoiled:
    """An answer after which the client is watched."""

    record: Record
    again_s: float | None = None
    """How long after its end an equal request came."""
    again_count: int | None = None
    """`Record.retry_count` of that request."""
    has_gone_on: bool = False


@dataclass(slots=True, eq=False)
class FaultReactions:
    """Watches clients after faults. It holds a limited number of answers, however long the server runs."""

    closed: dict[str, Reaction] = field(default_factory=dict)
    """By fault, what is counted already."""
    watched: OrderedDict[int, _Spoiled] = field(default_factory=OrderedDict)
    """By number of the request, the answers after which something may still come."""
    by_key: dict[Hashable, deque[int]] = field(default_factory=dict)
    """The numbers of those that answer equal requests, the oldest first."""

    def add(self, record: Record, request: Request) -> None:
        """Look at a request that has ended: as a reaction to faults before it, and as one that has a fault itself."""
        if record.key is not None and record.key in self.by_key:
            self._ask_again(record)
        self._go_on(record, request)
        if record.fault:
            self._watch(record)

    def by_fault(self) -> dict[str, Reaction]:
        """Return what is known until now, by fault."""
        reactions = deepcopy(self.closed)
        for spoiled in self.watched.values():
            _count(spoiled, reactions[_name(spoiled.record.fault, reactions)])
        return reactions

    def _watch(self, record: Record) -> None:
        reaction = self.closed.setdefault(_name(record.fault, self.closed), Reaction())
        reaction.results[record.result] += 1
        reaction.retry_after_s = record.retry_after_s
        if not record.is_spoiled:
            return
        reaction.spoiled += 1
        self.watched[record.number] = _Spoiled(record)
        self.by_key.setdefault(record.key, deque()).append(record.number)
        if len(self.watched) > _MAX_WATCHED:
            self._close(next(iter(self.watched)))

    def _close(self, number: int) -> None:
        spoiled = self.watched.pop(number)
        key = spoiled.record.key
        self.by_key[key].remove(number)
        if not self.by_key[key]:
            del self.by_key[key]
        _count(spoiled, self.closed[_name(spoiled.record.fault, self.closed)])

    def _ask_again(self, again: Record) -> None:
        before = [
            spoiled
            for number in self.by_key[again.key]
            if (spoiled := self.watched[number]).record.ended_s <= again.started_s + _TOLERANCE_S
        ]
        if again.retry_count == 0:
            # The retry of another client may still come, so these answers stay open.
            before = [spoiled for spoiled in before if spoiled.again_s is None]
        if before:
            spoiled = next((one for one in before if _is_next(one.record, again)), before[0])
            spoiled.again_s, spoiled.again_count = _after_s(spoiled, again), again.retry_count
            if again.retry_count != 0:
                self._close(spoiled.record.number)

    def _go_on(self, record: Record, request: Request) -> None:
        cut = [one for one in self.watched.values() if one.record.cut_text and not one.has_gone_on]
        if cut:
            said = set(_said_by_model(request))
            for spoiled in cut:
                spoiled.has_gone_on = (
                    spoiled.record.ended_s <= record.started_s and _plain(spoiled.record.cut_text) in said
                )


def _name(fault: str, known: dict[str, Reaction]) -> str:
    return fault if fault in known or len(known) < _MAX_FAULTS else OTHER_FAULTS


def _is_next(record: Record, again: Record) -> bool:
    """Tell whether a request is the next attempt after a record, by the client's own count."""
    return again.retry_count is not None and record.retry_count == again.retry_count - 1


def _after_s(spoiled: _Spoiled, again: Record) -> float:
    return max(0.0, again.started_s - spoiled.record.ended_s)


def _count(spoiled: _Spoiled, reaction: Reaction) -> None:
    reaction.went_on += spoiled.has_gone_on
    if spoiled.again_s is None:
        has_given_up = bool(spoiled.record.retry_count)
        reaction.gave_up += has_given_up and not spoiled.has_gone_on
        reaction.silent += not has_given_up and not spoiled.has_gone_on
        return
    reaction.new_calls += spoiled.again_count == 0
    reaction.equal_requests += spoiled.again_count is None
    reaction.retries += bool(spoiled.again_count)
    retry_after_s = spoiled.record.retry_after_s
    reaction.early += retry_after_s is not None and spoiled.again_s < retry_after_s - _TOLERANCE_S
    low, high = reaction.again_s or (spoiled.again_s, spoiled.again_s)
    reaction.again_s = min(low, spoiled.again_s), max(high, spoiled.again_s)


def _said_by_model(request: Request) -> Iterator[str]:
    """Yield the texts that a request brings as said by the model."""
    messages = (message for message in read_request(request).messages if message.role.lower() in _MODEL_ROLES)
    for message in messages:
        texts = [part.text for part in message.parts if part.kind == "text"]
        yield from {_plain(text) for text in chain(texts, ["".join(texts)])}


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
