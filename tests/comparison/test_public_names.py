"""The public names of `viewer.comparison`."""

import subprocess
import sys

import pytest

import viewer
from tests.conftest import ROOT
from tests.support.har_files import asked, chat, entry, har
from viewer import comparison


def opened(text):
    return viewer.load(har(entry(asked(), chat(text))), "a.har")


def test_every_public_name_is_a_function_or_class_of_that_name():
    assert comparison.__all__ == sorted(
        ["ASPECTS", "CassetteComparison", "Comparison", "as_markdown", "as_text", "compare", "compare_streams"]
    )
    assert set(comparison.__all__) <= set(dir(comparison))
    assert "text" in comparison.ASPECTS
    for name in set(comparison.__all__) - {"ASPECTS"}:
        assert getattr(comparison, name).__name__ == name


def test_no_module_has_a_public_name():
    assert {path.stem for path in (ROOT / "viewer" / "comparison").glob("*.py")}.isdisjoint(comparison.__all__)


def test_cassettes_and_streams_are_compared_and_written_with_the_public_names():
    left, right = opened("Hello there."), opened("Hello you.")
    found = comparison.compare(left, right)
    assert isinstance(found, comparison.CassetteComparison)
    assert found.differing() == ("text",)
    pair = comparison.compare_streams((left, left.streams[0]), (right, right.streams[0]))
    assert isinstance(pair, comparison.Comparison)
    assert pair.differing() == ("text",)
    assert "+ Hello you." in comparison.as_text(found)
    assert "\x1b" not in comparison.as_text(found)
    assert "+ Hello you." in comparison.as_markdown(found)
    assert "Hello" not in comparison.as_markdown(found, ["usage"])


@pytest.mark.process
def test_importing_the_package_imports_no_slow_library():
    run = subprocess.run(
        [sys.executable, "-c", "import viewer.comparison, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"numpy", "orjson", "pandas", "yaml"}.isdisjoint(run.stdout.split())
