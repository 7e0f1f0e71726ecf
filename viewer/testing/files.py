"""What the files of a used cassette hold, and how its recorded requests are called."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from viewer.streams.cassette import Cassette
from viewer.streams.loading import load
from viewer.testing.uses import UsedCassette
from viewer.text.safe import shortened, visible_line
from viewer.types.limits import Limits
from viewer.types.problems import CassetteError

_MAX_PATH_LENGTH = 120
# A test that fails should say so within a few seconds.
_LIMITS = Limits(file_bytes=32 << 20)


@dataclass(frozen=True, slots=True)
class CassetteFile:
    """A file of a used cassette."""

    path: str
    shown: str
    """Its path from the root of the tests, on one line."""
    cassette: Cassette | None = field(repr=False)
    """None if it cannot be opened."""
    why: str = ""
    """Why it cannot be opened; "" if it can."""


def open_file(path: str, root: str) -> CassetteFile:
    """Open a file of a cassette. One that cannot be opened is said to be so."""
    shown = shown_path(path, root)
    if not Path(path).exists():
        return CassetteFile(path, shown, None, "does not exist")
    try:
        return CassetteFile(path, shown, load(path, limits=_LIMITS))
    except CassetteError as error:
        return CassetteFile(path, shown, None, f"{error.reason} {error.advice}".strip())


def shown_path(path: str, root: str) -> str:
    """Return a path from the root of the tests, or as it is if it is elsewhere."""
    inside = path.removeprefix(root.rstrip(os.sep) + os.sep)
    line = visible_line(inside)
    return line if len(line) <= _MAX_PATH_LENGTH else f"…{line[-_MAX_PATH_LENGTH + 1 :]}"


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the recorded requests of a cassette are numbered in its files.

    A test's configuration may leave requests out when it loads a cassette. Then the places of the requests are not those in the files.
    """

    names: Sequence[str]
    """What each recorded request is called, by its place."""
    used: Sequence[tuple[bool, ...] | None]
    """Which interactions of each file were used; None if that cannot be told."""


def numbering(used: UsedCassette, files: Sequence[CassetteFile]) -> Numbering:
    """Return how the requests of a cassette are called."""
    counts = [len(file.cassette.interactions) if file.cassette else 0 for file in files]
    flags_of_all = used.used
    if len(files) == 1 and counts[0] == len(used.requests) + used.recorded_count:
        # What was recorded in this run has been written already.
        flags_of_all += (True,) * used.recorded_count
    elif sum(counts) != len(used.requests):
        return Numbering([f"loaded request {place}" for place in range(len(used.requests))], [None] * len(files))
    names, flags, begin = [], [], 0
    for file, count in zip(files, counts, strict=True):
        of = f" of {shortened(Path(file.path).name, _MAX_PATH_LENGTH)}" if len(files) > 1 else ""
        names += [f"interaction {number}{of}" for number in range(count)]
        flags.append(flags_of_all[begin : begin + count])
        begin += count
    return Numbering(names, flags)
