"""The recorder between real SDKs and a server on this machine that streams at known times."""

import asyncio
import contextlib
import json
import socket
import time
from urllib.parse import urlsplit

import anthropic
import httpx2
import numpy as np
import openai
import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import viewer
from tests.support.servers import serving
from viewer.recorder.proxy import recorder_app

# These tests compare times, which another process would shift.
pytestmark = pytest.mark.alone

GAPS_S = [0.12, 0.03, 0.0, 0.05, 0.2, 0.01, 0.04, 0.08, 0.02]
PLANTED = "sk-planted-0123456789abcdef"


class Upstream:
    """A server that notes when it sends each event."""

    def __init__(self):
        self.sent = []
        self.seen = []

    def app(self):
        routes = [
            Route("/v1/chat/completions", self.chat, methods=["POST"]),
            Route("/v1/messages", self.messages, methods=["POST"]),
            Route("/dies", self.dies),
            Route("/slow", self.slow),
            Route("/refuses", self.refuses, methods=["POST"]),
            Route("/plain", self.plain),
            Route("/echo/{path:path}", self.echo),
            Route("/moved", self.moved),
            Route("/waits", self.waits),
        ]
        return Starlette(routes=routes)

    async def _paced(self, events):
        for gap, event in zip([*GAPS_S, *[0.0] * len(events)], events, strict=False):
            await asyncio.sleep(gap)
            self.sent.append(time.perf_counter())
            yield event.encode()

    async def chat(self, request):
        self.seen.append((dict(request.headers), await request.json(), str(request.url)))
        events = [
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            for choice in [
                *({"index": 0, "delta": {"content": f"w{number} "}, "finish_reason": None} for number in range(8)),
                {"index": 0, "delta": {}, "finish_reason": "stop"},
            ]
        ]
        lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
        return StreamingResponse(
            self._paced(lines),
            media_type="text/event-stream",
            headers={"Set-Cookie": f"session={PLANTED}", "X-Kept": "1"},
        )

    async def messages(self, request):
        self.seen.append((dict(request.headers), await request.json(), str(request.url)))
        message = {"id": "m", "type": "message", "role": "assistant", "model": "claude", "content": []}
        message |= {"stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 1}}
        events = [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"w{number} "}}
                for number in range(4)
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
            {"type": "message_stop"},
        ]
        lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
        return StreamingResponse(self._paced(lines), media_type="text/event-stream")

    async def dies(self, _request):
        async def broken():
            yield b'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n'
            await asyncio.sleep(0.05)
            raise ConnectionAbortedError

        return StreamingResponse(broken(), media_type="text/event-stream")

    async def slow(self, _request):
        async def endless():
            for number in range(1000):
                yield f'data: {{"choices":[{{"index":0,"delta":{{"content":"w{number} "}}}}]}}\n\n'.encode()
                await asyncio.sleep(0.02)

        return StreamingResponse(endless(), media_type="text/event-stream")

    async def refuses(self, _request):
        return JSONResponse({"error": {"message": "Rate limit reached", "type": "tokens"}}, 429, {"Retry-After": "7"})

    async def plain(self, request):
        return Response(b"\x00\xff\x01", media_type="application/octet-stream", headers={"X-Query": request.url.query})

    async def echo(self, request):
        answer = {"raw_path": request.scope["raw_path"].decode(), "headers": dict(request.headers)}
        return JSONResponse(answer, headers={"Set-Cookie": f"who={request.query_params.get('who', '')}; Path=/"})

    async def moved(self, _request):
        place = f"https://u:{PLANTED}@elsewhere.example/x?key={PLANTED}"
        return Response(status_code=302, headers={"Location": place, "X-Issued": PLANTED})

    async def waits(self, request):
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.seen.append("left")
        return Response()


@pytest.fixture
def upstream():
    return Upstream()


