"""Synthetic recordings of Exodus replay, in the layout of its own writer."""

import base64
import copy
import json

import pytest

import viewer
from viewer.types.http import Arrivals

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Ol\u00e1"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
DEEP = "[" * 1000 + "]" * 1000
NONSENSE = [None, 5, -1, 1e308, True, "x", "", [], [5], [[1, 2]], {}, {"a": 1}, {"type": "x", "data.hex": "z"}]


def exchange(body=BODY, kind="text", *, sent='{"stream":true}', **more):
    return {
        "request": {
            "resource": URL,
            "options": {"method": "POST", "body": sent, "headers": [["accept", "text/event-stream"]]},
        },
        "status": 200,
        "statusText": "OK",
        "ok": True,
        "headers": [["content-type", "text/event-stream"], ["set-cookie", "a"], ["set-cookie", "b"]],
        "url": "https://api.openai.com/moved",
        "redirected": True,
        "type": "basic",
        "bodyType": kind,
        "body": body,
        **more,
    }


def session(*log):
    return {"url": "wss://api.openai.com/v1/realtime", "protocols": ["realtime"], "log": list(log)}


def write(*items):
    return json.dumps(items, ensure_ascii=False, indent=2).replace('"DEEP"', DEEP).encode()


def load(*items):
    return viewer.load(write(*items), "a.json")


def test_an_exchange_is_an_interaction():
    loaded = load(exchange())
    assert (loaded.format, loaded.format_version, loaded.problems) == ("exodus-replay", "", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, request.body) == ("POST", URL, b'{"stream":true}')
    assert request.headers["accept"] == "text/event-stream"
    assert (response.status, response.reason, response.body) == (200, "OK", BODY.encode())
    assert (response.content_type, response.headers["set-cookie"]) == ("text/event-stream", "a, b")
    assert interaction.times == type(interaction.times)()
    [stream] = loaded.streams
    assert (stream.protocol, stream.text(), stream.finish_reason, stream.complete) == (
        "openai-chat",
        "Olá",
        "stop",
        True,
    )
    assert stream.chunks["event"].nunique() == 2


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ({"a": [1, None]}, "json", b'{"a":[1,null]}'),
        ("text", "json", b'"text"'),
        (None, "json", b"null"),
        ({"type": "ArrayBuffer", "data.hex": "00ff"}, "binary", b"\x00\xff"),
        ({"type": "ArrayBuffer", "data.hex": "0"}, "binary", b"0"),
        ("", "text", b""),
    ],
)
def test_every_kind_of_response_body_gives_its_bytes(body, kind, expected):
    assert load(exchange(body, kind)).interactions[0].response.body == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"type": "URLSearchParams", "data": "x=1&y=2"}, b"x=1&y=2"),
        ({"type": "Buffer", "data.base64": base64.b64encode(b"\xff").decode()}, b"\xff"),
        ({"type": "Blob", "data.hex": "0102", "meta": {"size": 2, "type": ""}}, b"\x01\x02"),
        ({"type": "FormData", "data": [["k", "v"]]}, b'[["k","v"]]'),
        (None, b""),
    ],
)
def test_every_kind_of_request_body_gives_its_bytes(sent, expected):
    assert load(exchange(sent=sent)).interactions[0].request.body == expected


@pytest.mark.parametrize("resource", ["/v1/chat", "[object Request]", ""])
def test_an_incomplete_url_is_replaced_by_that_of_the_response(resource):
    item = exchange()
    item["request"]["resource"] = resource
    assert load(item).interactions[0].request.url == "https://api.openai.com/moved"
    assert load({**item, "url": ""}).interactions[0].request.url == resource


def test_a_failed_request_is_a_problem_with_the_reason():
    failed = {"request": exchange()["request"], "error": {"message": "fetch failed", "code": "ECONNREFUSED"}}
    loaded = load(failed, exchange())
    assert loaded.interactions[0].request.url == URL
    [problem] = [problem for problem in loaded.problems if problem.severity == "error"]
    assert (problem.interaction, problem.message) == (0, "The request failed: fetch failed ECONNREFUSED.")


