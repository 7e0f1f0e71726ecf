"""Find values that were removed once in any other place, also as base64 or hexadecimal.

`SecretFinder` unpacks escapes, entities and long runs of base64 before it searches. A short value inside a longer base64 text or
between other characters is found by the base64 that it must become at each of the three alignments.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from viewer.redaction.literals import MIN_LENGTH, Literals
from viewer.redaction.names import is_placeholder
from viewer.redaction.spans import SecretSpan

# Values that occur in ordinary texts: words, and numbers that may count or date something.
_WORD = re.compile(r"[^\W\d_]+|[A-Z]?[a-z]*(?:[-_. /][a-z]+)*")
_NUMBER = re.compile(r"[\d.,:/ +-]+")
_MIN_WORDS_LENGTH = 20
_MIN_NUMBER_LENGTH = 8
# Shorter pieces of base64 occur by chance.
_MIN_PACKED_LENGTH = 10
_URL_SAFE = str.maketrans("+/", "-_")
_SCHEME = re.compile(r"\s*(?:bearer|token|apikey|api-key|key)\s+(?=\S)", re.IGNORECASE)
_BASIC = re.compile(r"\s*basic\s+([A-Za-z0-9+/_-]+={0,2})\s*", re.IGNORECASE)
_PAIR = re.compile(r"[^\s:/]*:[^\s:/]+")
_COOKIE = re.compile(r"(?<![\w.-])[\w.-]{1,256}+=([^\s;,\"]+)")
# Shorter values of cookies are settings, such as the name of a theme.
_MIN_COOKIE_LENGTH = 12


class KnownValue(NamedTuple):
    """A value that was removed, and the rule by which it was found."""

    rule: str
    value: str


class KnownValues:
    """Values that were removed. `find` is a search for `SecretFinder`."""

    def __init__(self, removed: Iterable[KnownValue], kept: Iterable[str] = ()) -> None:
        kept_parts = {part for value in kept for part in _parts(value)}
        self._origins: dict[str, KnownValue] = {}
        """The removed value that each searched text comes from."""
        self._whole_words: set[str] = set()
        """Those searched texts that must not be part of a longer word."""
        for known in removed:
            for part in _parts(known.value):
                if part in kept_parts or not is_distinct(part):
                    continue
                self._origins.setdefault(part, known)
                if part.isalnum():
                    self._whole_words.add(part)
                for written in _written(part):
                    self._origins.setdefault(written, known)
        self._literals = Literals(self._origins)

    def __bool__(self) -> bool:
        return bool(self._origins)

    def values(self) -> list[KnownValue]:
        """Return the removed values that are searched, each once."""
        return list(dict.fromkeys(self._origins.values()))

    def find(self, text: str) -> Iterator[SecretSpan]:
        """Yield each known value in a plain text."""
        for begin, literal in self._literals.find(text):
            end = begin + len(literal)
            if literal in self._whole_words and (text[begin - 1 : begin].isalnum() or text[end : end + 1].isalnum()):
                continue
            origin = self._origins[literal]
            yield SecretSpan(begin, end, origin.rule, origin.value)


def is_distinct(value: str) -> bool:
    """Return whether a value is so unlike ordinary text that it is the same secret wherever it stands.

    Words, short numbers and anything below six characters are not: removing a password such as `monday` wherever it occurs would
    remove much that is no secret.
    """
    if len(value) < MIN_LENGTH or is_placeholder(value):
        return False
    if _NUMBER.fullmatch(value):
        return len(value) >= _MIN_NUMBER_LENGTH
    return len(value) >= _MIN_WORDS_LENGTH or not _WORD.fullmatch(value)


def _parts(value: str) -> Iterator[str]:
    """Yield a value and what it consists of: the token after a scheme, the password of a pair, the values of cookies."""
    value = value.strip()
    yield value
    if "%" in value:
        yield unquote(value)
    if scheme := _SCHEME.match(value):
        yield value[scheme.end() :].strip()
    if (basic := _BASIC.fullmatch(value)) and (pair := _unpack(basic[1])):
        yield basic[1]
        yield pair
        yield pair.partition(":")[2]
    if _PAIR.fullmatch(value):
        yield value.partition(":")[2]
    for cookie in _COOKIE.findall(value):
        if len(cookie) >= _MIN_COOKIE_LENGTH and any(map(str.isdigit, cookie)):
            yield cookie


def _unpack(packed: str) -> str:
    try:
        return b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""


def _written(value: str) -> Iterator[str]:
    """Yield a value as hexadecimal, and its characters that are the same in every base64 that holds it."""
    data = value.encode("utf-8", "surrogatepass")
    if not value.isascii():
        # Percent escapes and base64 are unpacked to bytes, each of which is then read as one character.
        yield data.decode("latin-1")
    yield data.hex()
    yield data.hex().upper()
    for shift in range(3):
        whole = b64encode(b"\0" * shift + data).decode()
        # The characters at the ends also hold bits of the bytes before and behind.
        inner = whole[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
        if len(inner) >= _MIN_PACKED_LENGTH:
            yield inner
            yield inner.translate(_URL_SAFE)