def sent_plainly(address, data):
    """Return the answer to bytes that no client of HTTP would send so."""
    with socket.create_connection(urlsplit(address).netloc.split(":")) as plain:
        plain.sendall(data)
        return b"".join(iter(lambda: plain.recv(4096), b""))


@contextlib.contextmanager
def recording(upstream, folder, **options):
    """Yield the address of a recorder in front of the upstream, and a function that waits for its cassettes."""
    lines = []
    with (
        serving(upstream.app()) as address,
        serving(recorder_app(address, folder, log=lines.append, **options)) as recorder,
    ):

        def cassettes(count=1):
            deadline = time.monotonic() + 10
            while len(found := sorted(folder.glob("*.yaml"))) < count or len(lines) < count:
                assert time.monotonic() < deadline, lines
                time.sleep(0.02)
            return found

        yield recorder, cassettes


@pytest.fixture
def proxy(upstream, tmp_path):
    """A recorder that writes in its own process, which starts faster."""
    with recording(upstream, tmp_path, keep=False) as running:
        yield running


@pytest.fixture
def proxy_with_keeper(upstream, tmp_path):
    with recording(upstream, tmp_path) as running:
        yield running


def test_the_openai_sdk_streams_and_the_cassette_has_the_time_of_every_event(proxy_with_keeper, upstream):
    address, cassettes = proxy_with_keeper
    client = openai.OpenAI(base_url=f"{address}/v1", api_key=PLANTED)
    off = []
    for run in range(1, 4):
        upstream.sent.clear()
        begin = time.perf_counter()
        chunks = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        seen = [(time.perf_counter() - begin, chunk.choices[0].delta.content) for chunk in chunks]
        loaded = viewer.load(cassettes(run)[-1])
        [stream] = loaded.streams
        assert (loaded.format, loaded.format_version, loaded.problems) == ("go-vcr", "2", [])
        assert stream.text() == "".join(text or "" for _, text in seen) == "w0 w1 w2 w3 w4 w5 w6 w7 "
        assert (stream.timing.grade, stream.timing.origin) == ("measured", "request")
        events = stream.chunks.drop_duplicates("event")["t"].to_numpy()
        sent = np.array(upstream.sent) - upstream.sent[0]
        assert len(events) == len(sent) == 10
        # The SDK does not yield [DONE]. Its clock starts a little before it sends the request.
        ours = np.array([at for at, _ in seen]) - events[: len(seen)]
        off.append([np.abs(events - events[0] - sent).max(), np.median(np.abs(ours - np.median(ours)))])
    # A busy machine may delay one event of one run. A fault of the recorder would show in all runs.
    from_server, from_client = np.min(off, axis=0)
    assert from_server < 0.005
    assert from_client < 0.005


def test_the_anthropic_sdk_streams_and_is_recorded(proxy, upstream):
    address, cassettes = proxy
    client = anthropic.Anthropic(base_url=address, api_key=PLANTED)
    with client.messages.stream(model="claude", max_tokens=9, messages=[{"role": "user", "content": "hi"}]) as stream:
        text = "".join(stream.text_stream)
    [recorded] = viewer.load(cassettes()[0]).streams
    assert recorded.text() == text == "w0 w1 w2 w3 "
    assert (recorded.protocol, recorded.timing.grade, recorded.complete) == ("anthropic-messages", "measured", True)
    assert any(PLANTED in value for value in upstream.seen[0][0].values())


def test_requests_and_responses_are_forwarded_unchanged(proxy, upstream):
    address, cassettes = proxy
    answer = httpx2.post(
        f"{address}/v1/chat/completions?api-version=1&key={PLANTED}",
        json={"model": "m"},
        headers={"X-Custom": "yes", "Authorization": f"Bearer {PLANTED}"},
    )
    headers, body, url = upstream.seen[0]
    assert (headers["x-custom"], headers["authorization"], body) == ("yes", f"Bearer {PLANTED}", {"model": "m"})
    assert headers["accept-encoding"] == "identity"
    assert url.endswith(f"?api-version=1&key={PLANTED}")
    assert (answer.status_code, answer.headers["x-kept"]) == (200, "1")
    assert answer.headers["set-cookie"] == f"session={PLANTED}"
    cassettes()


