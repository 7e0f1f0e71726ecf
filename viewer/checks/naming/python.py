"""Which test names a cassette of VCR.py: by `use_cassette`, by pytest-recording and by pytest-vcr.

pytest-recording writes `cassettes/MODULE/[CLASS.]TEST[ID].yaml` beside the module, pytest-vcr `cassettes/[CLASS.]TEST[ID].yaml`:
https://github.com/kiwicom/pytest-recording, https://pytest-vcr.readthedocs.io. The id of a parametrised test is judged if its
values are written out.
"""

import re
from collections.abc import Container, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.checks.naming.parametrised import WITHOUT_PARAMETERS, ids_of
from viewer.checks.naming.python_sources import PythonIndex, PythonSource, is_test_module, read
from viewer.checks.naming.verdict import GENERATED, NAMED, UNKNOWN, Judgement, endings, orphan, without_suffix

__all__ = ["SUFFIX", "index", "judge", "read"]

SUFFIX = ".py"
index = PythonIndex

_FOLDER = "cassettes"
# What pytest-recording replaces in the names of files.
_UNSAFE = re.compile(r"[<>?%*:|\"'/\\]")


def judge(cassette: PurePosixPath, index: PythonIndex) -> Judgement:
    """Tell whether a test names a cassette, given its path below the root of the repository."""
    if not index.recording_folders:
        return UNKNOWN
    stem = without_suffix(cassette)
    if endings(stem) & index.literals:
        return NAMED
    if _FOLDER not in cassette.parts[:-1]:
        return _judge_written_out(cassette, index)
    depth = len(cassette.parts) - 1 - cassette.parts[-2::-1].index(_FOLDER)
    beside = PurePosixPath(*cassette.parts[: depth - 1])
    inside = cassette.parts[depth:-1]
    test = _test_of(stem.name)
    if len(inside) == 1:
        return _judge_in_module(inside[0], beside, test, index)
    if not inside and test.function.startswith("test"):
        return _judge_in_folder(beside, test, index)
    return _judge_written_out(cassette, index)


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


def _judge_in_module(module: str, beside: PurePosixPath, test: _Test, index: PythonIndex) -> Judgement:
    """Judge a cassette in the folder of a test module."""
    named = index.by_name.get(f"{module}{SUFFIX}", ())
    # The fixture `vcr_cassette_dir` may put the folder elsewhere.
    modules = [source for source in named if source.path.parent == beside] or named
    if not modules:
        return _judge_without_module(module, beside, index)
    if any(_is_in(test, source.defined | source.test_words, index) for source in modules):
        return _judge_id(test, modules, index)
    # Anything may name a cassette that has not the name of a test.
    is_generating = index.is_generating_for_all if test.function.startswith("test") else bool(index.generating_folders)
    if is_generating or any(source.is_generating or source.imports_all for source in modules):
        return GENERATED
    if index.inherits_from_outside(test.owner):
        return GENERATED
    what = f"the class {test.owner} with a test {test.function}" if test.owner else test.function
    return orphan(f"{what} is not in {modules[0].path}")


def _judge_id(test: _Test, modules: Sequence[PythonSource], index: PythonIndex) -> Judgement:
    """Judge the cassette of a test that is in one of some modules: its parameters may be gone."""
    defining = [one for one in modules if test.function in one.defined]
    if len(defining) != 1 or defining[0].is_generating or index.is_generating_for_all:
        return NAMED
    [module] = defining
    ids = ids_of(test.owner, test.function, module.functions, index.fixtures)
    if ids is None or test.id in {_UNSAFE.sub("-", one) for one in ids}:
        return NAMED
    if ids == WITHOUT_PARAMETERS:
        return orphan(f"{test.function} in {module.path} has no parameters")
    if not test.id:
        return orphan(f"{test.function} in {module.path} has parameters")
    return orphan(f"{test.function} in {module.path} has no parameters “{test.id}”")


def _judge_without_module(module: str, beside: PurePosixPath, index: PythonIndex) -> Judgement:
    if not is_test_module(PurePosixPath(module)) or beside not in index.recording_folders:
        return UNKNOWN
    if index.is_generating_for_all or module in index.literals:
        return GENERATED
    return orphan(f"there is no {module}{SUFFIX} in the repository")


def _judge_in_folder(beside: PurePosixPath, test: _Test, index: PythonIndex) -> Judgement:
    """Judge a cassette that is in a folder with those of other modules."""
    if beside not in index.recording_folders:
        return UNKNOWN
    if _is_in(test, index.by_definition.keys() | index.test_words, index):
        return _judge_id(test, index.by_definition.get(test.function, ()), index)
    if beside in index.generating_folders or index.is_generating_for_all or index.inherits_from_outside(test.owner):
        return GENERATED
    return orphan(f"{test.function} is in no module of the repository")


def _judge_written_out(cassette: PurePosixPath, index: PythonIndex) -> Judgement:
    """Judge a cassette that only a string can name: an orphan if strings name others in its folder."""
    if index.generating_folders:
        return GENERATED
    # A decorator without arguments names the cassette after the function.
    if cassette.name.partition(".")[0] in index.by_definition:
        return NAMED
    return orphan(f"no string in a {SUFFIX} file names it") if cassette.parent.name in index.folders else UNKNOWN


def _is_in(test: _Test, words: Container[str], index: PythonIndex) -> bool:
    """Tell whether a test is among the words of its module. A class may inherit it from another module."""
    if not test.owner:
        return test.function in words
    return test.owner in words and test.function in index.by_definition
