"""Files are written while other exchanges go on."""

import threading

import anyio
import httpx2
import pytest
from starlette.testclient import TestClient

import viewer
from tests.support import planted
from viewer.recorder import exchange_writer
from viewer.recorder.exchange import Exchange
from viewer.recorder.exchange_writer import ExchangeWriter
from viewer.recorder.proxy import recorder_app

SECRET = planted.secrets_of("openai-key")[0]


def app(folder, lines, body):
    async def blocks():
        yield body

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=blocks()))
    return recorder_app("https://api.example", folder, log=lines.append, transport=transport)


def test_the_client_does_not_wait_for_the_file(tmp_path, monkeypatch):
    is_answered = threading.Event()
    monkeypatch.setattr(
        exchange_writer, "write_exchange", lambda *_, **__: "written" if is_answered.wait(10) else "waited"
    )
    lines = []
    with TestClient(app(tmp_path, lines, b"ok")) as client:
        assert client.get("/a").text == "ok"
        assert lines == []
        is_answered.set()
    # The server does not end before the file is written.
    assert lines == ["written"]


def test_a_recording_that_cannot_be_written_is_told_and_the_next_is_written(tmp_path, monkeypatch):
    real, lines = exchange_writer.write_exchange, []

    def fails_once(*arguments, **options):
        if not lines:
            raise ZeroDivisionError(SECRET)
        return real(*arguments, **options)

    monkeypatch.setattr(exchange_writer, "write_exchange", fails_once)
    with TestClient(app(tmp_path, lines, b"ok")) as client:
        client.get("/a")
        while not lines:
            pass
        client.get("/b")
    assert lines[0] == "GET: 200; not recorded (ZeroDivisionError)"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("process_starts", [True, False])
def test_a_large_exchange_is_redacted_in_a_process_of_its_own(tmp_path, monkeypatch, process_starts):
    body = f"the key is {SECRET} ".encode() * (exchange_writer.MAX_BYTES_IN_THREAD // 100)
    lines, submitted = [], []

    class Pool(exchange_writer.ProcessPoolExecutor):
        def submit(self, *arguments):
            submitted.append(arguments)
            if not process_starts:
                raise RuntimeError
            return super().submit(*arguments)

    monkeypatch.setattr(exchange_writer, "ProcessPoolExecutor", Pool)
    with TestClient(app(tmp_path, lines, body)) as client:
        assert client.get("/a").content == body
    assert len(submitted) == 1
    assert "1 secret removed" in lines[0]
    [file] = tmp_path.iterdir()
    assert SECRET not in file.read_text()
    assert b"the key is" in viewer.load(file).interactions[0].response.body


def test_what_has_begun_is_written_before_the_server_ends(tmp_path):
    lines = []

    async def serve():
        async with anyio.create_task_group() as group, ExchangeWriter(tmp_path, lines.append, redact=True) as writer:
            ended = writer.begin(Exchange("GET", "https://api.example/a", [], b"", 1.0, trouble="it was cut off"))

            async def end_later():
                await anyio.sleep(0.05)
                ended.set()

            group.start_soon(end_later)
            assert lines == []
        assert len(lines) == 1

    anyio.run(serve)
    [problem, _] = viewer.load(next(tmp_path.iterdir())).problems
    assert "it was cut off" in problem.message
