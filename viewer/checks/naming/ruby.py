"""Which test names a cassette of VCR for Ruby: `VCR.use_cassette("name")`, whose file has "_" in place of what is not a word.

https://benoittgt.github.io/vcr/#/cassettes/naming
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.checks.naming.sources import literals_in
from viewer.checks.naming.verdict import GENERATED, NAMED, UNKNOWN, Judgement, endings, orphan, without_suffix

SUFFIX = ".rb"

_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_NAMING_CALL = re.compile(
    r"\b(?:use_cassettes?|insert_cassette)\b[ \t(]\s*(\"[^\"\n]*\"|'[^'\n]*'|[^,)\n]*?)\s*(?=,|\)|\n|\bdo\b|\{ )"
)
_CASSETTE_NAME = re.compile(r"\bcassette_name:\s*([^,)}\n]*)")
_WHOLE_LITERAL = re.compile(r"\"[^\"\\#]*\"|'[^'\\]*'|:\w+")
_SYMBOL = re.compile(r":(\w+)")
# Names of examples become names of cassettes: https://benoittgt.github.io/vcr/#/test_frameworks/rspec_metadata
_FROM_METADATA = re.compile(r"\bconfigure_rspec_metadata!|\bcucumber_tags\b")
_UNSAFE = re.compile(r"[^\w\-/]+")


class RubySource(NamedTuple):
    """What a Ruby file says of cassettes."""

    path: PurePosixPath
    literals: frozenset[str]
    """As names of files, in lower case: some repositories write all names so."""
    is_recording: bool
    is_generating: bool
    """Whether it gives a cassette a name that is not written out."""


def read(path: PurePosixPath, text: str) -> RubySource:
    """Return what a Ruby file says of cassettes."""
    code = _COMMENT.sub("", text)
    names = [name.strip() for name in (*_NAMING_CALL.findall(code), *_CASSETTE_NAME.findall(code))]
    is_generating = _FROM_METADATA.search(code) or any(not _WHOLE_LITERAL.fullmatch(name) for name in names)
    return RubySource(
        path,
        frozenset(file_name(one) for one in (*literals_in(code), *_SYMBOL.findall(code))),
        bool(names) or "cassette_library_dir" in code,
        bool(is_generating),
    )


class RubyIndex(NamedTuple):
    """The sources of a repository, ready to be asked."""

    literals: frozenset[str]
    is_recording: bool
    is_generating: bool


def index(sources: Sequence[RubySource]) -> RubyIndex:
    """Return the sources of a repository, ready to be asked."""
    return RubyIndex(
        frozenset().union(*(source.literals for source in sources)),
        any(source.is_recording for source in sources),
        any(source.is_generating for source in sources),
    )


def judge(cassette: PurePosixPath, index: RubyIndex) -> Judgement:
    """Tell whether a test names a cassette, given its path below the root of the repository."""
    if not index.is_recording:
        return UNKNOWN
    if {ending.lower() for ending in endings(without_suffix(cassette))} & index.literals:
        return NAMED
    return GENERATED if index.is_generating else orphan(f"no use_cassette in a {SUFFIX} file names it")


def file_name(name: str) -> str:
    """Return the name of the file of a cassette, in lower case and without its suffix."""
    return _UNSAFE.sub("_", name).lower()
