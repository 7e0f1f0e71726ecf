"""Conflicts that Git left in a file when it could not merge two versions of it."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from viewer.streams.loading import load
from viewer.types.http import Interaction
from viewer.types.problems import CassetteError

# A conflict in the diff3 style has the common version too, behind "|||||||".
_MARKER = re.compile(rb"^(?:(<{7} .*?)|(\|{7}.*?)|(={7})|(>{7} .*?))\r?$", re.MULTILINE)
# Its bodies are the file itself or what looks like an event in it, so that they do not tell recorded text from the rest.
_ANY_TEXT = "text"
_BARE_BODIES = frozenset({_ANY_TEXT, "sse", "ndjson", "json-array", "json", "data-stream"})


class Conflict(NamedTuple):
    """Where one conflict begins."""

    line: int
    """Counted from 1."""
    marker: bytes
    """The whole line."""


class _Found(NamedTuple):
    opening: re.Match[bytes]
    second: int
    """The offset behind the line that ends the first version."""
    first_ends: int
    end: int


def find_conflicts(data: bytes, file_format: str, interactions: Iterable[Interaction]) -> list[Conflict]:
    """Return the conflicts of a file, whose format and interactions are those that were read despite them.

    Markers in recorded text are not conflicts: a model that edits code writes the same lines. In JSON, YAML and event streams no
    recorded text starts a line. In other syntaxes it can, and then a body has the same lines.
    """
    if b"<<<<<<< " not in data:
        return []
    found = list(_conflicts(data))
    if not found:
        return []
    texts = [data[one.opening.start() : one.end] for one in found]
    if (file_format not in _BARE_BODIES and _are_in_bodies(texts, interactions)) or _is_toml(data):
        return []
    if not _is_recording(_with_first_versions(data, found)):
        return []
    return [Conflict(data.count(b"\n", 0, one.opening.start()) + 1, one.opening[0].rstrip(b"\r")) for one in found]


def _conflicts(data: bytes) -> Iterator[_Found]:
    opening, first_ends, second = None, -1, -1
    for marker in _MARKER.finditer(data):
        begins, common, middle, ends = (marker[group] is not None for group in (1, 2, 3, 4))
        if begins:
            opening, first_ends, second = marker, -1, -1
        elif opening is None:
            continue
        elif common and first_ends < 0:
            first_ends = marker.start()
        elif middle and second < 0:
            first_ends = marker.start() if first_ends < 0 else first_ends
            second = marker.end()
        elif ends and second >= 0:
            yield _Found(opening, second, first_ends, marker.end())
            opening = None


def _with_first_versions(data: bytes, found: Iterable[_Found]) -> bytes:
    """Return the file as it was on the first side of the merge."""
    pieces, start = [], 0
    for one in found:
        pieces += [data[start : one.opening.start()], data[one.opening.end() + 1 : one.first_ends]]
        start = one.end + 1
    return b"".join((*pieces, data[start:]))


def _are_in_bodies(texts: list[bytes], interactions: Iterable[Interaction]) -> bool:
    bodies = [body for one in interactions for body in (one.request.body, one.response.body)]
    return all(any(text in body for body in bodies) for text in texts)


def _is_toml(data: bytes) -> bool:
    """Tell whether a file is TOML despite its markers, so that they are in a string: only there they are allowed."""
    try:
        tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _is_recording(data: bytes) -> bool:
    """Tell whether a recorder wrote a file, and it is not any text in which something looks like an event."""
    try:
        return load(data).format != _ANY_TEXT
    except CassetteError:
        return False
