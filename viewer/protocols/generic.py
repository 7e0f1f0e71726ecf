"""Streams that no other protocol recognises: the events are shown, nothing is guessed."""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.reading import Reading
from viewer.schema import OTHER
from viewer.usage import Usage
from viewer.wire import Events

PROTOCOL = "generic"


def recognise(_sample: Sample) -> int:
    """Take what is left."""
    return 1


def read(events: Events, reading: Reading) -> None:
    """Give every event one row."""
    for index, _ in reading.payloads(events):
        reading.add(index, OTHER)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object as it is."""
    return Usage(reported=reported)
