"""The server through a real connection, as tests and clients use it."""

import gc
import json
import math
import os
import socket
import time
import weakref
from urllib.parse import urlsplit

import httpx2
import pytest

import viewer
from tests.support.recorded_exchanges import arrived, cassette_of, events, exchange, question
from viewer.playback.access import limit_access
from viewer.playback.app import playback_app
from viewer.playback.playable import playables_of
from viewer.playback.running import HOST, run_in_thread
from viewer.playback.serve import serve

PATH = "/v1/chat/completions"


def ask(server, text="hello", path=PATH, **options):
    return httpx2.post(server.url + path, json=question(text), **options)


def test_status_headers_and_body_are_as_recorded():
    limited = exchange(
        [b'{"error":{"message":"slow down"}}'],
        status=429,
        headers={"content-type": "application/json", "retry-after": "7", "x-request-id": "req_9"},
    )
    with viewer.serve(cassette_of(limited), speed=math.inf) as server:
        answer = ask(server)
    assert (answer.status_code, answer.content) == (429, limited.response.body)
    assert (answer.headers["retry-after"], answer.headers["x-request-id"]) == ("7", "req_9")
    assert "server" not in answer.headers
    assert "date" not in answer.headers


def test_the_answer_says_where_it_is_from_and_how_its_times_are_known():
    with serve(cassette_of(exchange(), name="a b.yaml"), speed=math.inf) as server:
        answer = ask(server)
    assert answer.headers["cassette-viewer-recording"] == "a%20b.yaml#0"
    assert answer.headers["cassette-viewer-times"].startswith("paced: no times are recorded, so 50 tokens/s")
    assert answer.headers["cassette-viewer-times"].endswith("; sent at once")


def test_equal_requests_get_their_answers_in_recorded_order_and_then_the_last_again():
    first, second, other = (
        exchange(events(text), asked=question(to)) for text, to in (("1", "a"), ("2", "a"), ("3", "b"))
    )
    with serve(cassette_of(first, other, second), speed=math.inf) as server:
        answers = [ask(server, to).content for to in ("a", "b", "a", "a")]
    assert answers == [one.response.body for one in (first, other, second, second)]


@pytest.mark.parametrize(
    "path", [PATH, "/chat/completions", "/openai/v1/chat/completions", "/my/proxy/v1/chat/completions"]
)
def test_every_prefix_of_the_base_url_works(path):
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        assert ask(server, path=path).status_code == 200


def test_a_request_that_was_not_recorded_is_told_what_differs():
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        answer = ask(server, "something else")
        missed = server.missed
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert "made.yaml" in answer.text
    assert "something else" in answer.text
    assert [record.path for record in missed] == [PATH]


def test_events_are_not_sent_before_their_recorded_times():
    parts = events("one ", "two ", "three")
    cassette = cassette_of(exchange(parts, times=arrived(parts, [0.1, 0.2, 0.4, 0.4], headers_s=0.05)))
    sizes = [len(parts[0]), len(parts[0] + parts[1]), sum(map(len, parts))]
    for speed in (1.0, 4.0):
        with serve(cassette, speed=speed) as server:
            start_s = time.perf_counter()
            came_bytes = 0
            with httpx2.stream("POST", server.url + PATH, json=question()) as answer:
                assert time.perf_counter() - start_s >= 0.05 / speed
                for block in answer.iter_raw():
                    came_bytes += len(block)
                    # Events that the client is slow to read come together. How late they are is measured elsewhere.
                    due_s = next(due for due, size in zip((0.1, 0.2, 0.4), sizes, strict=True) if came_bytes <= size)
                    assert time.perf_counter() - start_s >= due_s / speed
        assert came_bytes == sizes[-1]


def test_requests_are_counted_before_the_client_can_ask():
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        for count in range(1, 20):
            ask(server)
            assert len(server.requests) == count
        assert "19 requests" in server.summary()


def test_a_client_that_leaves_ends_its_answer_at_once():
    parts = events("one ", "two")
    cassette = cassette_of(exchange(parts, times=arrived(parts, [0.01, 60.0, 60.0])))
    with serve(cassette) as server:
        with httpx2.stream("POST", server.url + PATH, json=question()) as answer:
            next(answer.iter_raw())
        deadline_s = time.monotonic() + 5
        while not server.requests and time.monotonic() < deadline_s:
            time.sleep(0.01)
        (record,) = server.requests
    assert record.ending == "left by the client"
    assert (record.sent_events, record.events) == (1, 3)


