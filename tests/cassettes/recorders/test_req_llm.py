"""Synthetic ReqLLM fixtures, made from Python values."""

import base64
import gzip
import json

import pytest

import viewer
from viewer.types.http import Arrivals, Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'.encode()
CUTS = (BODY[:20], BODY[20:60], BODY[60:])
ASKED = {"model": "gpt-4", "stream": True}


def packed(data):
    return base64.b64encode(data).decode()


def pieces(*parts, **each):
    return [{"b64": packed(part), **{name: values[n] for name, values in each.items()}} for n, part in enumerate(parts)]


def fixture(**changed):
    """A streamed exchange, with its members in the order that ReqLLM writes."""
    return {
        "captured_at": "2025-10-02T15:06:41.259015Z",
        "chunks": pieces(*CUTS),
        "model_spec": "openai:gpt-4",
        "provider": "openai",
        "request": {
            "body": {"b64": packed(json.dumps(ASKED).encode())},
            "canonical_json": ASKED,
            "headers": {"content-type": ["application/json"], "authorization": "[REDACTED:authorization]"},
            "method": "post",
            "url": "https://api.openai.com/v1/chat/completions",
        },
        "response": {"body": None, "headers": {"content-type": ["text/event-stream"]}, "status": 200},
        "streaming": True,
        **changed,
    }


def load(tree):
    return viewer.load(json.dumps(tree, indent=2).encode(), "streaming.json")


def only(**changed):
    [exchange] = load(fixture(**changed)).interactions
    return exchange


def test_a_streamed_body_is_its_chunks_joined():
    loaded = load(fixture())
    assert loaded.format == "req_llm"
    [exchange] = loaded.interactions
    assert (exchange.request.method, exchange.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert exchange.request.headers["authorization"] == "[REDACTED:authorization]"
    assert exchange.request.body == json.dumps(ASKED).encode()
    assert (exchange.response.status, exchange.response.content_type) == (200, "text/event-stream")
    assert exchange.response.body == BODY
    [stream] = loaded.streams
    assert (stream.text(), stream.provider, stream.complete) == ("Olá", "openai", True)
    assert loaded.problems == []


def test_the_capture_time_is_the_end_of_the_response():
    times = only().times
    assert times.ended == Moment(pytest.approx(1759417601.259015), 1e-6)
    assert (times.headers_s, times.whole_s, times.started, times.arrivals) == (None, None, None, None)


def test_chunks_with_a_time_arrive_since_an_unknown_moment():
    came = only(chunks=pieces(*CUTS, t_us=[0, 1500, 2_000_000])).times.arrivals
    assert came == Arrivals(
        (0.0, pytest.approx(0.0015), 2.0), (20, 60, len(BODY)), since_request=False, resolution_s=1e-6
    )


@pytest.mark.parametrize("odd", [None, "5", [], {}, 10**30])
def test_one_chunk_without_a_time_leaves_all_without_times(odd):
    exchange = only(chunks=pieces(*CUTS, t_us=[0, odd, 5]))
    assert (exchange.response.body, exchange.times.arrivals) == (BODY, None)


def test_chunks_of_a_compressed_body_have_no_arrivals():
    zipped = gzip.compress(BODY)
    loaded = load(
        fixture(
            chunks=pieces(zipped[:20], zipped[20:], t_us=[0, 1]),
            response={"status": 200, "headers": {"content-encoding": ["gzip"]}},
        )
    )
    assert loaded.interactions[0].response.body == BODY
    assert loaded.interactions[0].times.arrivals is None


def test_the_text_of_a_chunk_replaces_missing_bytes():
    assert (
        only(chunks=[{"decoded": "data: {}\n"}, {"b64": packed(b"\n"), "decoded": "x"}]).response.body
        == b"data: {}\n\n"
    )


def test_events_are_read_as_chunks():
    data = [{"type": "data", "b64": packed(part)} for part in CUTS]
    events = [{"type": "status", "value": 200}, *data, {"type": "done", "b64": "YQ=="}]
    tree = {name: value for name, value in fixture(events=events).items() if name != "chunks"}
    assert load(tree).interactions[0].response.body == BODY


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"content": [{"text": "Hi"}], "id": "1"}, b'{"content":[{"text":"Hi"}],"id":"1"}'),
        ({"b64": packed(b"\x00\xff")}, b"\x00\xff"),
        ({"decoded": 1}, b'{"decoded":1}'),
        ("plain", b"plain"),
        (None, b""),
        ([1], b"[1]"),
    ],
)
def test_a_body_that_was_not_streamed_gives_its_bytes(body, expected):
    tree = fixture(response={"body": body, "headers": {}, "status": 200}, streaming=False)
    del tree["chunks"]
    assert load(tree).interactions[0].response.body == expected


