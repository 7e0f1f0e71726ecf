"""Find many fixed texts in one pass over a text."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MIN_LENGTH = 6
_NUMBER_OF_PAIRS = 1 << 16


class Occurrence(NamedTuple):
    """A literal in a text, and where it begins."""

    begin: int
    literal: str


class Literals:
    """Fixed texts to search for, each of at least `MIN_LENGTH` characters. The time hardly depends on how many there are."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = frozenset(literals)
        lengths: dict[str, set[int]] = {}
        for literal in self._literals:
            if len(literal) < MIN_LENGTH:
                raise ValueError(f"a literal must have at least {MIN_LENGTH} characters")
            lengths.setdefault(literal[:MIN_LENGTH], set()).add(len(literal))
        # The literals that begin alike, as their lengths, the longest first.
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}
        self._first_pairs = np.zeros(_NUMBER_OF_PAIRS, dtype=np.bool_)
        for start in lengths:
            self._first_pairs[_pairs(start[:2])] = True

    def find(self, text: str) -> Iterator[Occurrence]:
        """Yield the literals in a text in order, at each place the longest only."""
        if not self._literals or len(text) < MIN_LENGTH:
            return
        for begin in np.flatnonzero(self._first_pairs[_pairs(text)]).tolist():
            for length in self._lengths.get(text[begin : begin + MIN_LENGTH], ()):
                literal = text[begin : begin + length]
                if literal in self._literals:
                    yield Occurrence(begin, literal)
                    break


def _pairs(text: str) -> npt.NDArray[Any]:
    """Return each two neighbouring characters as one number."""
    # Latin-1 with replacement gives one byte per character, whatever the character is.
    codes = np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8).astype(np.uint16)
    return (codes[:-1] << 8) | codes[1:]
