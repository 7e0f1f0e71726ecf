import http.client
import threading
import time

import pytest
from starlette.responses import PlainTextResponse

from viewer.playback.arrival import arrival_s
from viewer.playback.running import run_in_thread

# These tests compare times, which another process would shift.
pytestmark = pytest.mark.alone


class Notes:
    """An application that notes when requests came, and holds up the loop for the first."""

    def __init__(self):
        self.arrivals_s = []
        self.is_held_up = threading.Event()

    async def __call__(self, scope, receive, send):
        self.arrivals_s.append(arrival_s(scope))
        if not self.is_held_up.is_set():
            self.is_held_up.set()
            time.sleep(0.3)  # noqa: ASYNC251 - the loop has to stand still
        await PlainTextResponse("")(scope, receive, send)


def test_requests_that_come_while_the_loop_is_busy_have_one_time():
    notes = Notes()
    with run_in_thread(notes, 0) as running:
        clients = [http.client.HTTPConnection(running.url.removeprefix("http://")) for _ in range(5)]
        for client in clients:
            client.connect()
        clients[0].request("GET", "/")
        notes.is_held_up.wait(5)
        for client in clients[1:]:
            client.request("GET", "/")
        for client in clients:
            client.getresponse().read()
            client.close()
    first_s, *others_s = notes.arrivals_s
    assert len(set(others_s)) == 1
    assert others_s[0] - first_s >= 0.25


def test_a_later_request_has_a_later_time():
    notes = Notes()
    notes.is_held_up.set()
    with run_in_thread(notes, 0) as running:
        client = http.client.HTTPConnection(running.url.removeprefix("http://"))
        for _ in range(2):
            client.request("GET", "/")
            client.getresponse().read()
        client.close()
    assert notes.arrivals_s[0] < notes.arrivals_s[1]
