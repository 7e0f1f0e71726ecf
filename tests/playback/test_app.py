"""The application itself, without a network: which recording an equal request gets after a fault, and what is logged."""

import asyncio
import json
import math

import pytest

from tests.support.recorded_exchanges import UPSTREAM, cassette_of, events, exchange, question
from viewer.playback.app import playback_app
from viewer.playback.delivery import CutError
from viewer.playback.faults.grammar import parse_fault
from viewer.playback.playable import playables_of
from viewer.playback.session.log import SessionLog

FIRST, SECOND = b"".join(events("first")), b"".join(events("second"))
PATH = "/v1/chat/completions"


class Server:
    """The application, which is asked one request after the other."""

    def __init__(self, *faults, seed=0, interactions=None, speed=math.inf):
        recorded = interactions or [exchange(events("first")), exchange(events("second"))]
        self.log, self.lines = SessionLog(), []
        playables = playables_of(cassette_of(*recorded), None)
        parsed = [parse_fault(fault) for fault in faults]
        self.app = playback_app(
            [*playables], speed=speed, faults=parsed, seed=seed, log=self.lines.append, session=self.log
        )

    def ask(self, *, path=PATH, headers=(), body=None, stop_after_s=None, leave_after_s=None):
        """Return the status, the headers and the body. The client leaves, or the server stops, after so many seconds."""
        return asyncio.run(self._ask(path, headers, body, stop_after_s, leave_after_s))

    async def _ask(self, path, headers, body, stop_after_s, leave_after_s):
        sent = []
        asked = [{"type": "http.request", "body": json.dumps(body or question()).encode(), "more_body": False}]

        async def receive():
            if asked:
                return asked.pop()
            await asyncio.sleep(60 if leave_after_s is None else leave_after_s)
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        raw = [(b"content-type", b"application/json"), *((name.encode(), value.encode()) for name, value in headers)]
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"key=AIzaSecret",
        }
        task = asyncio.create_task(self.app({**scope, "headers": raw}, receive, send))
        if stop_after_s is not None:
            await asyncio.sleep(stop_after_s)
            task.cancel()
        self.is_cut = False
        try:
            await task
        except CutError:
            self.is_cut = True
        start = sent[0] if sent else {"status": None, "headers": []}
        made = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], made, b"".join(message.get("body", b"") for message in sent)


def test_without_faults_answers_come_in_recorded_order():
    server = Server()
    assert [server.ask()[2] for _ in range(3)] == [FIRST, SECOND, SECOND]
    assert "cassette-viewer-fault" not in server.ask()[1]


@pytest.mark.parametrize(
    "fault", ["status=500", "cut-at-headers", "cut-at-event=1", "cut-at-byte=9", "malformed-at-event=0"]
)
def test_an_answer_that_a_fault_spoiled_comes_again(fault):
    server = Server(f"{fault},times=1")
    spoiled = server.ask()
    assert spoiled[2] not in (FIRST, SECOND)
    assert server.is_cut == fault.startswith("cut")
    assert [server.ask()[2] for _ in range(3)] == [FIRST, SECOND, SECOND]


@pytest.mark.parametrize("fault", ["slow=2", "split=3", "join=2", "stall-at-event=1,for=0.01"])
def test_an_answer_that_came_in_whole_does_not(fault):
    server = Server(f"{fault},times=1")
    assert [server.ask()[2] for _ in range(3)] == [FIRST, SECOND, SECOND]


def test_an_answer_that_a_client_did_not_wait_for_comes_again():
    server = Server("stall-at-event=1,times=1")
    assert server.ask(leave_after_s=0.01)[2] == events("first")[0]
    assert [server.ask()[2] for _ in range(2)] == [FIRST, SECOND]
    assert [record.ending for record in server.log.last] == ["left by the client", "complete", "complete"]


def test_an_answer_that_ends_with_the_server_is_recorded_but_not_held_against_the_client():
    server = Server("malformed-at-event=0", "stall-at-event=1")
    server.ask(stop_after_s=0.01)
    assert server.is_cut
    (record,) = server.log.last
    assert (record.ending, record.sent_events, record.is_spoiled) == ("stopped with the server", 1, False)


def test_a_fault_with_times_counts_equal_requests_only():
    other = exchange(events("other"), asked=question("else"))
    server = Server("status=500,times=1", interactions=[exchange(events("first")), other])
    statuses = [server.ask(body=body)[0] for body in (question(), question("else"), question(), question("else"))]
    assert statuses == [500, 500, 200, 200]


