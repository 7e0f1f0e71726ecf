import io
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.har_files import asked, chat, entry, har
from viewer.cli.main import main
from viewer.cli.output import Status


def run(*arguments):
    return main(["diff", *map(str, arguments)])


@pytest.fixture
def recordings(tmp_path):
    """Three recordings: the second differs from the first only in ids, the third in its text and a parameter."""
    made = {
        "a.har": entry(asked(), chat("Hello there.")),
        "same.har": entry(asked(), chat("Hello there.", call_id="other", created=1_800_000_000)),
        "b.har": entry(asked(temperature=1), chat("Hello you.")),
    }
    for name, call in made.items():
        (tmp_path / name).write_bytes(har(call))
    return tmp_path


def test_a_file_does_not_differ_from_itself(recordings, capsys):
    assert run(recordings / "a.har", recordings / "a.har") == 0
    assert "No differences." in capsys.readouterr().out


def test_ids_and_time_stamps_do_not_count_as_differences(recordings):
    assert run(recordings / "a.har", recordings / "same.har") == 0


def test_a_difference_is_shown_and_sets_the_exit_status(recordings, capsys):
    assert run(recordings / "a.har", recordings / "b.har") == 1
    written = capsys.readouterr()
    assert "The recordings differ in request and text." in written.out
    assert "+ Hello you." in written.out
    assert "\x1b" not in written.out
    assert written.err == ""


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--ignore", "text"], 1),
        (["--ignore", "text,request"], 0),
        (["--ignore", "text, request"], 0),
        (["--only", "text"], 1),
        (["--only", "usage,schema"], 0),
    ],
)
def test_differences_can_be_ignored_or_chosen(recordings, options, status, capsys):
    assert run(recordings / "a.har", recordings / "b.har", *options) == status
    assert "Not compared: " in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--ignore", "txet"], ["--only", ""], ["--only", "text", "--ignore", "usage"]])
def test_an_unknown_aspect_is_refused(recordings, options, capsys):
    with pytest.raises(SystemExit) as ended:
        run(recordings / "a.har", recordings / "b.har", *options)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_message_about_an_unknown_aspect_lists_the_known_ones(recordings, capsys):
    with pytest.raises(SystemExit):
        run(recordings / "a.har", recordings / "b.har", "--ignore", "txet")
    written = capsys.readouterr().err
    assert "'txet' is not one of" in written
    assert "tool-calls" in written


def test_the_message_about_an_empty_list_of_aspects_lists_the_known_ones(recordings, capsys):
    with pytest.raises(SystemExit):
        run(recordings / "a.har", recordings / "b.har", "--ignore", "")
    assert "name at least one of interactions" in capsys.readouterr().err


@pytest.mark.parametrize("place", [0, 1])
def test_the_message_about_a_missing_file_names_it(recordings, place, capsys):
    names = [recordings / "a.har", recordings / "a.har"]
    names[place] = recordings / "missing.har"
    assert run(*names) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("cassette-viewer: ")
    assert "missing.har: cannot be read: No such file or directory." in written.err


def test_the_message_about_a_file_that_is_not_a_recording_names_it(recordings, capsys):
    (recordings / "notes.txt").write_text("nothing recorded")
    assert run(recordings / "notes.txt", recordings / "a.har") == 2
    assert "notes.txt" in capsys.readouterr().err


def test_markdown_can_be_written(recordings, capsys):
    assert run(recordings / "a.har", recordings / "b.har", "--markdown") == 1
    written = capsys.readouterr().out
    assert written.startswith("**The recordings differ in request and text.")
    assert "```diff\n- Hello there.\n+ Hello you.\n```" in written


def test_one_side_can_come_from_standard_input(recordings, monkeypatch, capsys):
    piped = io.TextIOWrapper(io.BytesIO((recordings / "a.har").read_bytes()))
    monkeypatch.setattr(sys, "stdin", piped)
    assert run("-", recordings / "same.har") == 0
    assert "A: standard input (har 1.2, 1 interaction)" in capsys.readouterr().out


def test_both_sides_cannot_come_from_standard_input(capsys):
    assert run("-", "-") == 2
    assert "only one of the two" in capsys.readouterr().err


@pytest.mark.process
def test_diff_ends_quietly_if_the_pipe_is_closed(recordings):
    call = [sys.executable, "-m", "viewer", "diff", str(recordings / "a.har"), str(recordings / "b.har")]
    running = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    assert running.wait(60) == Status.BROKEN_PIPE
    assert running.stderr.read() == b""
    running.stderr.close()


def test_output_is_utf_8_whatever_the_encoding_of_stdout(recordings, monkeypatch):
    taken = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken, encoding="ascii"))
    assert run(recordings / "a.har", recordings / "b.har") == 1
    assert b"Hello you." in taken.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_only_a_terminal_that_wants_colours_gets_them(recordings, monkeypatch, no_color, coloured):
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_color)
    run(recordings / "a.har", recordings / "b.har")
    assert ("\x1b[" in out.getvalue()) == coloured
