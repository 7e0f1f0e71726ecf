"""What a body of server-sent events is made of, and how it can depart from the standard."""

from enum import Enum
from typing import NamedTuple


class Departure(Enum):
    """How a server, a gateway or a recorder departs from the standard in a way that can still be read."""

    ONE_LINE_END = "one line end"
    """Events follow each other without a blank line."""
    ON_ONE_LINE = "on one line"
    """Several fields stand on one line, as if a recorder had folded the lines."""
    SEVERAL_VALUES = "several values"
    """A payload is several JSON values, one after another."""
    PREFIX_TWICE = "prefix twice"
    """A payload begins with the name of its own field again."""
    INDENTED = "indented"
    """A field has spaces before its name."""
    ERROR_FIELD = "error field"
    """An error is sent in a field of that name."""
    STRAY_TEXT = "stray text"
    """Text that is not a field, such as what a gateway writes when it gives up."""
    UNKNOWN_FIELD = "unknown field"
    """A field that the standard does not know, and that clients ignore."""


class Oddity(NamedTuple):
    """One departure from the standard."""

    departure: Departure
    text: bytes = b""
    """The text that clients ignore; b"" if they do not ignore any."""


class Unit(NamedTuple):
    """An event, a comment line before one, or text outside of every event."""

    offset: int
    name: str
    """The type of an event; "" for everything else."""
    data: bytes | None
    """The payload of an event, or the text outside of every event; None for everything else."""
    oddities: tuple[Oddity, ...] = ()


class Line(NamedTuple):
    """A line that is not blank."""

    offset: int
    content: bytes
    """The line without its line end."""


def event_type(value: bytes) -> str:
    """Return the type that an `event` field sets."""
    return value.removeprefix(b" ").decode(errors="replace") or "message"