def test_a_request_without_a_response_is_a_problem():
    loaded = load({"request": exchange()["request"]})
    assert any("no response" in problem.message for problem in loaded.problems)


def test_websocket_messages_are_events_with_times():
    loaded = load(
        session(
            {"type": "open", "at": 6},
            {"type": "send()", "at": 7, "data": '{"type":"response.create"}'},
            {"type": "message", "at": 21, "data": '{"type":"session.created"}'},
            {"type": "get readyState", "at": 22, "value": 1},
            {"type": "message", "at": 1041, "data": {"type": "ArrayBuffer", "data.hex": b'{"b":1}'.hex()}},
            {"type": "close", "at": 1060, "code": 1000},
        )
    )
    assert loaded.format == "exodus-replay"
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("GET", "wss://api.openai.com/v1/realtime")
    assert interaction.request.body == b'{"type":"response.create"}\n'
    assert interaction.response.status == 101
    assert interaction.response.body == b'{"type":"session.created"}\n{"b":1}\n'
    assert interaction.times.arrivals == Arrivals((0.021, 1.041), since_request=False, resolution_s=0.001)
    [connection] = interaction.connections
    assert [(one.is_sent, one.is_binary, one.at_s) for one in connection.frames] == [
        (True, False, 0.007),
        (False, False, 0.021),
        (False, True, 1.041),
    ]
    assert (connection.close_code, connection.closed_by_client, connection.closed_at_s) == (1000, False, 1.06)
    assert loaded.streams[0].chunks["event"].nunique() == 2


@pytest.mark.parametrize("at", [None, "5", -1, True, 1e308, [], "DEEP"])
def test_one_invalid_time_makes_all_times_unknown(at):
    log = [{"type": "message", "at": 5, "data": "{}"}, {"type": "message", "at": at, "data": "{}"}]
    [interaction] = load(session(*log)).interactions
    assert interaction.response.body == b"{}\n{}\n"
    assert (interaction.response.status, interaction.times.arrivals) == (None, None)


def test_a_websocket_without_messages_has_no_times():
    assert load(session({"type": "error", "at": 5})).interactions[0].times.arrivals is None


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(exchange(), exchange())
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "exodus-replay"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("item", [{"request": {"resource": "x"}}, {"log": [{"type": "x"}]}, {"log": {}}, 5])
def test_other_arrays_are_not_recognised(item):
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder"):
        load(item, {"resource": 1})


def replaced(place, nonsense):
    holder = items = [copy.deepcopy(exchange()), exchange()]
    for key in (0, *place)[:-1]:
        holder = holder[key]
    holder[(0, *place)[-1]] = nonsense
    return items


PLACES = [
    (),
    *[(name,) for name in ("request", "status", "statusText", "headers", "url", "bodyType", "body", "error", "log")],
    ("request", "resource"),
    ("request", "options"),
    *[("request", "options", name) for name in ("method", "body", "headers")],
    ("headers", 0),
    ("headers", 0, 1),
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "exchange")
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    loaded = load(*replaced(place, nonsense))
    assert loaded.format == "exodus-replay"
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá"


@pytest.mark.parametrize("place", [place for place in PLACES if place != ("status",)], ids=str)
def test_a_deeply_nested_value_does_not_affect_the_rest(place):
    assert load(*replaced(place, "DEEP")).streams[-1].text() == "Olá"


@pytest.mark.parametrize("nonsense", [*NONSENSE, "DEEP"], ids=str)
@pytest.mark.parametrize("name", ["type", "at", "data", "url", "protocols"])
def test_a_session_with_wrong_types_does_not_affect_the_rest(name, nonsense):
    odd = session({"type": "message", "at": 5, "data": "{}"}, {"type": "open", "at": 1})
    (odd if name in odd else odd["log"][0])[name] = nonsense
    assert load(odd, exchange()).streams[-1].text() == "Olá"