def test_secret_headers_and_parameters_are_not_written(proxy):
    address, cassettes = proxy
    httpx2.post(
        f"{address}/v1/chat/completions?key={PLANTED}",
        json={},
        headers={
            "Authorization": f"Bearer {PLANTED}",
            "X-Api-Key": PLANTED,
            "Cookie": PLANTED,
            "X-Plain": f"Bearer {PLANTED}",
        },
    )
    text = cassettes()[0].read_text()
    assert PLANTED not in text
    assert "X-Kept" in text


def test_if_the_client_hangs_up_the_cassette_says_so(proxy):
    address, cassettes = proxy
    with httpx2.stream("GET", f"{address}/slow") as answer:
        next(answer.iter_raw())
    loaded = viewer.load(cassettes()[0])
    assert loaded.streams[0].text().startswith("w0 ")
    assert any("the client hung up before the end" in problem.message for problem in loaded.problems)
    assert loaded.streams[0].timing.grade == "measured"


def test_if_the_upstream_breaks_off_the_cassette_says_so_and_the_client_gets_an_error(proxy):
    address, cassettes = proxy
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(f"{address}/dies")
    loaded = viewer.load(cassettes()[0])
    assert loaded.streams[0].text() == "half"
    assert any("the upstream broke off" in problem.message for problem in loaded.problems)


def test_an_http_error_is_forwarded_and_recorded(proxy):
    address, cassettes = proxy
    answer = httpx2.post(f"{address}/refuses")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    loaded = viewer.load(cassettes()[0])
    [problem] = loaded.problems
    assert problem.message == "The server answered 429 Too Many Requests: Rate limit reached."
    assert loaded.interactions[0].response.headers["Retry-After"] == "7"


def test_binary_bodies_are_recorded_unchanged(proxy):
    address, cassettes = proxy
    assert httpx2.get(f"{address}/plain?a=b").content == b"\x00\xff\x01"
    [interaction] = viewer.load(cassettes()[0]).interactions
    assert interaction.response.body == b"\x00\xff\x01"
    assert interaction.request.url.endswith("/plain?a=b")


@pytest.mark.parametrize("path", ["a%2Fb", "a%3Fb", "a%23b", "a%20b", "a//b", "v1%2Eok"])
def test_the_path_is_forwarded_without_decoding_it(proxy, path):
    address, cassettes = proxy
    assert httpx2.get(f"{address}/echo/{path}?x=%26").json()["raw_path"] == f"/echo/{path}"
    [interaction] = viewer.load(cassettes()[0]).interactions
    assert interaction.request.url.endswith(f"/echo/{path}?x=%26")


@pytest.mark.parametrize("title", ["Café".encode(), "Café".encode("latin-1")])
def test_headers_are_forwarded_whatever_their_bytes(proxy, title):
    address, cassettes = proxy
    answer = sent_plainly(
        address, b"GET /echo/a HTTP/1.1\r\nHost: x\r\nX-Title: " + title + b"\r\nConnection: close\r\n\r\n"
    )
    assert json.loads(answer[answer.index(b"{") :])["headers"]["x-title"] == title.decode("latin-1")
    assert cassettes()


def test_a_client_that_hangs_up_in_its_own_request_is_told_in_a_line(tmp_path, capfd):
    lines = []
    app = recorder_app("http://127.0.0.1:9", tmp_path, log=lines.append, keep=False)
    with serving(app) as address:
        with socket.create_connection(urlsplit(address).netloc.split(":")) as plain:
            plain.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        deadline = time.monotonic() + 10
        while not lines and time.monotonic() < deadline:
            time.sleep(0.02)
    assert lines == ["POST /a: the client hung up before its request had come in whole"]
    assert "Traceback" not in capfd.readouterr().err


