"""What each event of a stream adds. Every provider protocol is a module in `dialects/`, and is found by being there.

A protocol module defines:

- `PROTOCOL`, its name, and `ABOUT`, its row in docs/formats.md
- `recognise(sample)`, which returns how sure it is that this is its stream, from 0 to 100
- `read(events, reading)`, which adds at least one row for every event
- `usage(reported, provider)`, which converts the provider's usage object to a `Usage`
- optionally `as_events(payload)`, which turns a response that was not streamed into the events of a stream

Packages of other people add modules by the entry point `cassette_viewer.protocols`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple, Protocol, cast

import viewer.protocols.dialects
from viewer.protocols.lost_text import loses_text
from viewer.protocols.plugin_protocols import PluginProtocol
from viewer.protocols.reading import Reading
from viewer.protocols.unread_text import show_unread_text
from viewer.text.json import parse
from viewer.types.formats import About, modules_of
from viewer.types.plugins import PROTOCOLS, PluginError, find_plugins
from viewer.types.problems import Problem
from viewer.types.usage import Usage
from viewer.wire import Events

_LAST_RESORT = "generic"
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

    @property
    def PROTOCOL(self) -> str: ...  # noqa: N802 - a constant of a module
    @property
    def ABOUT(self) -> About: ...  # noqa: N802 - a constant of a module

    def recognise(self, sample: Sample) -> int: ...
    def read(self, events: Events, reading: Reading) -> None: ...
    def usage(self, reported: Mapping[str, Any], provider: str | None) -> Usage: ...


@cache
def built_in_protocols() -> tuple[ProtocolModule, ...]:
    """Return every module in `dialects/`."""
    return tuple(cast("list[ProtocolModule]", modules_of(viewer.protocols.dialects)))


@cache
def known_protocols() -> tuple[ProtocolModule, ...]:
    """Return the built-in protocol modules and the plug-ins."""
    return (*built_in_protocols(), *map(PluginProtocol, find_plugins(PROTOCOLS).found))


def protocol_of(url: str, events: Events) -> ProtocolModule:
    """Return the protocol that is surest of these events, or `generic` if none recognises them."""
    return _ranked(url, events, [])[0]


def read_events(url: str, events: Events, told: str = "") -> tuple[ProtocolModule, Reading]:
    """Read events with the surest protocol that finds the text in them. `generic`, the last, keeps every payload as text.

    `told` names a protocol to try first.
    """
    failures: list[Problem] = []
    for protocol in _candidates(url, events, told, failures):
        reading = Reading()
        try:
            protocol.read(events, reading)
        except PluginError as error:
            failures.append(error.problem)
            continue
        if protocol.PROTOCOL == _LAST_RESORT:
            break
        if not loses_text(events, reading):
            show_unread_text(events, reading)
            break
    reading.problems += failures
    return protocol, reading


def _candidates(url: str, events: Events, told: str, failures: list[Problem]) -> Iterator[ProtocolModule]:
    """Yield the protocols to try in order. To rank them takes longer than to read a short stream, so it is done only if asked for."""
    first = _by_name().get(told)
    if first:
        yield first
    yield from (protocol for protocol in _ranked(url, events, failures) if protocol is not first)


@cache
def _by_name() -> Mapping[str, ProtocolModule]:
    return {protocol.PROTOCOL: protocol for protocol in built_in_protocols()}


def _ranked(url: str, events: Events, failures: list[Problem]) -> list[ProtocolModule]:
    """Return the protocols that recognise events, the surest first, and `generic` last. Add the failures of plug-ins."""
    first = list(islice((index for index, data in enumerate(events.data) if data), SAMPLE_EVENTS))
    names = tuple(events.name[index] for index in first)
    ranking = _rank(known_protocols(), url, names, tuple(events.data[index] or b"" for index in first))
    failures += ranking.failures
    return list(ranking.protocols)


class _Ranking(NamedTuple):
    protocols: tuple[ProtocolModule, ...]
    failures: tuple[Problem, ...]


# A stream that is shown while it is recorded is read again and again, and begins with the same events each time.
@lru_cache(maxsize=4)
def _rank(known: tuple[ProtocolModule, ...], url: str, names: tuple[str, ...], data: tuple[bytes, ...]) -> _Ranking:
    sample = Sample(url, names, tuple(_payloads(data)))
    recognised: list[tuple[int, bool, ProtocolModule]] = []
    failures: list[Problem] = []
    for protocol in known:
        try:
            sureness = protocol.recognise(sample)
        except PluginError as error:
            failures.append(error.problem)
            continue
        if sureness:
            recognised.append((sureness, protocol.PROTOCOL != _LAST_RESORT, protocol))
    ranked = sorted(recognised, key=lambda one: one[:2], reverse=True)
    return _Ranking(tuple(protocol for *_, protocol in ranked), tuple(failures))


def _payloads(data: tuple[bytes, ...]) -> list[Any]:
    payloads = []
    for one in data:
        try:
            payloads.append(parse(one))
        except ValueError:
            continue
    return payloads
