"""Streams that no other protocol recognises. Their events are listed, and nothing is guessed."""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_in_event
from viewer.protocols.reading import Reading
from viewer.types.chunk_table import KEEP_ALIVE, OTHER
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "generic"
ABOUT = About(PROTOCOL, "any other", "", "events are listed, nothing is guessed")


def recognise(_sample: Sample) -> int:
    """Accept every stream, but less surely than any other protocol."""
    return 1


def read(events: Events, reading: Reading) -> None:
    """Add one row for every event, with its payload as text."""
    for index, (name, data) in enumerate(zip(events.name, events.data, strict=True)):
        if data and not name:
            reading.add_outside(index, data)
        elif error := error_in_event(name, data):
            reading.add_error(index, error)
        elif data:
            reading.add(index, OTHER, data.decode(errors="replace"))
        else:
            reading.add(index, KEEP_ALIVE)
    reading.ended = True
    names = ", ".join(list(dict.fromkeys(name for name in events.name if name))[:4])
    reading.problems.append(
        Problem(
            "warning",
            f"The protocol of this stream is not known (events: {names}), so no text, usage or times were read from it.",
            "Its events are shown as rows of kind other, with their payload as text.",
            offset=0,
        )
    )


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged."""
    return Usage(reported=reported)
