"""What each event adds: one module a provider protocol, found by what is in this folder.

A protocol module has a `PROTOCOL` name, `ABOUT`, its row in the table of what opens, and three functions:
`recognise(sample)` says how sure it is, 0 to 100, that it reads this stream; `read(events, reading)` gives every event its
rows; `usage(reported, provider)` puts the provider's usage object into the one vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any, Protocol, cast

import viewer.protocols.dialects
from viewer.protocols.reading import Reading
from viewer.text.json import parse
from viewer.types.formats import About, modules_of
from viewer.types.usage import Usage
from viewer.wire import Events

SAMPLE_EVENTS = 16


@dataclass(frozen=True)
class Sample:
    """Hold what a protocol is recognised by."""

    url: str
    names: tuple[str, ...]
    """Event types of the first events that hold data."""
    payloads: tuple[Any, ...]
    """JSON of the first events that hold JSON."""

    @property
    def path(self) -> str:
        """The URL without its query."""
        return self.url.partition("?")[0]

    @cached_property
    def objects(self) -> tuple[dict[str, Any], ...]:
        """Those of them that are objects."""
        return tuple(payload for payload in self.payloads if isinstance(payload, dict))


class ProtocolModule(Protocol):
    """Describe the shape of a module in this folder."""

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
    """Return the protocol that is surest of these events; `generic` reads what no other knows."""
    first = list(islice((index for index, data in enumerate(events.data) if data), SAMPLE_EVENTS))
    sample = Sample(url, tuple(events.name[index] for index in first), tuple(_payloads(events, first)))
    return max(known_protocols(), key=lambda protocol: protocol.recognise(sample))


def _payloads(events: Events, indices: list[int]) -> list[Any]:
    payloads = []
    for index in indices:
        try:
            payloads.append(parse(events.data[index] or b""))
        except ValueError:
            continue
    return payloads