def test_a_request_without_a_body_is_its_json():
    request = {"canonical_json": ASKED, "method": None, "url": None}
    exchange = only(request=request)
    assert (exchange.request.method, exchange.request.url) == ("", "")
    assert json.loads(exchange.request.body) == ASKED
    assert only(request={**request, "canonical_json": '{"a": 1}'}).request.body == b'{"a": 1}'


def test_websocket_messages_are_lines():
    asked, came = {"type": "response.create"}, [{"type": "response.created"}, {"type": "response.completed"}]
    loaded = load(
        {
            "format": "responses_websocket_v1",
            "request": {"url": "wss://api.openai.com/v1/responses"},
            "frames": [
                {"direction": "client", "event": asked},
                *({"direction": "server", "event": one} for one in came),
            ],
        }
    )
    assert loaded.format == "req_llm"
    [exchange] = loaded.interactions
    assert (exchange.request.method, exchange.request.url) == ("GET", "wss://api.openai.com/v1/responses")
    assert json.loads(exchange.request.body) == asked
    assert (exchange.response.status, exchange.response.content_type) == (101, "application/x-ndjson")
    assert [json.loads(line) for line in exchange.response.body.splitlines()] == came
    assert not [problem for problem in loaded.problems if "no response" in problem.message]
    assert [one.is_sent for one in exchange.connections[0].frames] == [True, False, False]


def test_an_exchange_without_a_response_is_a_problem():
    loaded = load(fixture(response=None, chunks=[]))
    assert [problem.severity for problem in loaded.problems if "no response" in problem.message] == ["error"]


@pytest.mark.parametrize("tree", [fixture(chunks=[]), {"format": "responses_websocket_v1", "frames": []}])
def test_a_response_without_a_body_is_a_response(tree):
    loaded = load(tree)
    assert loaded.interactions[0].response.body == b""
    assert not [problem for problem in loaded.problems if "no response" in problem.message]


def test_a_file_that_is_cut_off_has_the_chunks_before():
    whole = json.dumps(fixture(), indent=2).encode()
    loaded = viewer.load(whole[: whole.index(b'"request"')])
    assert loaded.format == "req_llm"
    assert loaded.interactions[0].response.body == BODY
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)
    assert not [problem for problem in loaded.problems if "no response" in problem.message]


ODD = [None, True, 5, 10**40, 1.5, "text", [], [5], [[]], {}, {"a": {"b": []}}, {"b64": 5}, [{"b64": "?"}, {"b64": {}}]]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["captured_at", "chunks", "events", "response", "frames", "format", "streaming"])
def test_a_member_of_any_type_can_be_read(name, odd):
    assert load(fixture(**{name: odd})).interactions[0].request.method == "POST"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["body", "canonical_json", "headers", "method", "url", "status"])
def test_a_member_of_the_request_or_response_of_any_type_can_be_read(name, odd):
    sides = {side: {**fixture()[side], name: odd} for side in ("request", "response")}
    assert load(fixture(**sides)).streams[0].text() == "Olá"


def test_deeply_nested_members_can_be_read():
    side = dict.fromkeys(("body", "canonical_json", "headers", "method", "url", "status"), "DEEP")
    tree = fixture(request=side, response=side, captured_at="DEEP", chunks=[{"b64": "DEEP", "t_us": "DEEP"}])
    text = json.dumps(tree).replace('"DEEP"', '{"a":' * 1000 + "1" + "}" * 1000)
    assert len(viewer.load(text.encode()).interactions) == 1


@pytest.mark.parametrize("odd", ODD)
def test_frames_of_any_type_can_be_read(odd):
    frame = {"direction": "server", "event": odd}
    body = (
        load({"format": "responses_websocket_v1", "frames": [odd, frame, {"direction": odd}]})
        .interactions[0]
        .response.body
    )
    assert len(body.splitlines()) == 1


@pytest.mark.parametrize(
    "tree",
    [
        {"chunks": [{"b64": "AA=="}]},
        {"captured_at": "now", "chunks": [{"data": "AA=="}]},
        {"request": {"canonical_json": 1}},
        {"response": {}, "request": {"b64": ""}},
        {"format": "x"},
    ],
)
def test_other_json_is_not_recognised(tree):
    with pytest.raises(viewer.CassetteError):
        load({**tree, "note": "responses_websocket_v1"})
