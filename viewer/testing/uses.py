"""What a test used: the cassettes of its recorder, as values that are the same for every recorder."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from viewer.types.http import Headers, Request


class Opened(NamedTuple):
    """A cassette as its recorder holds it."""

    recorder: "Recorder"
    cassette: Any
    folder: str
    """The current folder when it was opened, to which its path is relative."""

    def path(self, name: str | os.PathLike[str]) -> str:
        """Return the absolute path of a file of the cassette."""
        return os.path.normpath(Path(self.folder, name))


class Refusal(NamedTuple):
    """A request that a cassette did not answer, as its recorder holds both."""

    opened: Opened
    request: Any


class Recorder(Protocol):
    """Reads the cassettes of one recorder: a module of `viewer.testing.recorders`."""

    NAME: str
    MODULE: str
    """The module of the recorder whose presence tells that it is in use."""

    def is_cassette(self, value: Any) -> bool:
        """Tell whether a value is a cassette of the recorder."""

    def watch(self, noted: "Noted") -> "Undo":
        """Note each cassette that is opened, and each request that is refused, until the result is called."""

    def refused_in(self, error: BaseException) -> Iterable[tuple[Any, Any]]:
        """Return the cassettes and requests that an error of the recorder holds."""

    def read(self, opened: Opened) -> "UsedCassette":
        """Read what a cassette holds and what of it was used."""

    def read_request(self, cassette: Any, request: Any) -> Request:
        """Read a request that was refused, as the cassette compares it."""

    def failed_matchers(self, cassette: Any, request: Any, place: int) -> Sequence[str] | None:
        """Return which comparisons a request fails with the recorded one at a place; None if the recorder does not tell."""


class Noted(Protocol):
    """Notes what a test does with the cassettes of a recorder."""

    def opened(self, recorder: Recorder, cassette: Any) -> None:
        """Note that a cassette was opened."""

    def refused(self, recorder: Recorder, cassette: Any, request: Any) -> None:
        """Note that a cassette did not answer a request."""


class Undo(Protocol):
    """Puts back what `Recorder.watch` has replaced."""

    def __call__(self) -> None:
        """Put it back."""


@dataclass(frozen=True, slots=True)
class UsedCassette:
    """A cassette that a test used."""

    recorder: str
    paths: tuple[str, ...]
    """The files that it was read from, absolute. The first is the one that the recorder writes."""
    requests: tuple[Request, ...] = field(repr=False)
    """The recorded requests in the order of the files, without those that were recorded in this run."""
    used: tuple[bool, ...]
    """Whether each of them was answered from the cassette."""
    recorded_count: int = 0
    """How many interactions were recorded in this run."""
    matchers: tuple[str, ...] = ()
    """What the recorder compares, in its own words."""

    def also(self, other: "UsedCassette") -> "UsedCassette":
        """Return the same cassette, opened twice in a test: what was used either time was used."""
        longer = max(self, other, key=lambda one: len(one.used))
        return replace(longer, used=used_in_either(self.used, other.used))


def used_in_either(one: Sequence[bool], other: Sequence[bool]) -> tuple[bool, ...]:
    """Return what was used in one of two runs of a cassette, of which the longer may have grown."""
    return tuple(a or b for a, b in zip_longest(one, other, fillvalue=False))


def as_request(method: Any, url: Any, headers: Iterable[tuple[Any, Any]], body: Any) -> Request:
    """Return a request of a recorder, whose values may be text or bytes, and whose headers may be lists."""
    return Request(_text(method), _text(url), Headers(_pairs(headers)), _bytes(body))


def _pairs(headers: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    for name, value in headers:
        for one in value if isinstance(value, list | tuple) else (value,):
            yield _text(name), _text(one)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""
