import os
import subprocess
import sys
from collections import defaultdict

import pytest

from viewer.checks.naming.parametrised import Functions, fixtures_of, ids_of, read_functions

WRITTEN_OUT = r"""
import pytest

def test_plain(): ...

@pytest.mark.parametrize("model", ["gpt-4.1", "a/b:c", "日本", "", "a b\n"])
def test_one(model): ...

@pytest.mark.parametrize("a, b", [(1, None), (2.5, True), pytest.param("x", -3, id="own id"), pytest.param("y", 4)])
def test_two_names(a, b): ...

@pytest.mark.parametrize(["a"], [("x",), ("y",)])
@pytest.mark.parametrize("b", ("m", "n"), ids=["first", None])
async def test_product(a, b): ...

@pytest.mark.parametrize(argnames="a", argvalues=["k"], ids=("w",))
def test_keywords(a): ...

@pytest.mark.parametrize("around", ["s", "t"])
class TestClass:
    @pytest.mark.parametrize("inner", ["u"])
    def test_method(self, inner, around, tmp_path): ...

    class TestInner:
        def test_deep(self, around): ...

@pytest.fixture
def client(base): ...

@pytest.fixture(scope="session")
def base(): ...

@pytest.mark.usefixtures("client")
def test_with_fixtures(client, monkeypatch): ...

if True:
    def test_conditional(): ...
"""
MADE = r"""
import pytest
MODELS = ["a", "b"]

@pytest.mark.parametrize("model", MODELS)
def test_name(model): ...

@pytest.mark.parametrize("value", ["a", object()])
def test_object(value): ...

@pytest.mark.parametrize("value", ["a", "b"], ids=str.upper)
def test_ids(value): ...

@pytest.mark.parametrize("value", ["a", "a"])
def test_equal(value): ...

@pytest.fixture(params=["a", "b"])
def client(request): ...

@pytest.fixture
def session(client): ...

def test_fixture(session): ...

def test_unknown_fixture(somebody_elses): ...

@pytest.mark.parametrize("value", [*MODELS])
def test_unpacked(value): ...

@pytest.mark.parametrize(**{"argnames": "value", "argvalues": ["a"]})
def test_keywords(value): ...
"""


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The ids that pytest itself gives, by class and test."""
    folder = tmp_path_factory.mktemp("collected")
    (folder / "test_it.py").write_text(WRITTEN_OUT)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
    ]
    # Plug-ins may give parameters of their own.
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    found = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True, timeout=60)
    ids = defaultdict(set)
    for line in found.stdout.split("\n\n")[0].splitlines():
        names, _, test_id = line.partition("::")[2].partition("[")
        owner, _, name = ("::" + names).rpartition("::")
        ids[owner.rpartition("::")[2], name].add(test_id.removesuffix("]"))
    return ids


def test_ids_are_those_that_pytest_gives(collected):
    functions = read_functions(WRITTEN_OUT)
    assert len(collected) == 9
    assert {test: ids_of(*test, functions, fixtures_of([functions])) for test in collected} == collected


@pytest.mark.parametrize(
    "name",
    [
        "test_name",
        "test_object",
        "test_ids",
        "test_equal",
        "test_fixture",
        "test_unknown_fixture",
        "test_unpacked",
        "test_keywords",
        "test_that_is_not_there",
    ],
)
def test_ids_that_are_not_written_out_are_not_known(name):
    functions = read_functions(MADE)
    assert ids_of("", name, functions, fixtures_of([functions])) is None


@pytest.mark.parametrize(
    "conftest",
    [
        "def pytest_generate_tests(metafunc): ...",
        "@pytest.fixture(autouse=True, params=[1, 2])\ndef each(request): ...",
        "def anyio_backend(): ...",
        "@pytest.fixture(params=[1, 2], autouse=True)\nasync def each(request): ...",
        "pytestmark = [pytest.mark.vcr, pytest.mark.parametrize('a', [1])]",
        "class TestAll:\n    pytestmark = pytest.mark.parametrize('a', [1])",
        "def broken(",
    ],
)
def test_ids_are_not_known_if_another_file_may_give_parameters(conftest):
    functions = read_functions("def test_plain(): ...")
    assert ids_of("", "test_plain", functions, fixtures_of([functions])) == {""}
    assert ids_of("", "test_plain", functions, fixtures_of([functions, read_functions(conftest)])) is None


def test_a_fixture_of_another_file_is_found():
    functions = read_functions("def test_it(client): ...")
    assert ids_of("", "test_it", functions, fixtures_of([functions, Functions()])) is None
    fixture = read_functions("@pytest.fixture()\ndef client(): ...")
    assert ids_of("", "test_it", functions, fixtures_of([functions, fixture])) == {""}


@pytest.mark.parametrize("text", ["(" * 5_000, "x = '\\d'\n", "\0", "- " * 50_000 + "1"])
def test_sources_that_python_refuses_are_no_failure(text):
    assert read_functions(text).defined == ()


def test_a_product_of_many_values_is_not_made():
    values = ", ".join(f'"{number}"' for number in range(200))
    decorators = "\n".join(f'@pytest.mark.parametrize("{name}", [{values}])' for name in "abcd")
    functions = read_functions(f"{decorators}\ndef test_it(a, b, c, d): ...")
    assert ids_of("", "test_it", functions, fixtures_of([functions])) is None
