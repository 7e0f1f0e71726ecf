"""Which interaction of one cassette is which of another, so that a recording with one more call pairs sensibly.

Interactions of one method and path belong together: first those whose requests are the same, in their order, then the most
alike. What is left pairs with an interaction of another path if both are answers of a model; the rest came or went.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit
from zlib import crc32

from viewer.comparison.normalise import normalised_body, normalised_path
from viewer.comparison.text_diff import align
from viewer.streams.cassette import Cassette

_WORD = re.compile(r"\w+")
_MOST_WORDS = 400
_MOST_CHARACTERS = 50_000
_MOST_COMPARED = 150


@dataclass(frozen=True, slots=True)
class Pairing:
    """Hold places of interactions: those that belong together, and those of one cassette alone."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    """Of the left cassette alone."""
    added: tuple[int, ...]
    """Of the right cassette alone."""


class _Asked(NamedTuple):
    """What of an interaction tells which it is."""

    place: int
    method: str
    path: str
    body: str
    is_answer: bool

    @property
    def group(self) -> tuple[str, str]:
        return self.method, self.path


def pair(left: Cassette, right: Cassette) -> Pairing:
    """Return which interactions of two cassettes belong together; swapping the cassettes mirrors it."""
    one, other = _asked(left), _asked(right)
    pairs = sorted(_pairs(one, other))
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    return Pairing(
        tuple(pairs),
        tuple(asked.place for asked in one if asked.place not in firsts),
        tuple(asked.place for asked in other if asked.place not in seconds),
    )


def _asked(cassette: Cassette) -> list[_Asked]:
    answered = {stream.interaction for stream in cassette.streams} | cassette.answers.keys()
    return [
        _Asked(
            place,
            interaction.request.method.upper(),
            _path(interaction.request.url),
            normalised_body(interaction.request.body),
            place in answered,
        )
        for place, interaction in enumerate(cassette.interactions)
    ]


def _path(url: str) -> str:
    try:
        return normalised_path(urlsplit(url).path)
    except ValueError:
        return url


def _pairs(left: Sequence[_Asked], right: Sequence[_Asked]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    groups = dict.fromkeys(asked.group for asked in left)
    for group in groups:
        ours = [asked for asked in left if asked.group == group]
        theirs = [asked for asked in right if asked.group == group]
        pairs += _same(ours, theirs)
        pairs += _alike(_unpaired(ours, pairs, 0), _unpaired(theirs, pairs, 1))
    rest, other_rest = _unpaired(left, pairs, 0), _unpaired(right, pairs, 1)
    pairs += _alike([one for one in rest if one.is_answer], [one for one in other_rest if one.is_answer])
    return pairs


def _unpaired(asked: Sequence[_Asked], pairs: Sequence[tuple[int, int]], number: int) -> list[_Asked]:
    taken = {places[number] for places in pairs}
    return [one for one in asked if one.place not in taken]


def _same(left: Sequence[_Asked], right: Sequence[_Asked]) -> Iterator[tuple[int, int]]:
    for run in align([one.body for one in left], [one.body for one in right]):
        for step in range(run.length):
            yield left[run.left + step].place, right[run.right + step].place


def _alike(left: Sequence[_Asked], right: Sequence[_Asked]) -> list[tuple[int, int]]:
    """Pair the most alike first, the nearer of those alike to the same degree; of too many, each with the next."""
    if max(len(left), len(right)) > _MOST_COMPARED:
        return [(one.place, other.place) for one, other in zip(left, right, strict=False)]
    words = _telling_words([one.body for one in (*left, *right)])
    ours, theirs = words[: len(left)], words[len(left) :]
    ranked = sorted(
        (-_likeness(one, another), abs(place - other), place, other)
        for place, one in enumerate(ours)
        for other, another in enumerate(theirs)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, place, other in ranked:
        if place not in pairs and other not in taken:
            pairs[place] = other
            taken.add(other)
    return [(left[place].place, right[other].place) for place, other in pairs.items()]


def _telling_words(bodies: Sequence[str]) -> list[frozenset[str]]:
    """Return words of each body that do not stand in all of them, such as those of the tools; of many a sample, by checksum."""
    words = [frozenset(_WORD.findall(f"{body[:_MOST_CHARACTERS]} {body[-_MOST_CHARACTERS:]}")) for body in bodies]
    everywhere = frozenset.intersection(*words) if words else frozenset()
    return [frozenset(sorted(one - everywhere, key=_checksum)[:_MOST_WORDS]) for one in words]


def _checksum(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))
