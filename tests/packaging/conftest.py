"""The wheel, built as a release is, and a fresh environment with nothing of the checkout in which it runs."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from uv import find_uv_bin

from tests.conftest import ROOT

_NOT_COPIED = shutil.ignore_patterns(".*_cache", ".git", ".venv", "__pycache__", "*.egg-info", "build", "docs", "tests")


class Installed(NamedTuple):
    """How to start the command of the wheel."""

    command: list[str]
    environment: dict[str, str]
    folder: Path


@pytest.fixture(scope="session")
def surroundings():
    """The environment variables without those of the environment in which the tests run."""
    own = ("PYTHON", "VIRTUAL_ENV", "VIEWER_", "STREAMLIT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory, surroundings):
    """Build the source distribution, and the wheel from it, as `uv build` and `python -m build` do. Return the wheel's path."""
    folder = tmp_path_factory.mktemp("package")
    # The build leaves files in the folder that it reads.
    shutil.copytree(ROOT, folder / "source", ignore=_NOT_COPIED)
    command = [find_uv_bin(), "build", "--quiet", "--out-dir", str(folder / "dist"), str(folder / "source")]
    run = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (path,) = (folder / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel, surroundings, tmp_path_factory):
    """The command as `uvx` starts it: in a fresh environment, in another folder, with a home that nobody can write to."""
    folder = tmp_path_factory.mktemp("elsewhere")
    cache = subprocess.run(
        [find_uv_bin(), "cache", "dir"], env=surroundings, capture_output=True, text=True, check=True
    )
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    # Not even root can write to this one.
    own = {"HOME": "/proc", "XDG_RUNTIME_DIR": str(runtime)}
    # uv's own files, which are in the home otherwise.
    own |= {"UV_CACHE_DIR": cache.stdout.strip(), "UV_TOOL_DIR": str(folder / "tools")}
    # `uvx` is short for `uv tool run`.
    command = [find_uv_bin(), "tool", "run", "--quiet", "--from", str(wheel), "cassette-viewer"]
    return Installed(command, {**surroundings, **own}, folder)
