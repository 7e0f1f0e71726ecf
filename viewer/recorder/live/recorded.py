"""What a recorder records, for the page that follows it."""

from typing import NamedTuple


class Place(NamedTuple):
    """A base URL of the recorder, and the upstream whose place it takes."""

    base: str
    upstream: str


class Recorded(NamedTuple):
    """What is recorded, in words of the command."""

    what: str
    """The upstreams, or the program."""
    places: tuple[Place, ...]
    """What to send requests to; empty for a program, which knows."""
    folder: str
