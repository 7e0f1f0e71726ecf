"""Which test names a cassette of VCR.py: by `use_cassette`, by pytest-recording and by pytest-vcr.

pytest-recording writes `cassettes/MODULE/[CLASS.]TEST[ID].yaml` beside the module, pytest-vcr `cassettes/[CLASS.]TEST[ID].yaml`:
https://github.com/kiwicom/pytest-recording, https://pytest-vcr.readthedocs.io. The id of a parametrised test is judged if its
values are written out.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.checks.naming.parametrised import WITHOUT_PARAMETERS, Functions, ids_of, read_functions
from viewer.checks.naming.sources import literals_in
from viewer.checks.naming.verdict import GENERATED, NAMED, UNKNOWN, Judgement, endings, orphan, without_suffix

SUFFIX = ".py"

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
_FOLDER = "cassettes"
# What pytest-recording replaces in the names of files.
_UNSAFE = re.compile(r"[<>?%*:|\"'/\\]")


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
    """Whether it speaks of cassettes."""
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
        read_functions(text) if "pytest" in code or "def test" in code else Functions(),
    )


def judge(cassette: PurePosixPath, sources: Sequence[PythonSource]) -> Judgement:
    """Tell whether a test names a cassette, given its path below the root of the repository."""
    if not any(source.is_recording for source in sources):
        return UNKNOWN
    stem = without_suffix(cassette)
    named = endings(stem)
    if any(named & source.literals for source in sources):
        return NAMED
    if _FOLDER not in cassette.parts[:-1]:
        return _judge_written_out(cassette, sources)
    depth = len(cassette.parts) - 1 - cassette.parts[-2::-1].index(_FOLDER)
    beside = PurePosixPath(*cassette.parts[: depth - 1])
    inside = cassette.parts[depth:-1]
    test = _test_of(stem.name)
    if len(inside) == 1:
        return _judge_in_module(inside[0], beside, test, sources)
    if not inside and test.function.startswith("test"):
        return _judge_in_folder(beside, test, sources)
    return _judge_written_out(cassette, sources)


class _Test(NamedTuple):
    owner: str
    """The class, or "" if the test is a function."""
    function: str
    id: str
    """Of its parameters; "" if it has none."""


def _test_of(stem: str) -> _Test:
    """Return the test whose cassette has this name, which may have another suffix for the kind of recording."""
    name, _, rest = stem.partition("[")
    test_id = rest.rpartition("]")[0]
    names = name.split(".")
    if names[0][:1].isupper() and len(names) > 1:
        return _Test(names[0], names[1], test_id)
    return _Test("", names[0], test_id)


def _judge_in_module(module: str, beside: PurePosixPath, test: _Test, sources: Sequence[PythonSource]) -> Judgement:
    """Judge a cassette in the folder of a test module."""
    name = f"{module}{SUFFIX}"
    modules = [source for source in sources if source.path == beside / name]
    # The fixture `vcr_cassette_dir` may put the folder elsewhere.
    modules = modules or [source for source in sources if source.path.name == name]
    if not modules:
        return _judge_without_module(module, beside, sources)
    if any(_defines(test, source, sources) for source in modules):
        return _judge_id(test, modules, sources)
    if not test.function.startswith("test"):
        is_generating = any(source.is_generating for source in sources)
    else:
        is_generating = any(source.is_generating for source in (*modules, *_shared(sources)))
    if is_generating or any(source.imports_all for source in modules) or _may_inherit(test, sources):
        return GENERATED
    what = f"the class {test.owner} with a test {test.function}" if test.owner else test.function
    return orphan(f"{what} is not in {modules[0].path}")


def _judge_id(test: _Test, modules: Sequence[PythonSource], sources: Sequence[PythonSource]) -> Judgement:
    """Judge the cassette of a test that is in one of some modules: its parameters may be gone."""
    defining = [one for one in modules if test.function in one.defined]
    if len(defining) != 1 or any(source.is_generating for source in (*defining, *_shared(sources))):
        return NAMED
    [module] = defining
    ids = ids_of(test.owner, test.function, module.functions, [one.functions for one in sources])
    if ids is None or test.id in {_UNSAFE.sub("-", one) for one in ids}:
        return NAMED
    if ids == WITHOUT_PARAMETERS:
        return orphan(f"{test.function} in {module.path} has no parameters")
    if not test.id:
        return orphan(f"{test.function} in {module.path} has parameters")
    return orphan(f"{test.function} in {module.path} has no parameters “{test.id}”")


def _judge_without_module(module: str, beside: PurePosixPath, sources: Sequence[PythonSource]) -> Judgement:
    is_test = module.startswith("test_") or module.endswith("_test")
    if not is_test or not any(source.path.is_relative_to(beside) and source.is_recording for source in sources):
        return UNKNOWN
    if any(source.is_generating for source in _shared(sources)) or any(module in one.literals for one in sources):
        return GENERATED
    return orphan(f"there is no {module}{SUFFIX} in the repository")


def _judge_in_folder(beside: PurePosixPath, test: _Test, sources: Sequence[PythonSource]) -> Judgement:
    """Judge a cassette that is in a folder with those of other modules."""
    near = [source for source in sources if source.path.is_relative_to(beside)]
    if not any(source.is_recording for source in near):
        return UNKNOWN
    if any(_defines(test, source, sources) for source in sources):
        return _judge_id(test, sources, sources)
    if any(source.is_generating for source in (*near, *_shared(sources))) or _may_inherit(test, sources):
        return GENERATED
    return orphan(f"{test.function} is in no module of the repository")


def _judge_written_out(cassette: PurePosixPath, sources: Sequence[PythonSource]) -> Judgement:
    """Judge a cassette that only a string can name: an orphan if strings name others in its folder."""
    if any(source.is_generating for source in sources):
        return GENERATED
    folder = cassette.parent.name
    is_library = any(source.is_recording and folder in source.literals for source in sources)
    has_neighbours = any(
        literal.rpartition("/")[0].rpartition("/")[2] == folder
        for source in sources
        if source.is_recording
        for literal in source.literals
        if "/" in literal
    )
    # A decorator without arguments names the cassette after the function.
    if any(cassette.name.partition(".")[0] in source.defined for source in sources):
        return NAMED
    return orphan(f"no string in a {SUFFIX} file names it") if folder and (is_library or has_neighbours) else UNKNOWN


def _defines(test: _Test, source: PythonSource, sources: Sequence[PythonSource]) -> bool:
    if not test.owner:
        return test.function in source.test_words or test.function in source.defined
    if test.owner not in source.defined and test.owner not in source.test_words:
        return False
    # A class may inherit its tests from another module.
    return any(test.function in one.defined for one in sources)


def _may_inherit(test: _Test, sources: Sequence[PythonSource]) -> bool:
    """Tell whether the class of a test inherits from one that is not in the repository, and may have the test."""
    bases: dict[str, set[str]] = {}
    for source in sources:
        for name, inherited in source.bases.items():
            bases.setdefault(name, set()).update(inherited)
    seen, waiting = set(), {test.owner}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= bases.get(name, set()) - seen - _BASES_WITHOUT_TESTS
    return any(not any(name in source.defined for source in sources) for name in seen - {test.owner})


def _shared(sources: Sequence[PythonSource]) -> list[PythonSource]:
    """Return the files that are not test modules: those that may name the cassettes of all tests."""
    return [one for one in sources if not (one.path.name.startswith("test_") or one.path.stem.endswith("_test"))]


def _is_generated(call: tuple[str, str]) -> bool:
    argument = call[1].strip()
    return bool(argument) and not _WHOLE_LITERAL.fullmatch(argument) and not _KEYWORD.match(argument)
