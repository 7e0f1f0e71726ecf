"""Which interaction of one cassette corresponds to which of another, even if one cassette has a call more.

Interactions with the same method and path are paired: first equal requests, in order, then the most similar ones. What is left
is paired with an interaction of another path if both are answers of a model. The rest was added or removed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit
from zlib import crc32

from viewer.comparison.alignment import align
from viewer.comparison.normalise import normalised_body, normalised_path
from viewer.streams.cassette import Cassette

_WORD = re.compile(r"\w+")
# The search for similar requests compares each with every other. These bounds keep it to a few seconds.
_MAX_WORDS = 400
_MAX_CHARACTERS = 50_000
_MAX_COMPARED = 150


@dataclass(frozen=True, slots=True)
class Pairing:
    """Indices of interactions: corresponding pairs, and those that only one cassette has."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    """Only in the left cassette."""
    added: tuple[int, ...]
    """Only in the right cassette."""


class _Candidate(NamedTuple):
    """What identifies an interaction."""

    place: int
    method: str
    path: str
    body: str
    is_answer: bool

    @property
    def group(self) -> tuple[str, str]:
        return self.method, self.path


def pair(left: Cassette, right: Cassette) -> Pairing:
    """Pair the interactions of two cassettes. Swapping the cassettes mirrors the result."""
    one, other = _candidates(left), _candidates(right)
    pairs = sorted(_pairs(one, other))
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    return Pairing(
        tuple(pairs),
        tuple(each.place for each in one if each.place not in firsts),
        tuple(each.place for each in other if each.place not in seconds),
    )


def requests_of(cassette: Cassette) -> tuple[tuple[str, str, str], ...]:
    """Return what identifies the requests of a cassette: method, path and body, without what changes with every recording."""
    return tuple((one.method, one.path, one.body) for one in _candidates(cassette))


def _candidates(cassette: Cassette) -> list[_Candidate]:
    answered = {stream.interaction for stream in cassette.streams} | cassette.answers.keys()
    return [
        _Candidate(
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


def _pairs(left: Sequence[_Candidate], right: Sequence[_Candidate]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    groups = dict.fromkeys(each.group for each in left)
    for group in groups:
        ours = [each for each in left if each.group == group]
        theirs = [each for each in right if each.group == group]
        pairs += _pair_equal(ours, theirs)
        pairs += _pair_similar(_unpaired(ours, pairs, 0), _unpaired(theirs, pairs, 1))
    rest, other_rest = _unpaired(left, pairs, 0), _unpaired(right, pairs, 1)
    pairs += _pair_similar([one for one in rest if one.is_answer], [one for one in other_rest if one.is_answer])
    return pairs


def _unpaired(candidates: Sequence[_Candidate], pairs: Sequence[tuple[int, int]], side: int) -> list[_Candidate]:
    taken = {places[side] for places in pairs}
    return [one for one in candidates if one.place not in taken]


def _pair_equal(left: Sequence[_Candidate], right: Sequence[_Candidate]) -> Iterator[tuple[int, int]]:
    for run in align([one.body for one in left], [one.body for one in right]):
        for step in range(run.length):
            yield left[run.left + step].place, right[run.right + step].place


def _pair_similar(left: Sequence[_Candidate], right: Sequence[_Candidate]) -> list[tuple[int, int]]:
    """Pair the most similar first, and among equally similar ones the nearest. If there are too many, pair them in order."""
    if max(len(left), len(right)) > _MAX_COMPARED:
        return [(one.place, other.place) for one, other in zip(left, right, strict=False)]
    words = _distinctive_words([one.body for one in (*left, *right)])
    ours, theirs = words[: len(left)], words[len(left) :]
    ranked = sorted(
        (-_similarity(one, another), abs(place - other), place, other)
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


def _distinctive_words(bodies: Sequence[str]) -> list[frozenset[str]]:
    """Return the words of each body that are not in every body, as those of shared tools are. Sample many, by checksum."""
    words = [frozenset(_WORD.findall(f"{body[:_MAX_CHARACTERS]} {body[-_MAX_CHARACTERS:]}")) for body in bodies]
    everywhere = frozenset.intersection(*words) if words else frozenset()
    return [frozenset(sorted(one - everywhere, key=_checksum)[:_MAX_WORDS]) for one in words]


def _checksum(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _similarity(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))
