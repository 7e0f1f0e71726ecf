"""The hook of `.pre-commit-hooks.yaml`, run by pre-commit itself when Git commits.

The manifest is that of this project, but for one word: with `language: python` pre-commit would install the package from the network,
so that here it is `system` and runs the program on the PATH.
"""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.repositories import COMMAND, GIT, KEY, cassette, git, write_program

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def commit(tmp_path_factory):
    """Write files into a repository in which the hook is installed, and commit them."""
    folder = tmp_path_factory.mktemp("hook")
    hooks, work, programs = (folder / name for name in ("hooks", "work", "bin"))
    for made in (hooks, work, programs):
        made.mkdir()
    manifest = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert manifest.count("language: python") == 1
    (hooks / ".pre-commit-hooks.yaml").write_text(manifest.replace("language: python", "language: system"))
    for one in (hooks, work):
        git(one, "init")
    git(hooks, "add", ".")
    git(hooks, "commit", "-m", "Add a hook")
    write_program(programs, "cassette-viewer", COMMAND)
    config = f"repos:\n- repo: {hooks}\n  rev: {git(hooks, 'rev-parse', 'HEAD')}\n  hooks:\n  - id: cassette-check\n"
    (work / ".pre-commit-config.yaml").write_text(config)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / "store"),
        **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def run(*command):
        return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)

    installed = run(sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stderr

    def write_and_commit(**files):
        for name, text in files.items():
            path = work / name.replace("__", "/").replace("_yaml", ".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git(work, "add", ".")
        done = run(GIT, "commit", "-m", "Change")
        return done.returncode, done.stdout + done.stderr

    return write_and_commit


def test_a_commit_without_cassettes_runs_nothing(commit):
    status, told = commit(README="Hello", config_yaml="key: value")
    assert status == 0, told
    assert "(no files to check)Skipped" in told


def test_a_clean_cassette_is_committed(commit):
    status, told = commit(tests__cassettes__clean_yaml=cassette("Hello."))
    assert status == 0, told
    assert "check recordings of language models" in told
    assert "Passed" in told


def test_a_key_stops_the_commit_and_is_not_shown(commit):
    status, told = commit(tests__cassettes__leak_yaml=cassette("Hello.", KEY))
    assert status == 1
    assert "tests/cassettes/leak.yaml" in told
    assert "secret" in told
    assert KEY not in told
    assert "clean.yaml" not in told
