"""Search a text for many patterns at once.

The table has hundreds of anchors. One pass over a text finds the places at which the first three characters of any of them stand,
and only there are patterns tried. A short text is read by a regular expression, a long one by arrays, each about as fast as a
search for twenty words.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from viewer.redaction.kinds.forms import MIN_ANCHOR, WORD_BEGIN
from viewer.redaction.kinds.randomness import continues_base64
from viewer.redaction.patterns import SecretPattern
from viewer.redaction.spans import SecretSpan

# Below this many characters, calls of numpy cost more than the regular expression.
_LONG = 400
# How many characters of an anchor it reads. More would only make it larger.
_READ = 5
# A longer match that is no secret is tried this often from later beginnings in it.
_LONGEST_TRIED_AGAIN = 400
_MOST_TRIES = 16
_ANYWHERE, _AT_WORDS = 1, 2
_WORD = np.zeros(256, dtype=bool)
_WORD[[*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)]] = True
_REST_OF_TOKEN = re.compile(r"[\w-]{12}")


class _Anchor(NamedTuple):
    """One anchor of one pattern."""

    text: str
    pattern: SecretPattern
    number: int
    """The position of the pattern among all. Patterns are tried in that order."""


class PatternSearch:
    """Finds the matches of patterns. Built once for the same patterns, by `search_for`."""

    def __init__(self, patterns: tuple[SecretPattern, ...]) -> None:
        self._anchors: dict[str, list[_Anchor]] = {}
        self._others: list[SecretPattern] = []
        marks: dict[str, int] = {}
        spellings: dict[int, set[str]] = {_ANYWHERE: set(), _AT_WORDS: set()}
        for number, pattern in enumerate(patterns):
            if not pattern.anchored or not all(map(_can_be_indexed, pattern.anchors)):
                self._others.append(pattern)
                continue
            mark = _AT_WORDS if pattern.begins_word else _ANYWHERE
            for text in pattern.anchors:
                begins = _spellings(text[:MIN_ANCHOR]) if pattern.ignore_case else (text[:MIN_ANCHOR],)
                for begin in begins:
                    self._anchors.setdefault(begin, []).append(_Anchor(text, pattern, number))
                    marks[begin] = marks.get(begin, 0) | mark
                spellings[mark].update(begins if pattern.ignore_case else (text[:_READ],))
        # Two expressions are faster than one with two branches.
        self._at_word = re.compile(f"{WORD_BEGIN}{_any_of(spellings[_AT_WORDS])}")
        self._anywhere = re.compile(_any_of(spellings[_ANYWHERE]))
        self._pairs = np.zeros(1 << 16, dtype=bool)
        # Nearly all of its pages are never touched.
        self._triples = np.zeros(1 << 24, dtype=np.uint8)
        for begin, mark in marks.items():
            first, second, third = begin.encode("latin-1")
            self._pairs[first << 8 | second] = True
            self._triples[first << 16 | second << 8 | third] = _ANYWHERE if mark & _ANYWHERE else _AT_WORDS

    def find(self, text: str) -> Iterator[SecretSpan]:
        """Yield the secrets of a plain text. Of those that begin at the same place, the earlier pattern's comes first."""
        done: dict[int, int] = {}
        rejected: dict[int, int] = {}
        for place in self._places(text):
            for anchor in self._anchors.get(text[place : place + MIN_ANCHOR], ()):
                if place < done.get(anchor.number, 0) or not _stands_at(anchor, text, place):
                    continue
                match = _match(anchor.pattern, text, place)
                if match is None:
                    continue
                span = _span(anchor.pattern, match)
                if anchor.pattern.may_be_chance and continues_base64(text, span.begin):
                    continue
                if anchor.pattern.accepts is None or anchor.pattern.accepts(span.value):
                    done[anchor.number] = match.end()
                    yield span
                elif match.end() - place > _LONGEST_TRIED_AGAIN:
                    # It holds more beginnings. To match each of them to the same end would take quadratic time.
                    rejected[anchor.number] = rejected.get(anchor.number, 0) + 1
                    if rejected[anchor.number] % _MOST_TRIES == 0:
                        done[anchor.number] = match.end()
        for pattern in self._others:
            yield from _find_elsewhere(pattern, text)

    def begins_token(self, text: str) -> bool:
        """Return whether a text holds the beginning of a token with at least twelve characters after it.

        Also matches tokens that are shorter than services issue them, and words that only begin like a token.
        """
        return any(
            anchor.pattern.is_token
            and _stands_at(anchor, text, place)
            and _REST_OF_TOKEN.match(text, place + len(anchor.text)) is not None
            for place in self._places(text)
            for anchor in self._anchors.get(text[place : place + MIN_ANCHOR], ())
        )

    def _places(self, text: str) -> list[int]:
        """Return where anchors may stand, in order."""
        if len(text) < _LONG:
            found = _begins(self._at_word, text)
            others = _begins(self._anywhere, text)
            return sorted(found + others) if others else found
        # Latin-1 with replacement gives one byte per character, whatever the character is.
        codes = np.frombuffer(text.encode("latin-1", "replace") + b"\0\0", dtype=np.uint8)
        pairs = codes[:-1].astype(np.uint16)
        pairs <<= 8
        pairs |= codes[1:]
        places = np.flatnonzero(self._pairs[pairs[:-1]])
        marks = self._triples[pairs[places].astype(np.uint32) << 8 | codes[places + 2]]
        # The byte before the first one is the last one, a zero.
        fits = (marks == _ANYWHERE) | ((marks == _AT_WORDS) & ~_WORD[codes[places - 1]])
        return places[fits].tolist()  # type: ignore[no-any-return]


