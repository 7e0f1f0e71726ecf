"""Files are written while other exchanges go on, by the keeper or, without one, by the recorder itself."""

import os
import signal
import threading

import anyio
import anyio.to_thread
import httpx2
import pytest
from starlette.testclient import TestClient

import viewer
from tests.support import planted
from tests.support.until import until
from viewer.recorder import exchange_file, exchange_writer
from viewer.recorder.exchange import Exchange
from viewer.recorder.exchange_file import Written
from viewer.recorder.exchange_writer import ExchangeWriter
from viewer.recorder.proxy import recorder_app

SECRET = planted.secrets_of("openai-key")[0]


def app(folder, lines, *bodies, keep=False):
    """A recorder whose upstream sends these bodies, one for each request."""
    left = iter(bodies)

    async def blocks():
        for block in next(left):
            yield await block() if callable(block) else block

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=blocks()))
    return recorder_app("https://api.example", folder, log=lines.append, keep=keep, transport=transport)


@pytest.fixture
def started(monkeypatch):
    """The processes that are started as keepers."""
    processes = []

    async def start(*arguments, **options):
        keeper = await exchange_writer_start(*arguments, **options)
        processes.append(keeper._process)
        return keeper

    exchange_writer_start = exchange_writer.start_keeper
    monkeypatch.setattr(exchange_writer, "start_keeper", start)
    return processes


def test_the_client_does_not_wait_for_the_file(tmp_path, monkeypatch):
    is_answered = threading.Event()
    monkeypatch.setattr(
        exchange_writer,
        "write_exchange",
        lambda *_, **__: Written("written" if is_answered.wait(10) else "waited", is_recorded=True),
    )
    lines = []
    with TestClient(app(tmp_path, lines, [b"ok"])) as client:
        assert client.get("/a").text == "ok"
        assert lines == []
        is_answered.set()
    # The server does not end before the file is written.
    assert lines == ["written"]


def test_a_recording_that_cannot_be_written_is_told_and_the_next_is_written(tmp_path, monkeypatch):
    real, lines = exchange_file._write_new_file, []

    def fails_once(*arguments):
        if not lines:
            raise ZeroDivisionError(SECRET)
        return real(*arguments)

    monkeypatch.setattr(exchange_file, "_write_new_file", fails_once)
    with TestClient(app(tmp_path, lines, [b"ok"], [b"ok"])) as client:
        client.get("/a")
        until(lambda: lines)
        client.get("/b")
    assert lines[0] == "GET: 200; not recorded (ZeroDivisionError)"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_has_begun_is_written_before_the_server_ends(tmp_path):
    written = []

    async def serve():
        writer = ExchangeWriter(tmp_path, written.append, print, redact=True, keep=False)
        exchange = Exchange("GET", "https://api.example/a", [], b"", 1.0, trouble="it was cut off")
        async with anyio.create_task_group() as group, writer:
            writer.began(exchange)

            async def end_later():
                await anyio.sleep(0.05)
                writer.ended(exchange)

            group.start_soon(end_later)
            assert written == []
        assert len(written) == 1

    anyio.run(serve)
    [problem, _] = viewer.load(next(tmp_path.iterdir())).problems
    assert "it was cut off" in problem.message


@pytest.mark.process
def test_the_keeper_writes_what_the_recorder_would_write(tmp_path, started):
    bodies = [[b"data: the key is ", f"{SECRET}\n\n".encode()], [b"\x00\xff"], [], [f"{SECRET} ".encode() * 999]]
    written = {}
    for keep in (False, True):
        folder, lines = tmp_path / str(keep), []
        with TestClient(app(folder, lines, *bodies, keep=keep)) as client:
            for _ in bodies:
                client.post("/v1/chat", params={"key": SECRET}, headers={"X-A": "1", "Cookie": SECRET}, content=SECRET)
        cassettes = [viewer.load(file) for file in sorted(folder.iterdir())]
        interactions = [cassette.interactions[0] for cassette in cassettes]
        assert SECRET not in "".join(file.read_text() for file in folder.iterdir())
        assert [interaction.times.arrivals is not None for interaction in interactions] == [True, True, False, True]
        written[keep] = (
            [
                (
                    dict(one.request.headers),
                    one.request.body,
                    one.request.url,
                    one.response.body,
                    dict(one.response.headers),
                )
                for one in interactions
            ],
            sorted(line.partition(": ")[2] for line in lines),
        )
    assert len(started) == 1
    assert written[True] == written[False]
    assert "secrets removed" in written[True][1][0]


@pytest.mark.process
def test_if_the_keeper_dies_the_recorder_says_so_and_writes_itself(tmp_path, started):
    lines = []

    async def end_of_second():
        os.kill(started[0].pid, signal.SIGKILL)
        await anyio.to_thread.run_sync(until, lambda: lines)
        return b"it is"

    bodies = [b"first"], [b"so ", end_of_second], [b"third"]
    with TestClient(app(tmp_path, lines, *bodies, keep=True)) as client:
        client.get("/a")
        until(lambda: lines)
        first = lines.pop()
        assert [client.get(path).content for path in ("/b", "/c")] == [b"so it is", b"third"]
    assert "_GET_a.yaml: 200, 5 bytes" in first
    assert [line for line in lines if "writes recordings itself from now on" in line] == lines[:1]
    bodies = [viewer.load(file).interactions[0].response.body for file in sorted(tmp_path.iterdir())]
    assert bodies == [b"first", b"so it is", b"third"]


@pytest.mark.process
def test_what_the_keeper_had_not_written_when_it_died_is_written(tmp_path, started):
    lines = []
    with TestClient(app(tmp_path, lines, [b"ok"], keep=True)) as client:
        until(lambda: started)
        os.kill(started[0].pid, signal.SIGSTOP)
        client.get("/a")
        os.kill(started[0].pid, signal.SIGKILL)
    assert [viewer.load(file).interactions[0].response.body for file in tmp_path.iterdir()] == [b"ok"]
    assert len(lines) == 2


def test_a_keeper_that_cannot_be_started_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("viewer.recorder.keeping.process.sys.executable", str(tmp_path / "gone"))
    lines = []
    with TestClient(app(tmp_path / "to", lines, [b"ok"], keep=True)) as client:
        client.get("/a")
    assert "no process that writes recordings can be started" in lines[0]
    assert len(list((tmp_path / "to").iterdir())) == 1
