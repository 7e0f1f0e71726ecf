"""The limits of a server, set in one variable: VIEWER_LIMITS="concurrent_parses=4 events=1000000"."""

import os
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from viewer.files.entries import FolderLimits
from viewer.types.limits import Limits, NamedLimits

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ServerLimits(NamedLimits):
    """What all sessions of a server may use together."""

    concurrent_parses: int = 2
    """Recordings that are read, compared or written at once. Others wait for a slot."""
    turn_seconds: int = 60
    """How long to wait for a slot."""
    session_bytes: int = 1024 * _MEBIBYTE
    """Total size of what one browser opens by hand."""
    upload_bytes: int = 2048 * _MEBIBYTE
    """Memory for what all browsers have opened by hand. The least recently used goes first."""
    upload_idle_seconds: int = 86_400
    """How long a recording that was opened by hand is kept without being used."""
    kept_bytes: int = 1024 * _MEBIBYTE
    """Memory for opened recordings (twice the size of their files) and for what was computed from them. The least recently
    used goes first."""


@dataclass(frozen=True, slots=True)
class AllLimits:
    """The limits of one recording, of folders and archives, and of the server."""

    reading: Limits = field(default_factory=Limits)
    folders: FolderLimits = field(default_factory=FolderLimits)
    server: ServerLimits = field(default_factory=ServerLimits)


def parse_limits(text: str) -> AllLimits:
    """Parse `name=number` words, with defaults for all other limits. Raise `ValueError` for an unknown name or bad number."""
    every: dict[str, Any] = {part.name: getattr(AllLimits(), part.name) for part in fields(AllLimits)}
    known = {limit.name: part for part, group in every.items() for limit in fields(group)}
    for word in text.replace(",", " ").split():
        name, _, number = word.partition("=")
        if name not in known:
            raise ValueError(f"VIEWER_LIMITS: unknown limit {name!r}. The limits are {', '.join(sorted(known))}.")
        if not (number.isascii() and number.isdigit() and int(number)):
            raise ValueError(f"VIEWER_LIMITS: {name} must be a whole number above 0, not {number!r}.")
        every[known[name]] = replace(every[known[name]], **{name: int(number)})
    return AllLimits(**every)


@cache
def limits() -> AllLimits:
    """Return the limits of this server."""
    return parse_limits(os.environ.get("VIEWER_LIMITS", ""))