@lru_cache(maxsize=8)
def search_for(patterns: tuple[SecretPattern, ...]) -> PatternSearch:
    """Return the search for some patterns."""
    return PatternSearch(patterns)


@cache
def _compiled(expression: re.Pattern[str] | str) -> re.Pattern[str]:
    return re.compile(expression)


def _begins(expression: re.Pattern[str], text: str) -> list[int]:
    """Return where all matches begin, also those that overlap."""
    begins = []
    match = expression.search(text)
    while match:
        begins.append(match.start())
        match = expression.search(text, match.start() + 1)
    return begins


def _match(pattern: SecretPattern, text: str, place: int) -> re.Match[str] | None:
    """Match a pattern whose anchor stands at a place."""
    expression = _compiled(pattern.expression)
    least, most = pattern.before
    for begin in range(place - least, max(place - most, 0) - 1, -1):
        match = expression.match(text, begin)
        if match:
            return match
    return None


def _find_elsewhere(pattern: SecretPattern, text: str) -> Iterator[SecretSpan]:
    """Yield the matches of a pattern whose anchors are not indexed."""
    expression = _compiled(pattern.expression)
    if not pattern.anchored:
        if any(anchor in text for anchor in pattern.anchors):
            yield from (_span(pattern, match) for match in expression.finditer(text))
        return
    for anchor in pattern.anchors:
        place = text.find(anchor)
        while place >= 0:
            match = expression.match(text, place)
            if match:
                yield _span(pattern, match)
            place = text.find(anchor, max(match.end() if match else 0, place + 1))


def _span(pattern: SecretPattern, match: re.Match[str]) -> SecretSpan:
    group = match.lastindex or 0
    return SecretSpan(match.start(group), match.end(group), pattern.rule, match[group])


def _stands_at(anchor: _Anchor, text: str, place: int) -> bool:
    if anchor.pattern.ignore_case:
        return text[place : place + len(anchor.text)].lower() == anchor.text.lower()
    return text.startswith(anchor.text, place)


def _can_be_indexed(anchor: str) -> bool:
    return len(anchor) >= MIN_ANCHOR and all(ord(character) < 256 for character in anchor)


def _spellings(text: str) -> set[str]:
    """Return a text with each letter in both cases."""
    return {"".join(one) for one in product(*((character.lower(), character.upper()) for character in text))}


def _any_of(texts: Iterable[str]) -> str:
    """Return an expression for any of some texts, in which those that begin alike share a branch."""
    branches: dict[str, list[str]] = {}
    for text in sorted(texts):
        branches.setdefault(text[:1], []).append(text[1:])
    if "" in branches:
        return ""
    singles = [first for first, rests in branches.items() if "" in rests]
    alternatives = [f"{re.escape(first)}{_any_of(rests)}" for first, rests in branches.items() if first not in singles]
    if singles:
        alternatives.append(f"[{re.escape(''.join(singles))}]")
    return alternatives[0] if len(alternatives) == 1 else f"(?:{'|'.join(alternatives) or '(?!)'})"
