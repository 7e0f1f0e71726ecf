"""The ids of parametrised tests, if a source writes all their values out.

pytest appends the ids to the name of the test: https://docs.pytest.org/en/stable/example/parametrize.html. The source is parsed, not run.
"""

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

# Fixtures of pytest and of its recorders that have no parameters.
_KNOWN_FIXTURES = frozenset(
    [
        "self",
        "cls",
        "request",
        "monkeypatch",
        "tmp_path",
        "tmp_path_factory",
        "tmpdir",
        "capsys",
        "capfd",
        "caplog",
        "recwarn",
        "subtests",
        "pytestconfig",
        "record_mode",
        "vcr",
        "vcr_config",
        "vcr_cassette",
        "vcr_cassette_dir",
    ]
)
# Where pytest and anyio take parameters from that no decorator shows.
_MAKERS = ("pytest_generate_tests", "mark.anyio", "anyio_backend")
_MAX_IDS = 10_000

WITHOUT_PARAMETERS = frozenset([""])
"""The ids of a test without parameters."""


class Function(NamedTuple):
    """A test or a fixture."""

    owner: str
    """The class, or ""."""
    name: str
    ids: frozenset[str] | None
    """What the decorators append, {""} without any; None if a value is not written out."""
    arguments: frozenset[str]
    """The fixtures that it asks for, without those that its decorators give values to."""
    is_fixture: bool


class Functions(NamedTuple):
    """What a source defines."""

    defined: tuple[Function, ...] = ()
    makes_parameters: bool = False
    """Whether it may give parameters to tests that no decorator of a test or fixture shows."""


def read_functions(text: str) -> Functions:
    """Return the tests and fixtures of a source. A source that cannot be parsed may have anything."""
    makes_parameters = any(maker in text for maker in _MAKERS)
    try:
        with warnings.catch_warnings():
            # Of escapes in strings that a later Python refuses.
            warnings.simplefilter("ignore")
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Functions(makes_parameters=True)
    # Marks of a whole module or class, and fixtures that every test has.
    if "pytestmark" in text or "autouse" in text:
        makes_parameters |= any(map(_gives_parameters_to_all, ast.walk(module)))
    return Functions(tuple(_functions_in(module.body, "", [])), makes_parameters)


def _gives_parameters_to_all(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        is_marks = any(isinstance(one, ast.Name) and one.id == "pytestmark" for one in node.targets)
        return is_marks and "parametrize" in ast.dump(node.value)
    if isinstance(node, ast.Call) and _name_of(node).endswith("fixture"):
        return {"autouse", "params"} <= {one.arg for one in node.keywords}
    return False


class Fixtures(NamedTuple):
    """The fixtures of a repository."""

    by_name: Mapping[str, Sequence[Function]]
    are_known: bool
    """Whether parameters come only from decorators."""


def fixtures_of(sources: Iterable[Functions]) -> Fixtures:
    """Return the fixtures that sources define."""
    by_name: dict[str, list[Function]] = {}
    are_known = True
    for functions in sources:
        are_known &= not functions.makes_parameters
        for one in functions.defined:
            if one.is_fixture:
                by_name.setdefault(one.name, []).append(one)
    return Fixtures(by_name, are_known)


def ids_of(owner: str, name: str, functions: Functions, fixtures: Fixtures) -> frozenset[str] | None:
    """Return all ids that a test of a source can have, {""} for a test without parameters; None if they are not known."""
    if not fixtures.are_known:
        return None
    found = [one for one in functions.defined if (one.owner, one.name) == (owner, name) and not one.is_fixture]
    return found[0].ids if len(found) == 1 and _have_no_parameters(found[0].arguments, fixtures.by_name) else None


def _have_no_parameters(names: Iterable[str], fixtures: Mapping[str, Sequence[Function]]) -> bool:
    """Tell whether no fixture of these names has parameters, nor any that they ask for."""
    waiting, seen = set(names), set(_KNOWN_FIXTURES)
    while waiting - seen:
        name = (waiting - seen).pop()
        seen.add(name)
        if not fixtures.get(name) or any(one.ids != WITHOUT_PARAMETERS for one in fixtures[name]):
            return False
        waiting.update(*(one.arguments for one in fixtures[name]))
    return True


def _functions_in(body: Sequence[ast.stmt], owner: str, decorators: list[ast.expr]) -> Iterator[Function]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            # pytest-recording takes the name of the innermost class.
            yield from _functions_in(statement.body, statement.name, [*decorators, *statement.decorator_list])
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _function(statement, owner, decorators)
        else:
            # Functions below `if` and `try`.
            inner = [one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.stmt)]
            yield from _functions_in(inner, owner, decorators)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str, around: list[ast.expr]) -> Function:
    given = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    is_fixture, names = False, set[str]()
    ids: list[str] | None = [""]
    # pytest applies the decorator next to the function first.
    for decorator in (*reversed(node.decorator_list), *reversed(around)):
        called = _name_of(decorator)
        if called.endswith("fixture"):
            is_fixture = True
            if isinstance(decorator, ast.Call) and any(one.arg in ("params", None) for one in decorator.keywords):
                ids = None
        elif called.endswith("parametrize") and isinstance(decorator, ast.Call):
            one_of = _parameters(decorator)
            names |= one_of.names
            ids = None if ids is None or one_of.ids is None else _joined(ids, one_of.ids)
        elif called.endswith("usefixtures") and isinstance(decorator, ast.Call):
            given |= {str(one.value) for one in decorator.args if isinstance(one, ast.Constant)}
    # pytest numbers equal ids.
    known = None if ids is None or len(set(ids)) < len(ids) else frozenset(ids)
    return Function(owner, node.name, known, frozenset(given - names), is_fixture)


