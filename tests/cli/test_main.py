import argparse
import os
import re
import subprocess
import sys

import pytest

import viewer
from tests.conftest import ROOT
from viewer.cli.main import main, make_parser

SEED = "sample_cassettes/grok-code-fast-1_simple_streaming.yaml"
DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def subparsers():
    parser = make_parser("cassette-viewer")
    (action,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return action.choices


def test_every_module_in_the_folder_is_a_command():
    files = {path.stem for path in (ROOT / "viewer" / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert set(subparsers()) == files >= {"chunks", "export", "record", "replay", "show"}


@pytest.mark.parametrize("name", subparsers())
def test_the_documentation_has_every_command_with_all_its_options_and_an_example(name):
    section = DOCS.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert f"cassette-viewer {name}" in section
    for action in subparsers()[name]._actions:
        for option in action.option_strings or [action.metavar]:
            assert option in ("-h", "--help") or re.search(rf"{re.escape(option)}\b", section) or option in section, (
                option
            )


@pytest.mark.parametrize("call", re.findall(r"^    (?:.*\| )?cassette-viewer ([^#|>\n]+)", DOCS, re.MULTILINE))
def test_every_call_in_the_documentation_parses(call):
    arguments = [argument.strip("'") for argument in call.split()]
    if arguments not in (["--help"], ["--version"]):
        make_parser("cassette-viewer").parse_args(arguments)


def test_the_version_is_shown(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"cassette-viewer {viewer.__version__}\n"


def test_an_unreadable_file_is_reported_without_a_traceback(capsys):
    assert main(["show", "nowhere\x1b[2J.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "cassette-viewer: nowhere␛[2J.yaml: cannot be read: No such file or directory.\n"


@pytest.mark.process
def test_a_closed_pipe_ends_it_quietly(tmp_path):
    # More than the buffer of a pipe holds.
    events = "data: {}\n\n" * 20_000
    (tmp_path / "long.sse").write_text(events)
    command = [sys.executable, "-m", "viewer", "chunks", str(tmp_path / "long.sse")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline().startswith("interaction,")
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 141


@pytest.mark.process
def test_output_to_a_pipe_is_utf_8_in_any_locale():
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "viewer", "replay", "--instant", SEED]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment, check=True)
    assert '"Olá."' in run.stdout.decode()


def test_pip_installs_the_command():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"cassette-viewer": "viewer.cli.main:main"}
