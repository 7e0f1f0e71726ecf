"""A recorder that is killed in the middle of its streams loses at most the event in flight."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx2
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

import viewer
from tests.conftest import ROOT
from tests.support import planted
from tests.support.servers import serving
from tests.support.until import until
from viewer.recorder.keeping.messages import KILLED

# These tests compare times, which another process would shift.
pytestmark = [pytest.mark.alone, pytest.mark.process]

SECRET = planted.secrets_of("openai-key")[0]
GAP_S = 0.015
STREAMS = 3


def pieces():
    """The texts of the events of each stream. A secret is split over two."""
    yield from ("the key is ", SECRET[:20], SECRET[20:])
    for number in range(1000):
        yield f" w{number}"


class Upstream:
    """A server that notes when it sends each event of each stream."""

    def __init__(self):
        self.sent_s = {}

    def app(self):
        return Starlette(routes=[Route("/{name}", self.stream)])

    async def stream(self, request):
        sent_s = self.sent_s[request.path_params["name"]] = []

        async def events():
            for text in pieces():
                await asyncio.sleep(GAP_S)
                sent_s.append(time.perf_counter())
                yield f'data: {{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}\n\n'.encode()

        return StreamingResponse(events(), media_type="text/event-stream")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def read(address, name, received):
    with contextlib.suppress(httpx2.HTTPError), httpx2.stream("GET", f"{address}/{name}") as answer:
        for block in answer.iter_raw():
            received[name] += block


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["process", "group"])
def test_a_recorder_that_is_killed_leaves_every_event_that_its_clients_received(tmp_path, kill):
    upstream, port, folder = Upstream(), free_port(), tmp_path / "to"
    received = {f"s{number}": bytearray() for number in range(STREAMS)}
    with serving(upstream.app()) as address:
        command = [
            sys.executable,
            "-m",
            "viewer",
            "record",
            "--upstream",
            address,
            "--to",
            str(folder),
            "--port",
            str(port),
        ]
        recorder = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
        until(lambda: is_listening(port))
        clients = [
            threading.Thread(target=read, args=(f"http://127.0.0.1:{port}", name, received)) for name in received
        ]
        for client in clients:
            client.start()
        until(lambda: all(body.count(b"\n\n") > 25 for body in received.values()))
        assert list(folder.iterdir()) == []
        kill(recorder.pid, signal.SIGKILL)
        for client in clients:
            client.join()
        log = recorder.communicate()[1]
    files = sorted(folder.iterdir())
    assert len(files) == STREAMS
    for file in files:
        cassette = viewer.load(file)
        [interaction] = cassette.interactions
        name = interaction.request.url[-2:]
        body = received[name].decode()
        assert SECRET[20:] in body
        assert SECRET[20:] not in file.read_text()
        assert any(KILLED in problem.message for problem in cassette.problems)
        assert f"{file.name}: 200" in log
        [stream] = cassette.streams
        count = body.count("\n\n")
        assert count - 1 <= len(stream.chunks) <= count + 1
        assert stream.timing.grade == "measured"
        sent_s = np.diff(upstream.sent_s[name][: len(stream.chunks)])
        # A busy machine may delay many events. A fault of the recorder would show in all.
        assert np.quantile(np.abs(np.diff(stream.chunks["t"]) - sent_s), 0.25) < 0.003
