"""A program runs as if it had been started itself: its status, its signals, its terminal."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.support.signals import default_signals
from viewer.recorder.program import ProgramError, run_program


def python(code):
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("program", "status"),
    [(python("raise SystemExit(7)"), 7), (["sh", "-c", "kill -KILL $$"], 137), (["sh", "-c", "kill -TERM $$"], 143)],
)
def test_the_status_is_that_of_a_shell(program, status):
    assert run_program(program, os.environ) == status


def test_the_program_gets_the_environment():
    code = "import os, sys; sys.exit(os.environ['OPENAI_BASE_URL'] != 'http://x')"
    assert run_program(python(code), {**os.environ, "OPENAI_BASE_URL": "http://x"}) == 0


@pytest.mark.parametrize(("name", "status"), [("no-such-program", 127), ("plain", 126)])
def test_a_program_that_cannot_be_run_is_told(tmp_path, monkeypatch, name, status):
    (tmp_path / "plain").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProgramError, match=f"{name} cannot be run") as refused:
        run_program([f"./{name}"], os.environ)
    assert refused.value.status == status


_RUNS = (
    "import os, sys; from viewer.recorder.program import run_program; sys.exit(run_program(sys.argv[1:], os.environ))"
)
# It ends at the second signal, or a second after the first.
_COUNTS = """
import signal, sys, time
count = 0
def note(number, _):
    global count
    count += 1
signal.signal(signal.SIGINT, note)
signal.signal(signal.SIGTERM, note)
print("ready", flush=True)
end = time.monotonic() + 10
while count == 0 and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.3)
sys.exit(40 + count)
"""


def start(streams, **options):
    with default_signals():
        return subprocess.Popen([*python(_RUNS), *python(_COUNTS)], cwd=ROOT, **streams, **options)


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_without_a_terminal_is_forwarded_once(number):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with start(pipes) as runner:
        assert runner.stdout.readline() == b"ready\n"
        runner.send_signal(number)
        assert runner.wait(10) == 41


@pytest.mark.process
def test_ctrl_c_at_a_terminal_reaches_the_program_once():
    ours, theirs = pty.openpty()

    def take_terminal():
        os.setsid()
        os.close(os.open(os.ttyname(theirs), os.O_RDWR))

    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    with start(streams, preexec_fn=take_terminal) as runner:
        os.close(theirs)
        seen, deadline = b"", time.monotonic() + 10
        while b"ready" not in seen and time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 1024)
        os.write(ours, b"\x03")
        assert runner.wait(10) == 41
    os.close(ours)


@pytest.mark.process
def test_what_is_ignored_stays_ignored():
    code = "import signal, sys; sys.exit(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run_program(python(code), os.environ) == 1
    finally:
        signal.signal(signal.SIGHUP, before)
