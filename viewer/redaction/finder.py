"""Find secrets in a text, whether it is plain, escaped as in JSON and URLs, or packed as base64."""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from viewer.redaction.escapes import ANY_ESCAPE, decode
from viewer.redaction.patterns import BROAD_TOKEN, PATTERNS, SecretPattern
from viewer.redaction.spans import SecretSpan, outermost
from viewer.redaction.told_values import find_told_values

_ALPHABET = np.zeros(256, dtype=bool)
_ALPHABET[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")] = True
_URL_SAFE = str.maketrans("-_", "+/")
# Shorter runs hold fewer than 18 bytes, too few for nearly every token.
_MIN_RUN = 24
# Recorders and mail fold base64 into lines of at least this many characters.
_MIN_FOLDED_LINE = 40
# How many layers of base64 and escapes are unpacked.
_MAX_DEPTH = 3
# A longer run is an image or a sound. It is unpacked from its first character only and not remembered.
_LONG_RUN = 1 << 16


Search = Callable[[str], Iterator[SecretSpan]]
"""Finds secrets in a plain text."""


class _Unpacked(NamedTuple):
    """The secret in a run of base64, and how many characters before it do not belong to the base64."""

    shift: int
    span: SecretSpan


class SecretFinder:
    """Finds secrets by patterns and further searches. Remembers unpacked base64: streams repeat their ids on every event."""

    def __init__(self, patterns: Sequence[SecretPattern], searches: Sequence[Search] = ()) -> None:
        self._patterns = tuple(patterns)
        self._searches = tuple(searches)
        self._unpacked: dict[str, _Unpacked | None] = {}

    def find(self, text: str, depth: int = 0) -> list[SecretSpan]:
        """Return the secrets of a text in order, without those inside another. `depth` counts the layers around the text."""
        found = [*self._find_plain(text)]
        if depth < _MAX_DEPTH:
            found += self._find_packed(text, depth)
            if "\\" in text or "%" in text:
                view = decode(text, ANY_ESCAPE)
                if len(view.text) < len(text):
                    inner = [*self._find_plain(view.text), *self._find_packed(view.text, depth)]
                    found += [
                        span._replace(begin=view.source_index(span.begin), end=view.source_index(span.end))
                        for span in inner
                    ]
        return outermost(found)

    def _find_plain(self, text: str) -> Iterator[SecretSpan]:
        for pattern in self._patterns:
            for anchor in pattern.anchors:
                if anchor not in text:
                    continue
                for match in _matches(pattern, anchor, text):
                    group = match.lastindex or 0
                    yield SecretSpan(match.start(group), match.end(group), pattern.rule, match[group])
                if not pattern.anchored:
                    break
        for search in self._searches:
            yield from search(text)

    def _find_packed(self, text: str, depth: int) -> Iterator[SecretSpan]:
        for begin, end in _base64_runs(text):
            run = text[begin:end]
            if run in self._unpacked:
                unpacked = self._unpacked[run]
            else:
                unpacked = self._unpack(run, depth)
                if len(run) < _LONG_RUN:
                    self._unpacked[run] = unpacked
            if unpacked:
                padding = len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
                yield unpacked.span._replace(begin=begin + unpacked.shift, end=end + padding)

    def _unpack(self, run: str, depth: int) -> _Unpacked | None:
        """Return the first secret in a run of base64. Tries all four alignments: a word may directly precede the base64."""
        packed = "".join(run.split()).translate(_URL_SAFE)
        for shift in range(4 if len(packed) < _LONG_RUN else 1):
            piece = packed[shift:]
            piece = piece[: len(piece) - (len(piece) % 4 == 1)]
            data = base64.b64decode(piece + "=" * (-len(piece) % 4))
            text = data.decode("latin-1")
            # Only text can hold further layers.
            is_text = text.isprintable() or data.isascii()
            if spans := self.find(text, depth + 1) if is_text else list(self._find_plain(text)):
                return _Unpacked(shift, spans[0])
        return None


def may_hold_secret(text: str) -> bool:
    """Return whether a text holds a secret, or anything that begins like a token.

    Finds more than `SecretFinder`, for texts that can be left out without harm, such as headers.
    """
    return BROAD_TOKEN.search(text) is not None or bool(SecretFinder(PATTERNS, (find_told_values,)).find(text))


def _matches(pattern: SecretPattern, anchor: str, text: str) -> Iterator[re.Match[str]]:
    if not pattern.anchored:
        yield from pattern.expression.finditer(text)
        return
    place = text.find(anchor)
    while place >= 0:
        match = pattern.expression.match(text, place)
        if match:
            yield match
        place = text.find(anchor, max(match.end() if match else 0, place + 1))


def _base64_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each run that may be base64, standard or URL-safe. Folded lines are one run."""
    # Latin-1 with replacement gives one byte per character, whatever the character is.
    fits = _ALPHABET[np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8)]
    edges = np.flatnonzero(np.diff(fits, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    lines = np.flatnonzero(ends - begins >= _MIN_RUN)
    done = -1
    for line in lines.tolist():
        begin, end, last = int(begins[line]), int(ends[line]), line
        if begin < done:
            continue
        while (
            end - int(begins[last]) >= _MIN_FOLDED_LINE
            and last + 1 < len(begins)
            and text[end : int(begins[last + 1])] in ("\n", "\r\n")
        ):
            last += 1
            end = int(ends[last])
        done = end
        yield begin, end
