"""The script of the GitHub Action, run as GitHub's runner runs it: with files for its outputs and the event as JSON.

`gh` is one that keeps comments in a file instead of at GitHub. The repository that commits are fetched from is a local one.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml

from tests.checks.outputs.test_github import commands_in
from tests.conftest import ROOT
from tests.support.repositories import COMMAND, KEY, cassette, git, write_program

pytestmark = pytest.mark.process

SH = shutil.which("sh")
# What this project's runner has, and nothing that could reach GitHub.
_GH = """#!{python}
import json, pathlib, sys
store = pathlib.Path({store!r})
comments = json.loads(store.read_text()) if store.exists() else []
if "fail" in store.parent.name: sys.exit(1)
arguments = sys.argv[1:]
value = lambda name: arguments[arguments.index(name) + 1]
if "--jq" in arguments:
    marker = value("--jq").split('startswith("')[1].split('"')[0]
    print("".join(f"{{at}}\\n" for at, one in enumerate(comments) if one.startswith(marker)), end="")
else:
    body = pathlib.Path(value("--field").removeprefix("body=@")).read_text()
    place = next(one for one in arguments if one.startswith("repos/"))
    if value("--method") == "POST": comments.append(body)
    else: comments[int(place.rsplit("/", 1)[1])] = body
    store.write_text(json.dumps(comments))
