"""Which test names a cassette of go-vcr: `recorder.New("testdata/name")`, without the suffix, or the name of the test.

https://pkg.go.dev/gopkg.in/dnaeon/go-vcr.v4/pkg/recorder
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.checks.naming.sources import literals_in
from viewer.checks.naming.verdict import GENERATED, NAMED, UNKNOWN, Judgement, endings, orphan, without_suffix

SUFFIX = ".go"

_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_TEST = re.compile(r"^func\s+(?:\([^)]*\)\s*)?((?:Test|Example|Benchmark|Fuzz)\w*)\s*\(", re.MULTILINE)
_RECORDER = re.compile(r"\brecorder\.New(?!WithOptions)\w*\(\s*((?:filepath\.|path\.)?Join\([^)]*\)|[^,)\n]*)")
# Options of go-vcr 3 are a literal of this struct.
_OPTIONS = re.compile(r"\bCassetteName:\s*([^,}\n]*)")
_WRITTEN_OUT = re.compile(r"(?:(?:filepath\.|path\.)?Join\(\s*)?(?:[\"`][^\"`]*[\"`]\s*,?\s*)+\)?")
_TEST_NAME = re.compile(r"\.Name\(\)")
_LIKE_TEST = re.compile(r"Test(?![a-z])\w")


class GoSource(NamedTuple):
    """What a Go file says of cassettes."""

    path: PurePosixPath
    tests: frozenset[str]
    literals: frozenset[str]
    is_recording: bool
    is_generating: bool
    """Whether it gives a cassette a name that is not written out."""
    uses_test_names: bool
    """Whether the names that it gives may be those of tests."""


def read(path: PurePosixPath, text: str) -> GoSource:
    """Return what a Go file says of cassettes."""
    code = _COMMENT.sub("", text)
    names = [*_RECORDER.findall(code), *_OPTIONS.findall(code)]
    is_generating = any(not _WRITTEN_OUT.fullmatch(name.strip()) for name in names)
    return GoSource(
        path,
        frozenset(_TEST.findall(code)),
        frozenset((*literals_in(code), *(_joined(name) for name in names))),
        bool(names) or "go-vcr" in code,
        is_generating,
        bool(names) and _TEST_NAME.search(code) is not None,
    )


class GoIndex(NamedTuple):
    """The sources of a repository, ready to be asked."""

    tests: Mapping[PurePosixPath, frozenset[str]]
    """By package."""
    literals: frozenset[str]
    is_recording: bool
    is_generating: bool
    uses_test_names: bool


def index(sources: Sequence[GoSource]) -> GoIndex:
    """Return the sources of a repository, ready to be asked."""
    tests: defaultdict[PurePosixPath, set[str]] = defaultdict(set)
    for source in sources:
        tests[source.path.parent] |= source.tests
    return GoIndex(
        {package: frozenset(names) for package, names in tests.items()},
        frozenset().union(*(source.literals for source in sources)),
        any(source.is_recording for source in sources),
        any(source.is_generating for source in sources),
        any(source.uses_test_names for source in sources),
    )


def judge(cassette: PurePosixPath, index: GoIndex) -> Judgement:
    """Tell whether a test names a cassette, given its path below the root of the repository."""
    package = next((folder for folder in cassette.parents if folder in index.tests), None)
    if package is None or not index.is_recording:
        return UNKNOWN
    stem = without_suffix(cassette)
    if endings(stem) & index.literals:
        return NAMED
    parts = stem.relative_to(package).parts
    if any(_is_of(part, test) for part in parts for test in index.tests[package]):
        return NAMED
    test = next((part for part in parts if _LIKE_TEST.match(part)), "")
    if test and index.uses_test_names:
        return orphan(f"there is no func {test} in {package}")
    return GENERATED if index.is_generating else orphan(f"no recorder.New in a {SUFFIX} file names it")


def _is_of(part: str, test: str) -> bool:
    """Tell whether a part of a path is the name of a test, or of a part of it behind a separator that is safe in file names."""
    return part == test or (part.startswith(test) and not part[len(test)].isalnum())


def _joined(name: str) -> str:
    """Return the path that `filepath.Join` makes of strings, without the suffix."""
    return "/".join(piece.strip("/") for piece in re.findall(r"[\"`]([^\"`]*)[\"`]", name))
