import argparse
import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import viewer
from tests.conftest import ROOT
from viewer.cli.main import main, make_parser
from viewer.cli.output import Status

SEED = "sample_cassettes/grok-code-fast-1_simple_streaming.yaml"
WEATHER = "sample_cassettes/weather-agent_tool-calls.yaml"
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


def test_without_a_command_the_help_says_what_to_do(capsys):
    assert main([]) == Status.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert "\nexamples:\n  cassette-viewer open recording.yaml\n  cassette-viewer show recording.yaml\n" in err
    assert "cassette-viewer COMMAND --help" in err


def test_a_wrong_call_points_to_the_help(capsys):
    for call in (["show"], ["chunks", "--format", "x", "f"]):
        with pytest.raises(SystemExit) as ended:
            main(call)
        assert ended.value.code == Status.FAILED
        assert capsys.readouterr().err.endswith(f"\nSee cassette-viewer {call[0]} --help.\n")


@pytest.mark.parametrize("name", subparsers())
def test_the_help_of_every_command_ends_with_calls_that_parse(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    examples = re.findall(r"^  cassette-viewer ([^|>\n]+)", capsys.readouterr().out, re.MULTILINE)
    assert examples
    for example in examples:
        assert make_parser("cassette-viewer").parse_args(shlex.split(example)).command == name


def test_the_documentation_has_every_exit_status():
    table = DOCS.partition("## Exit status")[2].partition("\n## ")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(Status)


def test_an_unreadable_file_is_reported_without_a_traceback(capsys):
    assert main(["show", "nowhere\x1b[2J.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "cassette-viewer: nowhere␛[2J.yaml: cannot be read: No such file or directory.\n"


CALLS = {
    "help": ["--help"],
    "help of a command": ["chunks", "--help"],
    "version": ["--version"],
    "show": ["show", SEED],
    "show --json": ["show", "--json", SEED],
    "show --plain": ["show", "--plain", SEED],
    "chunks": ["chunks", SEED],
    "replay": ["replay", "--instant", SEED],
    "export": ["export", "--as", "vtt", SEED],
    "diff": ["diff", SEED, WEATHER],
    "redact": ["redact", SEED],
    "redact --list": ["redact", "--list", SEED],
    "report": ["report", "--to", "-", SEED],
}


@pytest.fixture
def broken_output(monkeypatch):
    """Return a function that gives standard output a file descriptor that refuses what is written to it."""

    @contextlib.contextmanager
    def with_output(descriptor):
        with open(descriptor, "w", encoding="utf-8") as output:  # noqa: PTH123 - a file descriptor has no path
            monkeypatch.setattr(sys, "stdout", output)
            yield

    return with_output


def status_of(call):
    try:
        return main(call)
    except SystemExit as ended:
        return ended.code


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_reader_that_has_left_ends_every_command_quietly(broken_output, monkeypatch, capsys, call):
    monkeypatch.chdir(ROOT)
    reader, writer = os.pipe()
    os.close(reader)
    with broken_output(writer):
        assert status_of(call) == Status.BROKEN_PIPE
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_one_clear_line(broken_output, monkeypatch, capsys, call):
    monkeypatch.chdir(ROOT)
    with broken_output("/dev/full"):
        assert status_of(call) == Status.FAILED
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "streams; using" not in line)
    assert line == "cassette-viewer: the output cannot be written: No space left on device."


@pytest.mark.process
def test_commands_in_a_real_pipeline_end_quietly(tmp_path):
    # More than the buffer of a pipe holds.
    (tmp_path / "long.sse").write_text("data: {}\n\n" * 20_000)
    viewer_call = f"{shlex.quote(sys.executable)} -m viewer"
    script = (
        f"{viewer_call} chunks {shlex.quote(str(tmp_path / 'long.sse'))} | head -n 1; echo ${{PIPESTATUS[0]}}\n"
        f"{viewer_call} --help | head -n 1; echo ${{PIPESTATUS[0]}}\n"
    )
    run = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    lines = run.stdout.splitlines()
    assert lines[0].startswith("interaction,event,")
    assert lines[1] == "141"
    assert lines[2].startswith("usage: ")
    # The help fits into the buffer of the pipe, so it may be written before its reader leaves.
    assert lines[3] in ("0", "141")
    assert run.stderr == ""


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


@pytest.mark.parametrize("call", [one for one in CALLS.values() if "-" not in one[0]], ids=" ".join)
def test_a_standard_output_that_is_closed_is_one_clear_line(call, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    # So Python says that a descriptor is closed.
    monkeypatch.setattr(sys, "stdout", None)
    assert status_of(call) == Status.FAILED
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "streams; using" not in line)
    assert line == "cassette-viewer: the output cannot be written: Bad file descriptor."


@pytest.mark.parametrize(
    "call", [["show", "-"], ["diff", "-", SEED], ["redact", "-"], ["open", "-"], ["report", "-"]], ids=" ".join
)
def test_a_standard_input_that_is_closed_is_one_clear_line(call, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "stdin", None)
    assert status_of(call) == Status.FAILED
    assert capsys.readouterr().err == "cassette-viewer: standard input: cannot be read: Bad file descriptor.\n"


def test_messages_that_cannot_be_written_do_not_change_the_status(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["show", "nowhere"]) == Status.FAILED
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stderr", full)
            assert main(["show", "nowhere", SEED, "--plain"]) == Status.FAILED
    assert "Say hi in Portuguese" in capsys.readouterr().out


@pytest.mark.parametrize(("environment", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "4"}, "4")])
def test_numpy_starts_no_threads_unless_the_user_wants_some(monkeypatch, environment, threads):
    monkeypatch.setattr(os, "environ", environment)
    assert main(["show", str(SEED)]) == 0
    assert environment["OPENBLAS_NUM_THREADS"] == threads
