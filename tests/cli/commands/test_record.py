"""The command `record`, until Ctrl-C and for one program."""

import contextlib
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import viewer
from tests.conftest import ROOT
from tests.support import planted
from tests.support.servers import serving
from viewer.cli.main import main

SECRET = planted.secrets_of("openai-key")[0]
# Standard library only: it starts faster than an SDK.
ASKS = """
import os, sys, urllib.request
print(urllib.request.urlopen(os.environ[sys.argv[1]] + "/chat/completions").read().decode())
raise SystemExit(7)
"""


@pytest.fixture(scope="module")
def upstream():
    async def answer(request):
        return PlainTextResponse(f"{request.url.path} {SECRET}")

    with serving(Starlette(routes=[Route("/{path:path}", answer)])) as address:
        yield address


def asks(variable):
    return ["--", sys.executable, "-c", ASKS, variable]


@pytest.mark.process
def test_a_program_is_recorded_and_its_status_returned(tmp_path, capfd, monkeypatch, upstream):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{upstream}/api/v1")
    monkeypatch.setenv("GROQ_BASE_URL", "unix:/tmp/x")
    assert main(["record", "--to", str(tmp_path / "to"), *asks("OPENAI_BASE_URL")]) == 7
    out, log = capfd.readouterr()
    # What the variable held is the upstream.
    assert out == f"/api/v1/chat/completions {SECRET}\n"
    [file] = (tmp_path / "to").iterdir()
    [interaction] = viewer.load(file).interactions
    assert interaction.request.url == f"{upstream}/api/v1/chat/completions"
    assert SECRET not in file.read_text() + log
    begin, left, *lines = log.splitlines()
    name = begin.removeprefix("Recording ").partition(" ")[0]
    assert begin.startswith(f"Recording {name} to {tmp_path / 'to'}: its SDKs send their requests to http://127.0.0.1:")
    assert left == "cassette-viewer: GROQ_BASE_URL stays as it is, because it is not an http or https address."
    assert lines == [
        f"{file.name}: 200, {len(out) - 1} bytes; 1 secret removed",
        f"{name} sent 1 request to openai. 1 cassette written to {tmp_path / 'to'}.",
    ]


@pytest.mark.process
def test_an_upstream_that_is_named_goes_before_the_default(tmp_path, capfd, upstream):
    call = ["record", "--to", str(tmp_path), "--upstream", f"openai={upstream}", "--upstream", f"mine={upstream}/x"]
    assert main([*call, *asks("OPENAI_BASE_URL")]) == 7
    assert capfd.readouterr().out.startswith("/v1/chat/completions ")


@pytest.mark.process
def test_a_program_that_sends_no_request_is_told_why_that_may_be(tmp_path, capfd):
    assert main(["record", "--to", str(tmp_path), "--", "sh", "-c", "cat >&2; kill -KILL $$"]) == 137
    [_, line] = capfd.readouterr().err.splitlines()
    assert line.startswith(
        "sh sent no request through the recorder, so nothing was recorded. Its SDK may set a base URL"
    )
    assert "OPENAI_BASE_URL, OPENAI_API_BASE, ANTHROPIC_BASE_URL" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_a_program_that_is_not_found_is_told(tmp_path, capfd):
    assert main(["record", "--to", str(tmp_path), "--", "no-such-program"]) == 127
    assert capfd.readouterr().err.splitlines()[1:] == [
        "cassette-viewer: no-such-program cannot be run: No such file or directory."
    ]


@pytest.mark.process
def test_the_command_records_several_upstreams_until_it_is_ended(tmp_path, upstream):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = ["--upstream", f"a={upstream}/x", "--upstream", f"b={upstream}", "--to", str(tmp_path), "--port", str(port)]
    command = [sys.executable, "-m", "viewer", "record", *call]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as recorder:
        answers, deadline = [], time.monotonic() + 20
        while len(answers) < 3 and time.monotonic() < deadline:
            with contextlib.suppress(httpx2.ConnectError):
                answers.append(httpx2.get(f"http://127.0.0.1:{port}/{'abc'[len(answers)]}/y"))
        recorder.send_signal(signal.SIGINT)
        log = recorder.stderr.read()
    assert [answer.text.partition(" ")[0] for answer in answers[:2]] == ["/x/y", "/y"]
    assert answers[2].status_code == 404
    assert log.splitlines()[:3] == [
        f"Recording to {tmp_path}. Press Ctrl-C to stop. In the base URL, use",
        f"  http://127.0.0.1:{port}/a in place of {upstream}/x",
        f"  http://127.0.0.1:{port}/b in place of {upstream}",
    ]
    assert len(list(tmp_path.iterdir())) == 2
    assert recorder.returncode == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ([], "name where to send requests with --upstream URL, or a program to record after --."),
        (["--upstream", "api.openai.com"], "must be an http or https address"),
        (["--upstream", "a=http://a", "--upstream", "http://b"], "each needs a name"),
        (["--upstream", "http://a", "--", "true"], "--upstream openai=http://a"),
        (["--upstream", "http://a", "--port", "65536"], "the port must be a number up to 65535, not 65536."),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(tmp_path, capsys, call, message):
    assert main(["record", "--to", str(tmp_path), *call]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("call", [["--upstream", "http://a"], ["--", "true"]])
def test_a_folder_that_cannot_be_made_is_told(tmp_path, capsys, call):
    (tmp_path / "file").write_text("")
    assert main(["record", "--to", str(tmp_path / "file"), "--port", "0", *call]) == 2
    assert "the recorder cannot start: [Errno 17] File exists" in capsys.readouterr().err


@pytest.mark.parametrize("call", [["--upstream", "http://a"], ["--", "true"]])
def test_a_port_that_is_taken_is_told(tmp_path, capsys, call):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["record", "--to", str(tmp_path), "--port", port, *call]) == 2
    assert "the recorder cannot start: " in capsys.readouterr().err