def test_the_server_ends_while_it_answers():
    parts = events("one ", "two")
    cassette = cassette_of(exchange(parts, times=arrived(parts, [0.01, 60.0, 60.0])))
    start_s = time.monotonic()
    with serve(cassette) as server, httpx2.stream("POST", server.url + PATH, json=question()) as answer:
        next(answer.iter_raw())
    assert time.monotonic() - start_s < 5


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "192.168.0.7", "localhost.evil.example"])
def test_requests_under_a_foreign_host_name_are_refused(host):
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        answer = ask(server, headers={"host": host})
        assert answer.status_code == 421
        assert ask(server, headers={"host": f"localhost:{urlsplit(server.url).port}"}).status_code == 200


def test_no_page_of_another_site_may_read_answers():
    with serve(cassette_of(exchange(headers={"access-control-allow-origin": "*"})), speed=math.inf) as server:
        answer = ask(server, headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_broken_and_foreign_requests_get_an_answer():
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        for body in (b"{", b"\xff" * 100, b"", json.dumps([1] * 1000).encode()):
            assert httpx2.post(server.url + PATH, content=body).status_code == 404
        assert httpx2.get(server.url + "/").status_code == 404
        assert httpx2.request("PROPFIND", server.url + "/%2e%2e/%00?a=%zz").status_code == 404


def test_a_folder_is_served_without_what_is_no_recording(tmp_path):
    (tmp_path / "a.sse").write_bytes(b"".join(events("x")))
    (tmp_path / "notes.txt").write_text("nothing recorded")
    with serve(tmp_path, speed=math.inf) as server:
        assert ask(server).content == b"".join(events("x"))


def test_what_cannot_be_served_is_refused(tmp_path):
    with pytest.raises(viewer.CassetteError, match="cannot be served"):
        serve(tmp_path).__enter__()
    with pytest.raises(viewer.CassetteError):
        serve(tmp_path / "missing.yaml").__enter__()
    with pytest.raises(ValueError, match="names no fault"):
        serve(cassette_of(exchange()), faults="times=2").__enter__()
    with pytest.raises(ValueError, match="speed"):
        serve(cassette_of(exchange()), speed=0).__enter__()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(cassette_of(exchange()), port=taken.getsockname()[1]).__enter__()


def test_a_setting_whose_name_has_line_ends_adds_no_header():
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        answer = httpx2.post(server.url + PATH, json={**question(), "temperature\r\nx-made: 1": 5})
    assert answer.status_code == 200
    assert "x-made" not in answer.headers
    assert "x-made: 1 is 5, recorded not set" in answer.headers["cassette-viewer-note"]


def test_the_garbage_collector_of_the_program_goes_on():
    class Ring:
        def __init__(self):
            self.itself = self

    ring = Ring()
    gone = weakref.ref(ring)
    gc.collect()
    gc.freeze()
    frozen = gc.get_freeze_count()
    try:
        with serve(cassette_of(exchange()), speed=math.inf) as server:
            ask(server)
            assert gc.get_freeze_count() <= frozen
        assert gc.get_freeze_count() > frozen / 2
    finally:
        gc.unfreeze()
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        ask(server)
        del ring
        gc.collect()
        assert gone() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_leaves_the_server_to_its_parent():
    start_s = time.monotonic()
    with serve(cassette_of(exchange()), speed=math.inf) as server:
        child = os.fork()
        if child == 0:
            os._exit(len(server.requests))
        assert os.waitpid(child, 0)[1] == 0
        assert ask(server).status_code == 200
    assert time.monotonic() - start_s < 5


def test_a_fault_before_the_headers_closes_the_connection_for_pages_of_other_sites_too():
    page = {"origin": "http://localhost:3000", "cassette-viewer-fault": "cut-at-headers"}
    app = limit_access(playback_app([*playables_of(cassette_of(exchange()), None)]), HOST, [page["origin"]])
    with run_in_thread(app, 0) as server, pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
        ask(server, headers=page)


def test_one_fault_may_be_a_text():
    with serve(cassette_of(exchange()), speed=math.inf, faults="status=529;slow=2") as server:
        assert ask(server).status_code == 529