def test_a_fault_in_a_header_counts_the_requests_that_ask_for_it():
    server = Server()
    server.ask()
    asked = [("cassette-viewer-fault", "status=429,times=1")]
    assert [server.ask(headers=asked)[0] for _ in range(2)] == [429, 200]


def test_a_client_that_leaves_is_noticed_also_if_nothing_waits():
    server = Server(interactions=[exchange(events(*map(str, range(1000))))])
    server.ask(leave_after_s=0)
    assert server.log.last[-1].result == "left by the client"


def test_the_same_seed_chooses_the_same_answers_whatever_is_asked_between():
    def faulty(seed, *, between):
        other = exchange(events("other"), asked=question("else"))
        server = Server("status=500,chance=0.5", seed=seed, interactions=[exchange(events("first")), other])
        statuses = []
        for _ in range(12):
            statuses.append(server.ask()[0])
            if between:
                server.ask(body=question("else"))
        return statuses

    assert faulty(1, between=False) == faulty(1, between=True)
    assert set(faulty(1, between=False)) == {200, 500}
    assert faulty(1, between=False) != faulty(2, between=False)


def test_the_answer_says_its_faults_in_a_header():
    server = Server("slow=2", "cut-at-event=99", "split=4")
    _, headers, _ = server.ask()
    assert headers["cassette-viewer-fault"] == "slow=2; split=4"
    assert server.lines[0].endswith("fault slow=2; split=4; times paced; cut-at-event=99 was not reached")


def test_a_status_has_no_headers_of_the_recording():
    _, headers, body = Server("status=503").ask()
    assert headers == {"content-type": "application/json", "retry-after": "1", "cassette-viewer-fault": "status=503"}
    assert json.loads(body)["error"]["type"] == "server_error"


def test_faults_of_a_request_replace_those_of_the_server():
    server = Server("status=500")
    assert server.ask(headers=[("cassette-viewer-fault", "split=4")])[0] == 200
    assert server.ask(headers=[("cassette-viewer-fault", "none")])[0] == 200
    assert server.ask()[0] == 500


def test_a_request_for_what_is_no_fault_is_refused_in_one_line():
    server = Server()
    status, _, body = server.ask(headers=[("cassette-viewer-fault", "\x1b[2J=" + "x" * 5000)])
    assert status == 400
    assert len(body) < 1000
    assert server.lines[0].isprintable()
    assert len(server.lines[0]) < 500
    assert server.log.unanswered.total() == 1


def test_a_client_that_leaves_within_its_request_is_no_miss():
    server = Server()
    messages = [{"type": "http.request", "body": b'{"model": "m', "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(server.app(scope, receive, send))
    assert sent == []
    assert server.lines[0].endswith("---  the client left before its request had come in whole")


def test_the_log_has_no_secrets_of_the_client():
    server = Server()
    token = "sk-ant-api03-" + "x7Qm2Lp9" * 10
    server.ask(path=f"/v1/{token}/messages", headers=[("authorization", f"Bearer {token}")], body={"model": token})
    (record,) = server.log.last
    for said in (server.lines[0], repr(record), record.path, record.model):
        assert token not in said
        assert "AIzaSecret" not in said


@pytest.mark.parametrize("asked", ["status=500,path=/{}", "status={}", "path={}"])
def test_a_secret_in_a_fault_that_a_client_asks_for_is_not_said(asked):
    token = "sk-ant-api03-" + "x7Qm2Lp9" * 10
    path = f"/{token}{PATH}"
    server = Server()
    answer = server.ask(path=path, headers=[("cassette-viewer-fault", asked.format(token))])
    assert token not in repr((answer, server.lines, server.log))
    assert answer[0] in (400, 500)


def test_a_stream_of_another_framing_is_broken_in_its_own_way():
    lines = [b'{"a": 1}\n', b'{"a": 2}\n', b'{"a": 3}\n']
    recorded = exchange(lines, headers={"content-type": "application/x-ndjson"}, url=UPSTREAM)
    _, _, body = Server("malformed-at-event=1", interactions=[recorded]).ask()
    first, broken, last = body.split(b"\n")[:3]
    assert (first, last) == (b'{"a": 1}', b'{"a": 3}')
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)
