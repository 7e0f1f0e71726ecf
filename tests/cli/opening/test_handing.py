"""Files go only to a server that knows the token."""

import contextlib
import http.server
import socket
import threading
import time

import pytest

from viewer.cli.opening.handing import hand_over
from viewer.cli.opening.running import Running
from viewer.files.entries import Named
from viewer.pages.server.handover_message import Answer, Asked, proof

ASKED = Asked((Named(b"private", "recording"),))


@contextlib.contextmanager
def server(token, answer=b'{"path": "/open/x", "refused": []}'):
    """A program that listens on the port. Yield the port and what it was told."""
    told = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self._say(proof(token, self.path.partition("nonce=")[2]).encode())

        def do_POST(self):
            told.append((self.headers["Authorization"], self.rfile.read(int(self.headers["Content-Length"]))))
            self._say(answer)

        def _say(self, text):
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening.server_port, told
        listening.shutdown()
        thread.join()


def test_a_viewer_that_runs_is_told_what_to_open():
    with server("token") as (port, told):
        assert hand_over(Running(port, "token", ""), ASKED) == Answer("/open/x")
    assert told == [("Bearer token", ASKED.to_json())]


def test_another_program_on_its_port_is_told_neither_the_token_nor_the_files():
    with server("another") as (port, told):
        assert hand_over(Running(port, "token", ""), ASKED) is None
    assert told == []


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b"\xff"])
def test_an_answer_that_makes_no_sense_counts_as_none(answer):
    with server("token", answer) as (port, _):
        assert hand_over(Running(port, "token", ""), ASKED) is None


def test_a_viewer_that_has_ended_is_not_reached():
    with server("token") as (port, _):
        pass
    assert hand_over(Running(port, "token", ""), ASKED) is None


@pytest.mark.parametrize("pause_s", [0, 0.02], ids=["fast", "slow"])
def test_a_program_on_its_port_that_never_stops_talking_is_left(monkeypatch, pause_s):
    monkeypatch.setattr("viewer.cli.opening.handing._HELLO_TIMEOUT_S", 0.3)
    sent = []

    def talk(listening):
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while len(sent) < 500:
                connection.sendall(b"x" * (1 if pause_s else 100_000))
                sent.append(time.sleep(pause_s))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=talk, args=(listening,))
        thread.start()
        assert hand_over(Running(listening.getsockname()[1], "token", ""), ASKED) is None
        thread.join()
    assert len(sent) < 100
