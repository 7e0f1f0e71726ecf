"""The command `serve`, with a real client, until Ctrl-C."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys

import httpx2
import pytest

from tests.conftest import ROOT, SEED
from tests.support.signals import default_signals
from viewer.cli.commands.serve import _origin, _speed
from viewer.cli.main import main


@contextlib.contextmanager
def running(*arguments, start=default_signals):
    """Start the command on a free port. Yield its process, its address and what it said first."""
    command = [sys.executable, "-m", "viewer", "serve", *map(str, arguments), "--port", "0"]
    with start():
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    with process:
        said = []
        try:
            for line in process.stderr:
                said.append(line)
                if found := re.match(r"Use (http://\S+) in place of", line):
                    yield process, found[1], said
                    break
        finally:
            process.kill()


@pytest.mark.process
def test_serve_answers_until_ctrl_c_and_sums_up(tmp_path):
    summary = tmp_path / "summary.json"
    arguments = (SEED, "--speed", "instant", "--fault", "status=503,times=1", "--summary", summary)
    with running(*arguments) as (process, url, said):
        assert said[0] == "Serving 1 response of 1 recording.\n"
        assert "POST /v1/chat/completions  1 response, times bounded" in said[1]
        assert "in place of https://api.x.ai" in said[-1]
        recorded = json.loads(SEED.read_text().split("body: '", 1)[1].split("'\n", 1)[0].replace("''", "'"))
        answers = [httpx2.post(f"{url}/v1/chat/completions", json=recorded) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [503, 200]
        assert httpx2.get(f"{url}/other").status_code == 404
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(10) == 0
    assert "163 events" in rest
    assert "3 requests in" in rest
    assert "Not answered:\n  GET /other" in rest
    told = json.loads(summary.read_text())
    assert told["requests"] == 3
    assert told["faults"][0]["fault"] == "status=503,times=1"


@pytest.mark.process
def test_a_server_that_a_script_starts_in_the_background_ends_at_sigint():
    # A shell without job control lets such a program ignore it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with running(SEED, start=contextlib.nullcontext) as (process, url, _):
            # Once it answers, it also takes signals.
            assert httpx2.get(f"{url}/other").status_code == 404
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.process
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_the_summary_is_written_however_the_server_is_told_to_end(name, tmp_path):
    summary = tmp_path / "summary.json"
    with running(SEED, "--summary", summary) as (process, url, _):
        assert httpx2.get(f"{url}/other").status_code == 404
        process.send_signal(getattr(signal, name))
        rest = process.stderr.read()
        assert process.wait(10) == 0
    assert "1 request in" in rest
    assert json.loads(summary.read_text())["requests"] == 1


def test_what_cannot_be_served_is_said(tmp_path, capsys):
    assert main(["serve", str(tmp_path / "missing.yaml"), "--port", "0"]) == 2
    assert "missing.yaml: cannot be read" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["serve", str(tmp_path / "empty"), "--port", "0"]) == 2
    assert "holds no recordings" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", str(SEED), "--port", str(port)]) == 2
    assert (
        f"cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another with --port."
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("wrong", ["0", "0.2", "17", "fast", "nan", "-1", ""])
def test_a_speed_out_of_range_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        main(["serve", str(SEED), f"--speed={wrong}"])
    assert "a number from 0.25 to 16" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["localhost:3000", "http://localhost:3000/page", "localhost"])
def test_what_is_no_origin_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        main(["serve", str(SEED), "--allow-origin", wrong])
    assert f"'{wrong}' is not the origin of a page, such as http://localhost:3000" in capsys.readouterr().err


def test_origins():
    assert [_origin(text) for text in ("*", "null", "HTTP://Localhost:3000/")] == ["*", "null", "http://localhost:3000"]


def test_speeds():
    assert [_speed(text) for text in ("0.25", "1", "16", "instant")] == [0.25, 1, 16, float("inf")]


def test_a_fault_that_is_none_is_refused_with_what_there_is(capsys):
    with pytest.raises(SystemExit):
        main(["serve", str(SEED), "--fault", "stats=429"])
    error = capsys.readouterr().err
    assert "Do you mean status?" in error
    assert "cut-at-event=10" in error
