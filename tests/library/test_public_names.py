"""The public names of `viewer.library`."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES
from viewer import library

SEED = "grok-code-fast-1_simple_streaming.yaml"


def test_every_public_name_is_a_function_or_class_of_that_name():
    assert {name: getattr(library, name).__name__ for name in library.__all__} == {
        name: name for name in library.__all__
    }
    assert set(library.__all__) <= set(dir(library))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = library.nothing


def test_no_module_has_a_public_name():
    """Otherwise `viewer.library.NAME` would depend on what was imported before."""
    modules = {path.stem for path in Path(library.__file__).parent.glob("*.py")}
    assert not modules & set(library.__all__)


@pytest.mark.process
def test_importing_the_package_imports_no_slow_library():
    run = subprocess.run(
        [sys.executable, "-c", "import viewer.library, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"duckdb", "numpy", "orjson", "pandas", "pyarrow", "streamlit"}.isdisjoint(run.stdout.split())


def test_the_example_in_the_documentation_of_the_package_works(tmp_path):
    recordings = library.join_batches(library.read_batches(list(library.members(SAMPLES / SEED))))
    assert recordings.streams["name"].tolist() == [SEED]
    assert library.matching(recordings.texts, "portuguese").tolist() == [True]
    assert library.matching(recordings.texts, "Lima").tolist() == [False]
    assert library.add_up(recordings.streams).tokens["input_tokens"] == 213
    assert library.quantiles(recordings.streams).empty
    *_, last = library.write_index(library.members(SAMPLES / SEED), tmp_path)
    assert last == library.Progress(done=1, read=1, unreadable=0, skipped=0)
    result = library.run_query(
        "SELECT model, count(*) AS streams FROM streams GROUP BY model", tmp_path, library.QueryLimits(seconds=120)
    )
    assert result.rows.to_pylist() == [{"model": "grok-code-fast-1", "streams": 1}]


IMPORTS = re.findall(
    r"^from (viewer[\w.]*) import (.+)$", (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("module", "names"), IMPORTS)
def test_the_documented_imports_work(module, names):
    for name in names.split(", "):
        assert hasattr(importlib.import_module(module), name)
