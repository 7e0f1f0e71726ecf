"""What the Python sources of a repository say of cassettes."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.checks.naming.parametrised import Fixtures, Functions, fixtures_of, read_functions
from viewer.checks.naming.sources import literals_in

_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_CLASS = re.compile(r"^[ \t]*class\s+(\w+)\s*(?:\[[^\]]*\]\s*)?\(([^)]*)\)", re.MULTILINE)
_BASE = re.compile(r"(\w+)\s*(?:\[[^\]]*\])?\s*(?:,|$)")
_BASES_WITHOUT_TESTS = frozenset({"object", "ABC", "Generic", "Protocol", "TestCase", "IsolatedAsyncioTestCase"})
_TEST_WORD = re.compile(r"\b[Tt]est\w*")
_NAMING_CALL = re.compile(
    r"\b(use_cassette|default_cassette|mark\.vcr)\(\s*([rRuU]?(?:\"[^\"\n]*\"|'[^'\n]*')(?=\s*[,)\n])|[^,)\n]*)"
)
_WHOLE_LITERAL = re.compile(r"[rRuU]?(?:\"[^\"\\]*\"|'[^'\\]*')\s*")
_KEYWORD = re.compile(r"\w+\s*=[^=]|\*\*")
# Fixtures of pytest-recording and pytest-vcr and a method of vcr.unittest, which a repository defines to name cassettes itself.
_NAMING_FUNCTIONS = frozenset(
    {"default_cassette_name", "get_default_cassette_name", "vcr_cassette_name", "vcr_cassette", "_get_cassette_name"}
)
_STAR_IMPORT = re.compile(r"^[ \t]*from\s+\S+\s+import\s+\*", re.MULTILINE)
_RECORDER = re.compile(r"vcr|cassette", re.IGNORECASE)


class PythonSource(NamedTuple):
    """What a Python file says of cassettes."""

    path: PurePosixPath
    defined: frozenset[str]
    """Its functions and classes."""
    bases: Mapping[str, frozenset[str]]
    """What each class inherits from, without the module."""
    test_words: frozenset[str]
    """Words that start as tests do, outside of comments: also those that it imports."""
    literals: frozenset[str]
    is_recording: bool
    """Whether it mentions cassettes."""
    is_generating: bool
    """Whether it gives a cassette a name that is not written out."""
    imports_all: bool
    functions: Functions


def read(path: PurePosixPath, text: str) -> PythonSource:
    """Return what a Python file says of cassettes."""
    code = _COMMENT.sub("", text)
    defined = frozenset(_DEFINED.findall(code))
    return PythonSource(
        path,
        defined,
        {name: frozenset(_BASE.findall(bases)) for name, bases in _CLASS.findall(code)},
        frozenset(_TEST_WORD.findall(code)),
        frozenset(literals_in(code)),
        _RECORDER.search(code) is not None,
        bool(defined & _NAMING_FUNCTIONS) or any(map(_is_generated, _NAMING_CALL.findall(code))),
        _STAR_IMPORT.search(code) is not None,
        read_functions(text) if "pytest" in code or is_test_module(path) else Functions(),
    )


@dataclass(frozen=True)
class PythonIndex:
    """The sources of a repository, ready to be asked."""

    sources: Sequence[PythonSource]

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[PythonSource]]:
        """The sources by the name of the file."""
        found: defaultdict[str, list[PythonSource]] = defaultdict(list)
        for source in self.sources:
            found[source.path.name].append(source)
        return found

    @cached_property
    def by_definition(self) -> Mapping[str, Sequence[PythonSource]]:
        """The sources that define a function or class, by its name."""
        found: defaultdict[str, list[PythonSource]] = defaultdict(list)
        for source in self.sources:
            for name in source.defined:
                found[name].append(source)
        return found

    @cached_property
    def test_words(self) -> frozenset[str]:
        """Words of all sources that start as tests do."""
        return frozenset().union(*(source.test_words for source in self.sources))

    @cached_property
    def literals(self) -> frozenset[str]:
        """The strings of all sources."""
        return frozenset().union(*(source.literals for source in self.sources))

    @cached_property
    def folders(self) -> frozenset[str]:
        """Names of folders in strings of sources that mention cassettes: those of libraries, and those that paths are in."""
        literals = {literal for source in self.sources if source.is_recording for literal in source.literals}
        return frozenset(literals | {literal.rpartition("/")[0].rpartition("/")[2] for literal in literals}) - {""}

    @cached_property
    def recording_folders(self) -> frozenset[PurePosixPath]:
        """The folders below which a source mentions cassettes."""
        return frozenset(parent for source in self.sources if source.is_recording for parent in source.path.parents)

    @cached_property
    def generating_folders(self) -> frozenset[PurePosixPath]:
        """The folders below which a source makes names of cassettes."""
        return frozenset(parent for source in self.sources if source.is_generating for parent in source.path.parents)

    @cached_property
    def is_generating_for_all(self) -> bool:
        """Whether a source that is not a test module makes names of cassettes, perhaps those of all tests."""
        return any(source.is_generating and not is_test_module(source.path) for source in self.sources)

    @cached_property
    def fixtures(self) -> Fixtures:
        """The fixtures of all sources."""
        return fixtures_of(source.functions for source in self.sources)

    @cached_property
    def _bases(self) -> Mapping[str, set[str]]:
        bases: defaultdict[str, set[str]] = defaultdict(set)
        for source in self.sources:
            for name, inherited in source.bases.items():
                bases[name] |= inherited
        return bases

    def inherits_from_outside(self, name: str) -> bool:
        """Tell whether a class inherits from one that is not in the repository, and may have tests."""
        seen, waiting = {name}, self._bases.get(name, set()) - _BASES_WITHOUT_TESTS
        while waiting - seen:
            base = (waiting - seen).pop()
            if base not in self.by_definition:
                return True
            seen.add(base)
            waiting |= self._bases.get(base, set()) - _BASES_WITHOUT_TESTS
        return False


def is_test_module(path: PurePosixPath) -> bool:
    """Tell whether pytest takes a file for a test module."""
    return path.name.startswith("test_") or path.stem.endswith("_test")


def _is_generated(call: tuple[str, str]) -> bool:
    argument = call[1].strip()
    return bool(argument) and not _WHOLE_LITERAL.fullmatch(argument) and not _KEYWORD.match(argument)
