"""The command `open` hands files to the viewer that runs, or starts one. The wheel's tests start a real one."""

import signal
import socket
import sys

import pytest

from tests.conftest import SEED
from viewer.cli.main import main
from viewer.cli.opening import browser, handing, ports, running, starting
from viewer.cli.opening.running import Running, this_build
from viewer.pages.server.handover_message import Answer
from viewer.pages.server.limits import limits


@pytest.fixture(autouse=True)
def _environment(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def started(monkeypatch):
    """What would be served."""
    calls = []

    def start(port, build, asked, *, with_browser):
        calls.append((port, build, asked, with_browser))
        return 0

    monkeypatch.setattr(starting, "start", start)
    return calls


@pytest.fixture
def handed(monkeypatch):
    """A viewer that runs, and what it is handed."""
    running.note_running(Running(8501, "token", this_build()))
    calls = []
    answers = [Answer("/open/x")]
    monkeypatch.setattr(handing, "hand_over", lambda viewer, asked: calls.append((viewer, asked)) or answers[0])
    return calls, answers


def test_without_a_viewer_that_runs_one_is_started(started):
    assert main(["open", str(SEED), "--interaction", "0", "--event", "5", "--library", str(SEED.parent)]) == 0
    [(port, build, asked, with_browser)] = started
    assert (port >= 8501, build, with_browser) == (True, this_build(), True)
    assert (asked.sources, asked.library, asked.interaction, asked.event) == ((str(SEED),), str(SEED.parent), 0, 5)


def test_a_viewer_that_runs_is_handed_the_files_and_the_command_ends(handed, started, capsys):
    calls, _ = handed
    assert main(["open", str(SEED), "--no-browser"]) == 0
    assert [(viewer.port, asked.sources) for viewer, asked in calls] == [(8501, (str(SEED),))]
    assert started == []
    assert capsys.readouterr() == ("The viewer that runs already shows it: http://127.0.0.1:8501/open/x\n", "")


def test_what_it_refuses_is_said(handed, started, capsys):
    _, answers = handed
    answers[0] = Answer("", ("a.yaml: has nothing to show.",))
    assert main(["open", str(SEED), "--no-browser"]) == 2
    assert capsys.readouterr() == ("", "cassette-viewer: a.yaml: has nothing to show.\n")
    assert started == []


@pytest.mark.parametrize("arguments", [["--port", "8999"], []])
def test_a_new_one_is_started_if_another_port_is_asked_for_or_the_other_has_ended(handed, started, arguments):
    _, answers = handed
    answers[0] = None
    assert main(["open", str(SEED), *arguments]) == 0
    assert len(started) == 1


@pytest.mark.usefixtures("handed")
def test_a_missing_browser_is_said_and_is_not_a_failure(capsys):
    assert main(["open", str(SEED)]) == 0
    assert capsys.readouterr().err == f"cassette-viewer: {starting.NO_BROWSER}\n"


@pytest.mark.usefixtures("handed")
def test_the_browser_is_opened_at_the_files(monkeypatch):
    opened = []
    monkeypatch.setattr(browser, "open_browser", lambda address: opened.append(address) or True)
    assert main(["open", str(SEED)]) == 0
    assert opened == ["http://127.0.0.1:8501/open/x"]


@pytest.mark.usefixtures("handed")
def test_of_two_calls_at_once_the_second_finds_the_viewer_that_the_first_has_started(monkeypatch, capsys):
    looks = [None, None, None, Running(8501, "token", this_build())]
    monkeypatch.setattr(running, "find_running", lambda _: looks.pop(0))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(ports, "free_port", lambda: taken.getsockname()[1])
        assert main(["open", str(SEED), "--no-browser"]) == 0
    assert capsys.readouterr() == ("The viewer that runs already shows it: http://127.0.0.1:8501/open/x\n", "")


@pytest.mark.usefixtures("handed")
def test_a_port_that_is_taken_when_the_server_begins_is_the_same(monkeypatch, capsys):
    looks = [None, Running(8501, "token", this_build())]
    monkeypatch.setattr(running, "find_running", lambda _: looks.pop(0))
    free = [True, False]
    monkeypatch.setattr(starting, "is_free", lambda _: free.pop(0))
    monkeypatch.setattr("viewer.pages.serving.serve", lambda *_: sys.exit(1))
    handler = signal.getsignal(signal.SIGINT)
    assert main(["open", str(SEED), "--no-browser"]) == 0
    assert signal.getsignal(signal.SIGINT) is handler
    assert capsys.readouterr() == ("The viewer that runs already shows it: http://127.0.0.1:8501/open/x\n", "")


def test_a_port_that_another_program_takes_in_this_moment_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("viewer.cli.commands.open._STARTS_WITHIN_S", 0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "free_port", lambda: port)
        assert main(["open", str(SEED), "--no-browser"]) == 2
    assert capsys.readouterr().err == f"cassette-viewer: port {port} was taken a moment ago. Run the command again.\n"


def test_a_port_that_is_taken_is_said(started, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["open", "--port", str(port)]) == 2
    message = f"cassette-viewer: port {port} is taken. Name another with --port, or leave it out.\n"
    assert capsys.readouterr().err == message
    assert started == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.yaml"], "gone.yaml: cannot be read: No such file or directory."),
        (["--library", "gone"], "gone: cannot be read: No such file or directory."),
        (["--port", "0"], "the port must be a number from 1 to 65535, not 0."),
    ],
)
def test_a_wrong_call_is_one_line_and_starts_nothing(started, capsys, arguments, message):
    assert main(["open", *arguments]) == 2
    assert capsys.readouterr() == ("", f"cassette-viewer: {message}\n")
    assert started == []


@pytest.mark.usefixtures("started")
def test_a_wrong_limit_is_one_line(monkeypatch, capsys):
    limits.cache_clear()
    monkeypatch.setenv("VIEWER_LIMITS", "evnts=1")
    assert main(["open"]) == 2
    limits.cache_clear()
    assert capsys.readouterr().err.startswith("cassette-viewer: VIEWER_LIMITS: unknown limit 'evnts'.")


def test_what_is_missing_is_left_out_and_said(started, capsys):
    assert main(["open", "gone.yaml", str(SEED)]) == 2
    assert started[0][2].sources == (str(SEED),)
    assert capsys.readouterr().err == "cassette-viewer: gone.yaml: cannot be read: No such file or directory.\n"


def test_nothing_that_can_be_shown_is_said_and_not_served(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["open", str(tmp_path / "notes.txt")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("cassette-viewer: notes.txt: ")
