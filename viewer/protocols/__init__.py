"""What each event of a stream adds. Every provider protocol is a module in `dialects/`, and is found by being there.

A protocol module defines:

- `PROTOCOL`, its name, and `ABOUT`, its row in docs/formats.md
- `recognise(sample)`, which returns how sure it is that this is its stream, from 0 to 100
- `read(events, reading)`, which adds at least one row for every event
- `usage(reported, provider)`, which converts the provider's usage object to a `Usage`
- optionally `as_events(payload)`, which turns a response that was not streamed into the events of a stream
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any, Protocol, cast

import viewer.protocols.dialects
from viewer.protocols.lost_text import loses_text
from viewer.protocols.reading import Reading
from viewer.text.json import parse
from viewer.types.formats import About, modules_of
from viewer.types.usage import Usage
from viewer.wire import Events

SAMPLE_EVENTS = 16
"""How many events with data a protocol is recognised by."""


@dataclass(frozen=True)
class Sample:
    """What a protocol is recognised by."""

    url: str
    names: tuple[str, ...]
    """The types of the first events with data."""
    payloads: tuple[Any, ...]
    """The JSON values of those of them that hold JSON."""

    @property
    def path(self) -> str:
        """The URL without its query."""
        return self.url.partition("?")[0]

    @cached_property
    def objects(self) -> tuple[dict[str, Any], ...]:
        """The payloads that are JSON objects."""
        return tuple(payload for payload in self.payloads if isinstance(payload, dict))


class ProtocolModule(Protocol):
    """What a module in `dialects/` defines."""

    PROTOCOL: str
    ABOUT: About

    def recognise(self, sample: Sample) -> int: ...
    def read(self, events: Events, reading: Reading) -> None: ...
    def usage(self, reported: Mapping[str, Any], provider: str | None) -> Usage: ...


@cache
def known_protocols() -> tuple[ProtocolModule, ...]:
    """Return every protocol module."""
    return tuple(cast("list[ProtocolModule]", modules_of(viewer.protocols.dialects)))


def protocol_of(url: str, events: Events) -> ProtocolModule:
    """Return the protocol that is surest of these events, or `generic` if none recognises them."""
    return _ranked(url, events)[0]


def read_events(url: str, events: Events) -> tuple[ProtocolModule, Reading]:
    """Read events with the surest protocol that finds the text in them. `generic`, the last, keeps every payload as text."""
    *protocols, last = _ranked(url, events)
    for protocol in protocols:
        reading = Reading()
        protocol.read(events, reading)
        if not loses_text(events, reading):
            return protocol, reading
    reading = Reading()
    last.read(events, reading)
    return last, reading


def _ranked(url: str, events: Events) -> list[ProtocolModule]:
    """Return the protocols that recognise events, the surest first."""
    first = list(islice((index for index, data in enumerate(events.data) if data), SAMPLE_EVENTS))
    sample = Sample(url, tuple(events.name[index] for index in first), tuple(_payloads(events, first)))
    sureness = [(protocol.recognise(sample), protocol) for protocol in known_protocols()]
    recognised = [(sure, protocol) for sure, protocol in sureness if sure > 0]
    return [protocol for _, protocol in sorted(recognised, key=lambda pair: -pair[0])]


def _payloads(events: Events, indices: list[int]) -> list[Any]:
    payloads = []
    for index in indices:
        try:
            payloads.append(parse(events.data[index] or b""))
        except ValueError:
            continue
    return payloads
