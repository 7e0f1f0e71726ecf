"""What one server gives to all who use it, and how that is set: VIEWER_LIMITS="concurrent_parses=4 events=1000000"."""

import os
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from viewer.files.entries import FolderLimits
from viewer.types.limits import Limits

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """State what the sessions of a server may take together."""

    concurrent_parses: int = 2
    """Recordings that are read, compared or written at once; others wait for their turn."""
    turn_seconds: int = 60
    """How long one waits for its turn."""
    session_bytes: int = 1024 * _MEBIBYTE
    """Of all that one session has opened by hand."""
    kept_bytes: int = 1024 * _MEBIBYTE
    """Of memory for what has been read, twice its file, and for what was made of it. What was asked for longest ago goes first."""


@dataclass(frozen=True, slots=True)
class AllLimits:
    """Hold the limits of one recording, of folders and archives, and of the server."""

    reading: Limits = field(default_factory=Limits)
    folders: FolderLimits = field(default_factory=FolderLimits)
    server: ServerLimits = field(default_factory=ServerLimits)


def limits_of(text: str) -> AllLimits:
    """Return the limits that a line of `name=number` sets, with the defaults of all others; raise `ValueError` where it is off."""
    every: dict[str, Any] = {part.name: getattr(AllLimits(), part.name) for part in fields(AllLimits)}
    known = {limit.name: part for part, held in every.items() for limit in fields(held)}
    for word in text.replace(",", " ").split():
        name, _, number = word.partition("=")
        if name not in known:
            raise ValueError(f"VIEWER_LIMITS: there is no limit {name!r}; there are {', '.join(sorted(known))}.")
        if not (number.isascii() and number.isdigit() and int(number)):
            raise ValueError(f"VIEWER_LIMITS: {name} is a whole number above 0, not {number!r}.")
        every[known[name]] = replace(every[known[name]], **{name: int(number)})
    return AllLimits(**every)


@cache
def limits() -> AllLimits:
    """Return the limits of this server."""
    return limits_of(os.environ.get("VIEWER_LIMITS", ""))
