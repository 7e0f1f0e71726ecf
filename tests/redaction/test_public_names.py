"""The public names of `viewer.redaction`."""

import subprocess
import sys
from pathlib import Path

import pytest

import viewer
from tests.conftest import ROOT
from viewer import redaction


def test_every_public_name_is_a_function_or_class_of_that_name():
    expected = {"Finding", "Redaction", "SecretPattern", "find_secrets", "redact", "redact_bytes", "redact_file"}
    assert {getattr(redaction, name).__name__ for name in redaction.__all__} == set(redaction.__all__) == expected
    assert set(redaction.__all__) <= set(dir(redaction))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = redaction.nothing


def test_names_that_viewer_exports_too_are_the_same_objects():
    for name in set(redaction.__all__) & set(viewer.__all__):
        assert getattr(redaction, name) is getattr(viewer, name)


def test_no_module_has_a_public_name():
    modules = {path.stem for path in Path(redaction.__file__).parent.glob("*.py")}
    assert modules.isdisjoint(redaction.__all__)


@pytest.mark.process
def test_importing_the_package_imports_no_slow_library():
    run = subprocess.run(
        [sys.executable, "-c", "import viewer.redaction, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"numpy", "orjson", "pandas", "yaml"}.isdisjoint(run.stdout.split())
