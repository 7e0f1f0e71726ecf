"""Which file of one side corresponds to which of the other: first by path, then by content, as a renamed recording has it."""

import hashlib
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from viewer.comparison.folders.tree import TreeFile
from viewer.comparison.normalise import canonical_bytes
from viewer.comparison.pairing import requests_of
from viewer.streams.cassette import Cassette

# Names are compared with each other only among files with the same requests, of which there are few.
_MAX_COMPARED_NAMES = 50


class FilesByPath(NamedTuple):
    """Files with the same path on both sides, and those that only one side has."""

    pairs: list[tuple[TreeFile, TreeFile]]
    only_left: list[TreeFile]
    only_right: list[TreeFile]


class Lone(NamedTuple):
    """A recording without one of the same path on the other side."""

    file: TreeFile
    digest: bytes
    """Of its content."""
    requests: bytes
    """A digest of its requests; empty if it recorded none."""
    interactions: int


def pair_by_path(left: Sequence[TreeFile], right: Sequence[TreeFile]) -> FilesByPath:
    """Pair the files of two sides by their path, in its order."""
    others = {file.name: file for file in right}
    names = {file.name for file in left}
    by_name = sorted(left, key=lambda file: file.name)
    return FilesByPath(
        [(file, others[file.name]) for file in by_name if file.name in others],
        [file for file in by_name if file.name not in others],
        sorted((file for file in right if file.name not in names), key=lambda file: file.name),
    )


def requests_digest(cassette: Cassette) -> bytes:
    """Return a digest that two recordings of the same requests share, or nothing if no request was recorded."""
    requests = [request for request in requests_of(cassette) if any(request)]
    return hashlib.sha256(canonical_bytes(requests)).digest() if requests else b""


def pair_by_content(left: Sequence[Lone], right: Sequence[Lone]) -> list[tuple[Lone, Lone]]:
    """Return the renamed recordings: those with the same content, then those with the same requests.

    Among several, the most similar names are paired.
    """
    pairs = _pair_by(left, right, [one.digest for one in left], [one.digest for one in right])
    taken = {id(one) for pair in pairs for one in pair}
    left, right = ([one for one in side if id(one) not in taken] for side in (left, right))
    pairs += _pair_by(left, right, [one.requests for one in left], [one.requests for one in right])
    return sorted(pairs, key=lambda pair: pair[1].file.name)


def _pair_by(
    left: Sequence[Lone], right: Sequence[Lone], keys: Sequence[bytes], other_keys: Sequence[bytes]
) -> list[tuple[Lone, Lone]]:
    groups: dict[bytes, list[Lone]] = {}
    for one, key in zip(left, keys, strict=True):
        if key:
            groups.setdefault(key, []).append(one)
    pairs = []
    for other, key in zip(right, other_keys, strict=True):
        if group := groups.get(key):
            best = max(group[:_MAX_COMPARED_NAMES], key=lambda one: _likeness(one.file.name, other.file.name))
            group.remove(best)
            pairs.append((best, other))
    return pairs


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name, other, autojunk=False).ratio()
