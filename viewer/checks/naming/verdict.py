"""What can be said of a cassette: whether a test names it."""

from enum import Enum
from pathlib import PurePosixPath
from typing import NamedTuple


class Verdict(Enum):
    """Whether a test names a cassette."""

    NAMED = "named"
    ORPHAN = "orphan"
    """The layout is known, every name that a test gives is written out, and none is that of the cassette."""
    GENERATED = "generated"
    """A test may name it with a value that only a run tells, or a class inherits tests from outside of the repository."""
    UNKNOWN = "unknown"
    """It is in no known layout."""


class Judgement(NamedTuple):
    """A verdict with its reason."""

    verdict: Verdict
    why: str = ""
    """For an orphan, what was looked for and where, as the end of a sentence."""


NAMED = Judgement(Verdict.NAMED)
GENERATED = Judgement(Verdict.GENERATED)
UNKNOWN = Judgement(Verdict.UNKNOWN)


def orphan(why: str) -> Judgement:
    """Return the judgement that no test names a cassette."""
    return Judgement(Verdict.ORPHAN, why)


def without_suffix(path: PurePosixPath) -> PurePosixPath:
    """Return the path of a cassette without the suffix that its recorder adds, even if it is compressed."""
    return (path.with_suffix("") if path.suffix == ".gz" else path).with_suffix("")


def endings(path: PurePosixPath) -> set[str]:
    """Return every path that ends as this one does: "c", "b/c" and "a/b/c"."""
    return {"/".join(path.parts[start:]) for start in range(len(path.parts))}
