"""Find secrets in a text, whether it is plain, escaped as in JSON, URLs and HTML, or packed as base64 or hexadecimal."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from viewer.redaction.clean_texts import CleanBody, CleanTexts
from viewer.redaction.escapes import ANY_ESCAPE, TERMINAL_CODE, decode, decoded_text, has_terminal_codes
from viewer.redaction.marks import MARK, read_marks
from viewer.redaction.pattern_search import search_for
from viewer.redaction.patterns import PATTERNS, SecretPattern
from viewer.redaction.spans import SecretSpan, outermost
from viewer.redaction.told.values import find_told_values
from viewer.text.json import is_utf_8

_ALPHABET = np.zeros(256, dtype=bool)
_ALPHABET[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")] = True
_URL_SAFE = str.maketrans("-_", "+/")
# Shorter runs hold fewer than 18 bytes, too few for nearly every token.
_MIN_RUN = 24
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{_MIN_RUN}}}")
_SHORT_TEXT = 1000
SEPARATOR = "\n\0\n"
"""Joins texts that are searched as one. No secret extends across it."""
# Recorders and mail fold base64 into lines of at least this many characters.
_MIN_FOLDED_LINE = 40
_HEXADECIMAL = re.compile("[0-9a-fA-F]*+")
# How many layers of base64 and escapes are unpacked.
_MAX_DEPTH = 3
# A longer run is an image or a sound. It is unpacked from its first character only and not remembered.
_LONG_RUN = 1 << 16


Search = Callable[[str], Iterator[SecretSpan]]
"""Finds secrets in a plain text."""


class _Unpacked(NamedTuple):
    """The secret in a packed run, and how many characters at the beginning of the run do not belong to it."""

    shift: int
    span: SecretSpan


class SecretFinder:
    """Finds secrets by patterns and further searches.

    Remembers unpacked base64, because streams repeat their ids on every event, texts without secrets, because a conversation
    repeats its messages in every request, and bodies without secrets, because a finished file is searched again.
    """

    def __init__(
        self, patterns: Sequence[SecretPattern], searches: Sequence[Search] = (), known: Sequence[Search] = ()
    ) -> None:
        """Prepare a search.

        Args:
            patterns: tokens with a form of their own.
            searches: what finds secrets by the text around them.
            known: what finds secrets by themselves, also among bytes that are no text.
        """
        self._patterns = tuple(patterns)
        self._pattern_search = search_for(self._patterns)
        self._searches = tuple(searches)
        self._known = tuple(known)
        self._finds_nothing = not (self._patterns or self._searches or self._known)
        self._unpacked: dict[str, _Unpacked | None] = {}
        self.clean = CleanTexts()

    def also(self, known: Search) -> "SecretFinder":
        """Return a finder that also searches for known values."""
        return SecretFinder(self._patterns, self._searches, (*self._known, known))

    def find(self, text: str, depth: int = 0) -> list[SecretSpan]:
        """Return the secrets of a text in order, without those inside another. `depth` counts the layers around the text."""
        if self._finds_nothing or not text:
            return []
        found = [*self._find_plain(text)]
        if depth < _MAX_DEPTH:
            found += self._find_packed(text, depth)
            for view in _views(text):
                inner = [*self._find_plain(view.text), *self._find_packed(view.text, depth)]
                found += map(view.in_source(), inner) if inner else ()
        # Clients write the marks of an earlier redaction in percent escapes, whose bytes look like a value.
        return [span for span in outermost(found) if read_marks(span.value).strip(MARK)]

    def finds_any(self, texts: Iterable[str]) -> bool:
        """Return whether any of some texts holds a secret."""
        new = [text for text in dict.fromkeys(texts) if text not in self.clean.texts]
        if not new:
            return False
        if self.find(SEPARATOR.join(new)):
            return True
        self.remember_clean(new)
        return False

    def is_clean(self, text: str) -> bool:
        """Return whether a text is known to hold no secret, because it was searched before."""
        return self._finds_nothing or text in self.clean.texts

    def remember_clean(self, texts: Iterable[str]) -> None:
        """Remember that texts, each searched as a whole, hold no secret."""
        self.clean.add(texts)

    def is_clean_body(self, body: CleanBody) -> bool:
        """Return whether a body is known to hold no secret, neither by its texts nor by the names in it."""
        return body in self.clean.bodies

    def remember_clean_body(self, body: CleanBody) -> None:
        """Remember that a body holds no secret."""
        if not self._finds_nothing:
            self.clean.add_body(body)

    def search_clean(self, other: CleanTexts) -> None:
        """Search what another finder knows to be clean, each text once. If nothing is found, its bodies are clean here too."""
        if not self.finds_any(other.texts) and other.is_complete and self.clean.is_complete:
            self.clean.bodies |= other.bodies

    def _find_plain(self, text: str) -> Iterator[SecretSpan]:
        yield from self._find_in_any(text)
        for search in self._searches:
            yield from search(text)

    def _find_in_any(self, text: str) -> Iterator[SecretSpan]:
        """Yield the secrets that need no text around them."""
        yield from self._pattern_search.find(text)
        for search in self._known:
            yield from search(text)

    def _find_packed(self, text: str, depth: int) -> Iterator[SecretSpan]:
        places = list(_base64_runs(text))
        runs = [text[begin:end] for begin, end in places]
        unpacked = self._unpack([run for run in dict.fromkeys(runs) if run not in self._unpacked], depth)
        for (begin, end), run in zip(places, runs, strict=True):
            if found := self._unpacked.get(run) or unpacked.get(run):
                padding = len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
                yield found.span._replace(begin=begin + found.shift, end=end + padding)

    def _unpack(self, runs: Sequence[str], depth: int) -> dict[str, _Unpacked]:
        """Return the first secret in each run of base64 or hexadecimal that holds one.

        All runs are searched as one text, because hostile input can hold hundreds of thousands.
        """
        readings = [reading for run in runs for reading in _read_packed(run)]
        # Nearly all runs are ids, whose bytes are no text. Such bytes have no escapes and no names, but a frame may hold base64.
        texts = [one for one in readings if one.is_text]
        others = [one for one in readings if not one.is_text]
        joined = SEPARATOR.join(one.text for one in others)
        in_others = [*self._find_in_any(joined)]
        if depth + 1 < _MAX_DEPTH:
            in_others += self._find_packed(joined, depth + 1)
        found = {
            **_first_of_each(others, in_others),
            **_first_of_each(texts, self.find(SEPARATOR.join(one.text for one in texts), depth + 1)),
        }
        self._unpacked.update({run: found.get(run) for run in runs if len(run) < _LONG_RUN})
        return found


class _View(NamedTuple):
    """Another reading of a text, in which its secrets are found."""

    text: str
    layers: tuple["_Layer", ...]
    """How the source became this text, the last step first."""

    def in_source(self) -> Callable[[SecretSpan], SecretSpan]:
        """Return a function that moves a span of this reading to the source."""
        layers = [decode(one.source, one.escapes) for one in self.layers]

        def moved(span: SecretSpan) -> SecretSpan:
            begin, end = span.begin, span.end
            for layer in layers:
                begin, end = layer.source_index(begin), layer.source_end(end)
            return span._replace(begin=begin, end=end)

        return moved


class _Layer(NamedTuple):
    """One decoding of a text. Where each character was written is only found out for a text that holds something."""

    source: str
    escapes: re.Pattern[str]


def _views(text: str) -> Iterator[_View]:
    """Yield a text without its escapes, and without the codes that colour it."""
    layers: tuple[_Layer, ...] = ()
    if "\\" in text or "%" in text or "&" in text:
        decoded = decoded_text(text, ANY_ESCAPE)
        if len(decoded) < len(text):
            text, layers = decoded, (_Layer(text, ANY_ESCAPE),)
            yield _View(text, layers)
    if has_terminal_codes(text):
        # A colour may begin within a secret, or where a secret follows a word.
        yield _View(decoded_text(text, TERMINAL_CODE), (_Layer(text, TERMINAL_CODE), *layers))
        yield _View(TERMINAL_CODE.sub(lambda code: " " * len(code[0]), text), layers)


class _Reading(NamedTuple):
    """One way to unpack a run."""

    run: str
    shift: int
    text: str
    is_text: bool
    """Whether the bytes are UTF-8. If not, each is read as one character."""


def _read_packed(run: str) -> Iterator[_Reading]:
    """Yield the texts that a run of base64 or hexadecimal may hold, at each alignment: a word may directly precede it."""
    packed = "".join(run.split()).translate(_URL_SAFE)
    for shift in range(4 if len(packed) < _LONG_RUN else 1):
        piece = packed[shift:]
        piece = piece[: len(piece) - (len(piece) % 4 == 1)]
        data = base64.b64decode(piece + "=" * (-len(piece) % 4))
        yield _reading(run, shift, data)
    if _HEXADECIMAL.fullmatch(packed):
        for shift in range(2):
            data = bytes.fromhex(packed[shift : len(packed) - (len(packed) - shift) % 2])
            yield _reading(run, shift, data)


def _reading(run: str, shift: int, data: bytes) -> _Reading:
    return _Reading(run, shift, read_marks(data.decode("latin-1")), is_utf_8(data))


def _first_of_each(readings: Sequence[_Reading], spans: Sequence[SecretSpan]) -> dict[str, _Unpacked]:
    """Return the first secret of each run, given the secrets in the readings joined."""
    found: dict[str, _Unpacked] = {}
    if spans:
        begins = np.cumsum([0, *(len(one.text) + len(SEPARATOR) for one in readings)])
        for span in sorted(spans):
            run, shift, *_ = readings[int(np.searchsorted(begins, span.begin, side="right")) - 1]
            found.setdefault(run, _Unpacked(shift, span))
    return found


NO_SEARCH = SecretFinder(())
"""Finds nothing."""


def may_hold_secret(text: str) -> bool:
    """Return whether a text holds a secret, or anything that begins like a token.

    Finds more than `SecretFinder`, for texts that can be left out without harm, such as headers.
    """
    finder = SecretFinder(PATTERNS, (find_told_values,))
    return search_for(PATTERNS).begins_token(text) or bool(finder.find(text))


def _base64_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each run that may be base64, standard or URL-safe. Folded lines are one run."""
    # Most texts are headers, for which an array is slower than an expression.
    if len(text) < _SHORT_TEXT and not _RUN.search(text):
        return
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