"""


class Runner:
    """A runner of GitHub Actions with a checkout of a repository."""

    def __init__(self, folder):
        self.folder = folder
        self.work = folder / "work"
        self.temp = folder / "temp"
        self.comments_file = folder / "comments.json"
        for made in (self.work, self.temp, folder / "bin"):
            made.mkdir(parents=True)
        write_program(folder / "bin", "cassette-viewer", COMMAND)
        write_program(folder / "bin", "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        write_program(folder / "bin", "gh", _GH.format(python=sys.executable, store=str(self.comments_file)))

    def git(self, *arguments):
        return git(self.work, *arguments)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, **files):
        for name, text in files.items():
            self.write(f"cassettes/{name}.yaml", text)
        self.git("add", ".")
        self.git("commit", "-m", "Record")
        return self.git("rev-parse", "HEAD")

    def run(self, *, event=None, **inputs):
        files = {
            name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH")
        }
        for path in files.values():
            path.write_text("")
        files["GITHUB_EVENT_PATH"].write_text(json.dumps(event or {}))
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_REPOSITORY": "owner/name",
            "GH_TOKEN": "none",
            **{name: str(path) for name, path in files.items()},
            **{f"INPUT_{name.upper()}": value for name, value in {**defaults(), **inputs}.items()},
        }
        # As in action.yml: `shell: sh` is `sh -e`.
        script = [SH, "-e", str(ROOT / ".github/action/run")]
        done = subprocess.run(script, cwd=self.work, env=environment, capture_output=True, text=True, check=False)
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return SimpleNamespace(
            status=done.returncode, log=done.stdout, errors=done.stderr, outputs=outputs, summary=summary
        )

    @property
    def comments(self):
        return json.loads(self.comments_file.read_text()) if self.comments_file.exists() else []


def defaults():
    """The inputs of action.yml, as the script gets them."""
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    passed = ("paths", "baseline", "fail-on", "sarif", "comment")
    return {name.replace("-", "_"): inputs[name]["default"] for name in passed}


@pytest.fixture
def runner(tmp_path):
    made = Runner(tmp_path / "runner")
    made.git("init")
    return made


def test_the_action_passes_each_input_to_the_script_as_a_variable_and_never_as_code():
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
    (step,) = [step for step in steps if step.get("id") == "check"]
    passed = {name: value for name, value in step["env"].items() if name.startswith("INPUT_")}
    assert passed == {f"INPUT_{name.upper()}": f"${{{{ inputs.{name.replace('_', '-')} }}}}" for name in defaults()}
    assert (ROOT / ".github/action/run").stat().st_mode & stat.S_IXUSR


def test_a_secret_is_an_annotation_and_fails_and_a_baseline_accepts_it(runner):
    runner.write("cassettes/a b.yaml", cassette("Hello.", KEY))
    failed = runner.run(paths="cassettes", sarif="out.sarif")
    assert failed.status == 1
    ((_, properties, _),) = [one for one in commands_in(failed.log) if one[0] == "error"]
    assert properties["file"] == "cassettes/a b.yaml"
    assert properties["line"] == "9"
    assert failed.outputs == {"found": "true", "sarif": "out.sarif"}
    assert failed.summary == failed.log.splitlines()[-1] + "\n"
    assert json.loads((runner.work / "out.sarif").read_text())["version"] == "2.1.0"
    assert KEY not in failed.log + failed.errors + (runner.work / "out.sarif").read_text()

    assert runner.run(paths="cassettes", fail_on="never").status == 0

    update = [
        runner.folder / "bin/cassette-viewer",
        "check",
        "cassettes",
        "--baseline",
        "known.json",
        "--update-baseline",
    ]
    subprocess.run(update, cwd=runner.work, check=True, capture_output=True)
    accepted = runner.run(paths="cassettes", baseline="known.json")
    assert (accepted.status, accepted.outputs) == (0, {"found": "false"})
    assert not [one for one in commands_in(accepted.log) if one[0] == "error"]


def test_a_call_that_fails_is_told_and_finds_nothing(runner):
    failed = runner.run(paths="-x\nno such folder")
    assert failed.status == 2
    assert failed.outputs == {}
    assert "no such folder" in failed.errors


def test_a_pull_request_gets_one_comment_that_is_written_again(runner):
    base = runner.commit(a=cassette("Hello."), b=cassette("Same."))
    runner.git("switch", "-c", "change")
    runner.commit(a=cassette("Goodbye."))
    event = {"pull_request": {"number": 7, "base": {"sha": base}}}

    first = runner.run(event=event, paths="cassettes", comment="true")
    assert first.status == 0, first.errors
    (comment,) = runner.comments
    assert comment.startswith("<!-- cassette-viewer -->\n")
    assert "Goodbye" in comment
    assert first.outputs["report"].endswith(".html")

    runner.commit(a=cassette("See you."))
    runner.run(event=event, paths="cassettes", comment="true")
    (comment,) = runner.comments
    assert "See you" in comment
    assert "Goodbye" not in comment

    runner.commit(a=cassette("Hello."))
    runner.run(event=event, paths="cassettes", comment="true")
    (comment,) = runner.comments
    assert "See you" not in comment


def test_a_pull_request_without_differences_gets_no_comment(runner):
    base = runner.commit(a=cassette("Hello."))
    (runner.work / "README.md").write_text("Hello")
    runner.commit()
    done = runner.run(event={"pull_request": {"number": 7, "base": {"sha": base}}}, paths="cassettes", comment="true")
    assert (done.status, runner.comments) == (0, [])


def test_a_shallow_checkout_of_the_merge_is_compared_with_what_it_merges_into(tmp_path, runner):
    old = runner.commit(a=cassette("Hello."))
    runner.git("switch", "-c", "change")
    runner.commit(a=cassette("Goodbye."))
    runner.git("switch", "main")
    runner.commit(b=cassette("Elsewhere."))
    runner.git("merge", "--no-ff", "change")
    runner.git("config", "uploadpack.allowAnySHA1InWant", "true")
    checkout = Runner(tmp_path / "checkout")
    checkout.git("clone", "--depth=1", runner.work.as_uri(), ".")
    done = checkout.run(event={"pull_request": {"number": 7, "base": {"sha": old}}}, paths="cassettes", comment="true")
    assert done.status == 0, done.errors
    (comment,) = checkout.comments
    assert "Goodbye" in comment
    assert "Elsewhere" not in comment


def test_a_comment_that_cannot_be_written_is_a_warning(tmp_path):
    runner = Runner(tmp_path / "fail")
    runner.git("init")
    base = runner.commit(a=cassette("Hello."))
    runner.commit(a=cassette("Goodbye."))
    done = runner.run(event={"pull_request": {"number": 7, "base": {"sha": base}}}, paths="cassettes", comment="true")
    assert done.status == 0
    assert [kind for kind, *_ in commands_in(done.log)] == ["warning"]


def test_a_push_gets_no_comment(runner):
    runner.commit(a=cassette("Hello."))
    done = runner.run(event={"ref": "refs/heads/main"}, paths="cassettes", comment="true")
    assert (done.status, runner.comments) == (0, [])