def test_the_upstream_gets_nothing_that_the_client_did_not_send(proxy):
    """Least of all a cookie of another client."""
    address, cassettes = proxy
    httpx2.get(f"{address}/echo/a?who=first")
    answer = sent_plainly(address, b"GET /echo/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    headers = json.loads(answer[answer.index(b"{") :])["headers"]
    assert set(headers) <= {"host", "accept-encoding", "connection"}
    cassettes(2)


def test_secrets_in_urls_and_in_headers_with_plain_names_are_not_written(proxy):
    address, cassettes = proxy
    answer = httpx2.get(f"{address}/moved")
    assert PLANTED in answer.headers["location"]
    text = cassettes()[0].read_text()
    assert PLANTED not in text
    assert (
        "https://•••@elsewhere.example/x?key=•••"
        in yaml.safe_load(text)["interactions"][0]["response"]["headers"]["Location"][0]
    )


def test_if_the_cassette_cannot_be_written_the_client_still_gets_its_response(upstream, tmp_path):
    lines = []
    with (
        serving(upstream.app()) as address,
        serving(recorder_app(address, tmp_path / "gone", log=lines.append, keep=False)) as proxy,
    ):
        (tmp_path / "gone").rmdir()
        answer = httpx2.post(f"{proxy}/v1/chat/completions", json={})
        assert answer.text.endswith("data: [DONE]\n\n")
        deadline = time.monotonic() + 5
        while not lines and time.monotonic() < deadline:
            time.sleep(0.02)
    assert "not recorded" in lines[0]


def test_if_the_client_leaves_before_the_response_the_request_upstream_is_cancelled(proxy, upstream):
    address, _ = proxy
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(f"{address}/waits", timeout=0.3)
    deadline = time.monotonic() + 5
    while "left" not in upstream.seen:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_unreachable_upstream_gives_502_and_no_cassette(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        lines = []
        with serving(recorder_app(nobody, tmp_path / "new", log=lines.append, keep=False)) as address:
            answer = httpx2.get(f"{address}/v1/models")
    assert answer.status_code == 502
    assert "cannot be reached" in answer.json()["error"]["message"]
    assert list((tmp_path / "new").iterdir()) == []
    assert "cannot be reached" in lines[0]


def test_the_recorder_adds_less_than_two_milliseconds_to_an_event(proxy_with_keeper, upstream):
    address, _ = proxy_with_keeper
    delays_s = []
    for _ in range(5):
        upstream.sent.clear()
        with httpx2.stream("POST", f"{address}/v1/chat/completions", json={}) as answer:
            arrived = [time.perf_counter() for _ in answer.iter_raw()]
        delays_s += (
            (np.array(arrived) - np.array(upstream.sent[: len(arrived)])).tolist()
            if len(arrived) == len(upstream.sent)
            else []
        )
    assert len(delays_s) >= 20
    assert np.median(delays_s) < 0.002


def test_a_cassette_has_the_shape_that_go_vcr_writes(proxy):
    """https://github.com/dnaeon/go-vcr/blob/v4/pkg/cassette/cassette.go: Interaction, Request, Response."""
    address, cassettes = proxy
    httpx2.post(f"{address}/v1/chat/completions", json={"model": "m"})
    tree = yaml.safe_load(cassettes()[0].read_text())
    assert tree["version"] == 2
    [interaction] = tree["interactions"]
    assert interaction["id"] == 0
    assert interaction["request"]["method"] == "POST"
    assert interaction["request"]["body"] == '{"model":"m"}'
    assert interaction["response"]["status"] == "200 OK"
    assert interaction["response"]["code"] == 200
    assert interaction["response"]["duration"].endswith("ms")
    assert all(isinstance(values, list) for values in interaction["response"]["headers"].values())