class _Parameters(NamedTuple):
    names: set[str]
    ids: list[str] | None


def _parameters(call: ast.Call) -> _Parameters:
    """Return what `parametrize(argnames, argvalues, ids=…)` gives."""
    keywords = {one.arg: one.value for one in call.keywords}
    arguments = dict(zip(("argnames", "argvalues", "indirect", "ids"), call.args, strict=False)) | keywords
    try:
        names = ast.literal_eval(arguments["argnames"])
    except (KeyError, ValueError):
        return _Parameters(set(), None)
    # A value of a single name is not in a tuple, except if the name is in a list.
    is_single = isinstance(names, str) and "," not in names.strip(" ,")
    names = [one.strip() for one in names.split(",") if one.strip()] if isinstance(names, str) else list(names)
    rows = arguments.get("argvalues")
    if not isinstance(rows, ast.List | ast.Tuple) or None in arguments:
        return _Parameters(set(names), None)
    try:
        given = ast.literal_eval(arguments["ids"]) if "ids" in arguments else None
        given = [None] * len(rows.elts) if given is None else list(given)
        ids = [_id_of(row, one, None if is_single else len(names)) for row, one in zip(rows.elts, given, strict=True)]
    except (ValueError, TypeError):
        return _Parameters(set(names), None)
    return _Parameters(set(names), ids)


def _id_of(row: ast.expr, given: object, count: int | None) -> str:
    """Return the id of one set of values, or of one value if `count` is None. Raise `ValueError` if it is not written out."""
    if isinstance(row, ast.Call) and _name_of(row).endswith("param"):
        for keyword in row.keywords:
            if keyword.arg == "id" and (own := ast.literal_eval(keyword.value)) is not None:
                return _escaped(own)
        nodes = row.args
    else:
        nodes = row.elts if count is not None and isinstance(row, ast.Tuple | ast.List) else [row]
    if given is not None:
        return _escaped(given)
    if len(nodes) != (count or 1):
        raise ValueError("not one value for each name")
    return "-".join(_escaped(ast.literal_eval(node)) for node in nodes)


def _escaped(value: object) -> str:
    if isinstance(value, str):
        return value.encode("unicode_escape").decode("ascii")
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    raise ValueError("pytest makes the id of its name")


def _joined(ids: list[str], others: list[str]) -> list[str]:
    if len(ids) * len(others) > _MAX_IDS:
        return ["", ""]
    return [f"{one}-{other}" if one else other for one, other in product(ids, others)]


def _name_of(node: ast.expr) -> str:
    """Return the last name of a decorator or call, such as "parametrize"."""
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
