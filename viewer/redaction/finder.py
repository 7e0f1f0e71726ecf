"""Where in a text secrets stand: written plainly, behind escapes of JSON and URLs, or packed as base64."""

import base64
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from viewer.redaction.escapes import ANY, decoded
from viewer.redaction.patterns import SecretPattern

_ALPHABET = np.zeros(256, dtype=bool)
_ALPHABET[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")] = True
_URL_SAFE = str.maketrans("-_", "+/")
_SHORTEST = 24
# Recorders and mail fold base64 into lines of at least so many characters.
_SHORTEST_LINE = 40
_DEPTH = 3
# Beyond it a run is an image or a sound, and what stands before it does not shift it.
_SHORT = 1 << 16


class SecretSpan(NamedTuple):
    """Hold one secret in a text; `value` is the secret itself, decoded where the text holds it packed."""

    begin: int
    end: int
    rule: str
    value: str


class SecretFinder:
    """Find secrets of given patterns; remembers what it has unpacked, since streams repeat their ids on every event."""

    def __init__(self, patterns: Sequence[SecretPattern]) -> None:
        self._patterns = tuple(patterns)
        self._unpacked: dict[str, tuple[int, SecretSpan] | None] = {}

    def spans(self, text: str, depth: int = 0) -> list[SecretSpan]:
        """Return the secrets of a text in order; one inside another is left out."""
        found = [*self._plain(text)]
        if depth < _DEPTH:
            found += self._packed(text, depth)
            if "\\" in text or "%" in text:
                view = decoded(text, ANY)
                if len(view.text) < len(text):
                    inner = [*self._plain(view.text), *self._packed(view.text, depth)]
                    found += [
                        span._replace(begin=view.written(span.begin), end=view.written(span.end)) for span in inner
                    ]
        return _outermost(found)

    def _plain(self, text: str) -> Iterator[SecretSpan]:
        for pattern in self._patterns:
            for anchor in pattern.anchors:
                if anchor not in text:
                    continue
                for match in _matches(pattern, anchor, text):
                    group = match.lastindex or 0
                    yield SecretSpan(match.start(group), match.end(group), pattern.rule, match[group])
                if not pattern.anchored:
                    break

    def _packed(self, text: str, depth: int) -> Iterator[SecretSpan]:
        for begin, end in _runs(text):
            run = text[begin:end]
            if run in self._unpacked:
                held = self._unpacked[run]
            else:
                held = self._held(run, depth)
                if len(run) < _SHORT:
                    self._unpacked[run] = held
            if held:
                shift, span = held
                padding = len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
                yield span._replace(begin=begin + shift, end=end + padding)

    def _held(self, run: str, depth: int) -> tuple[int, SecretSpan] | None:
        """Return the secret that a run of base64 holds, and how many characters before the run do not belong to it."""
        packed = "".join(run.split()).translate(_URL_SAFE)
        for shift in range(4 if len(packed) < _SHORT else 1):
            piece = packed[shift:]
            piece = piece[: len(piece) - (len(piece) % 4 == 1)]
            data = base64.b64decode(piece + "=" * (-len(piece) % 4))
            text = data.decode("latin-1")
            if (
                spans := self.spans(text, depth + 1)
                if text.isprintable() or data.isascii()
                else list(self._plain(text))
            ):
                return shift, spans[0]
        return None


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


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where text stands that may be base64, of bytes or of URLs, lines of it together."""
    # One byte a character, whatever the character is.
    fits = _ALPHABET[np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8)]
    edges = np.flatnonzero(np.diff(fits, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    lines = np.flatnonzero(ends - begins >= _SHORTEST)
    done = -1
    for line in lines.tolist():
        begin, end, last = int(begins[line]), int(ends[line]), line
        if begin < done:
            continue
        while (
            end - int(begins[last]) >= _SHORTEST_LINE
            and last + 1 < len(begins)
            and text[end : int(begins[last + 1])] in ("\n", "\r\n")
        ):
            last += 1
            end = int(ends[last])
        done = end
        yield begin, end


def _outermost(spans: list[SecretSpan]) -> list[SecretSpan]:
    # The sort keeps the order of the patterns, of which the more exact stand first.
    spans.sort(key=lambda span: (span.begin, -span.end))
    kept: list[SecretSpan] = []
    for span in spans:
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept
