"""Find those texts and numbers of parsed JSON that are secrets by the names around them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from viewer.redaction.json_keys.names import header_value_at, may_be_named, number_rule, rule_by_name
from viewer.redaction.json_keys.pairs import Naming
from viewer.redaction.json_keys.strings import Layout, Leaves, Place


class NamedLeaf(NamedTuple):
    """A text that is a secret by a name."""

    leaf: int
    rule: str
    begin: int
    """Where in the text the secret begins. It goes on to the end."""


class _Candidate(NamedTuple):
    """A text of a layout that may be a secret."""

    ordinal: int
    place: Place
    names: tuple[tuple[int, Naming], ...]
    """The ordinals of the texts that may name it."""


def find_named_leaves(leaves: Leaves, numbers: AbstractSet[int] = frozenset()) -> Iterator[NamedLeaf]:
    """Yield the texts that are secrets by the names around them. `numbers` are the indices of those that are numbers."""
    # Most layouts have none. Each is looked at once.
    known: dict[int, list[_Candidate]] = {}
    first = 0
    for layout in leaves.layouts:
        candidates = known.get(id(layout))
        if candidates is None:
            candidates = known[id(layout)] = _candidates(layout)
        for ordinal, place, named_by in candidates:
            leaf = first + ordinal
            value = leaves.text[leaf]
            names = [(leaves.text[first + index], how) for index, how in named_by]
            rule = number_rule(place, names, value) if leaf in numbers else rule_by_name(place, names, value)
            if rule:
                yield NamedLeaf(leaf, rule, 0)
            elif (begin := header_value_at(place, value)) >= 0:
                yield NamedLeaf(leaf, "header-secret", begin)
        first += len(layout.places)


def _candidates(layout: Layout) -> list[_Candidate]:
    ordinals: dict[int, int] | None = None
    candidates: list[_Candidate] = []
    for ordinal, place in enumerate(layout.places):
        if may_be_named(place):
            if place.names and ordinals is None:
                ordinals = _ordinals(layout)
            candidates.append(_Candidate(ordinal, place, _names(place, ordinals or {})))
    return candidates


def _ordinals(layout: Layout) -> dict[int, int]:
    """Return the ordinal of each text by the index of its string."""
    return {place.string: ordinal for ordinal, place in enumerate(layout.places)}


def _names(place: Place, ordinals: dict[int, int]) -> tuple[tuple[int, Naming], ...]:
    return tuple((ordinals[one.string], one.how) for one in place.names)
