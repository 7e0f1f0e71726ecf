"""Which interaction of one cassette is which of another, so that a recording with one more call pairs sensibly.

Interactions of one method and path belong together: first those whose requests are the same, in their order, then the most
alike. What is left pairs with an interaction of another path if both are answers of a model; the rest came or went.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from viewer.cassette import Cassette
from viewer.settled import settled_body, settled_path
from viewer.text_diff import align

_WORD = re.compile(r"\w+")
_MOST_WORDS = 2_000
_MOST_COMPARED = 250


@dataclass(frozen=True, slots=True)
class Pairing:
    """Hold places of interactions: those that belong together, and those of one cassette alone."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    """Of the left cassette alone."""
    added: tuple[int, ...]
    """Of the right cassette alone."""


class _Asked(NamedTuple):
    """What of an interaction tells which it is; a named tuple, since cassettes are put in an order by these."""

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
    pairs = _pairs(one, other) if one <= other else [(first, second) for second, first in _pairs(other, one)]
    pairs.sort()
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
            settled_body(interaction.request.body),
            place in answered,
        )
        for place, interaction in enumerate(cassette.interactions)
    ]


def _path(url: str) -> str:
    try:
        return settled_path(urlsplit(url).path)
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
    ours, theirs = [_words(one.body) for one in left], [_words(one.body) for one in right]
    ranked = sorted(
        (-_likeness(words, other_words), abs(place - other), place, other)
        for place, words in enumerate(ours)
        for other, other_words in enumerate(theirs)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, place, other in ranked:
        if place not in pairs and other not in taken:
            pairs[place] = other
            taken.add(other)
    return [(left[place].place, right[other].place) for place, other in pairs.items()]


def _words(body: str) -> frozenset[str]:
    # The last of a request are what is new in it.
    return frozenset(_WORD.findall(body)[-_MOST_WORDS:])


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))
