"""Synthetic cassetter cassettes, in the layout of its own writer."""

import json

import pytest
import yaml

import viewer

EVENTS = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'

TOML = """\
version = 1

[[interactions]]
recorded_at = "2026-11-22T22:45:21.987964+00:00"

[interactions.request]
method = "POST"
uri = "http://127.0.0.1/v1/chat/completions"
body_type = "json"
body_content = '{"stream":true}'

[interactions.request.headers]
accept = ["text/event-stream"]

[interactions.response]
status = 200
body_type = "text"
body_content = '''
data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}

data: [DONE]

'''

[interactions.response.headers]
content-type = ["text/event-stream"]
"""


def body(kind, content=None):
    return {"type": kind, "content": content}


def interaction(response_body, **fields):
    return {
        "request": {
            "method": "POST",
            "uri": "http://127.0.0.1/v1/chat/completions",
            "headers": {"accept": ["text/event-stream"]},
            "body": body("json", {"stream": True}),
        },
        "response": {"status": 200, "headers": {"content-type": ["text/event-stream"]}, "body": response_body},
        "recorded_at": "2026-11-22T22:45:21.987964+00:00",
        **fields,
    }


def load(*interactions, **lists):
    tree = {"version": 1, "interactions": list(interactions), **lists}
    return viewer.load(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).encode(), "a.yaml")


@pytest.mark.parametrize(
    "loaded", [load(interaction(body("text", EVENTS))), viewer.load(TOML.encode())], ids=["yaml", "toml"]
)
def test_yaml_and_toml_are_read_alike(loaded):
    assert (loaded.format, loaded.format_version, loaded.problems) == ("cassetter", "1", [])
    [found] = loaded.interactions
    assert (found.request.method, found.request.url) == ("POST", "http://127.0.0.1/v1/chat/completions")
    assert (found.request.headers["Accept"], found.request.body) == ("text/event-stream", b'{"stream":true}')
    assert (found.response.status, found.response.body.decode()) == (200, EVENTS)
    assert loaded.streams[0].text() == "Olá"
    assert found.times.ended.epoch_s == pytest.approx(1795387521.987964)
    assert found.times.ended.resolution_s == 1e-6
    assert found.times.started is None


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (body("binary", "00ff01"), b"\x00\xff\x01"),
        (body("binary", "no hex"), b"no hex"),
        (body("json", [1]), b"[1]"),
        (body("json", "text"), b'"text"'),
        (body("text", "plain"), b"plain"),
        (body("none"), b""),
        ({"type": "none"}, b""),
    ],
)
def test_every_type_of_body_gives_its_bytes(held, expected):
    assert load(interaction(held)).interactions[0].response.body == expected


def test_a_websocket_is_one_interaction_with_sent_and_received_messages_and_times():
    frame = {"direction": "recv", "frame_type": "text"}
    frames = [
        {"direction": "send", "frame_type": "text", "body": body("json", {"ask": 1}), "offset_ms": 12},
        {**frame, "body": body("json", {"say": 1}), "offset_ms": 13},
        {**frame, "body": body("text", "hello"), "offset_ms": 15},
        {**frame, "frame_type": "close", "body": body("none"), "offset_ms": 16},
    ]
    socket = {"uri": "ws://127.0.0.1/b", "headers": {}, "frames": frames, "recorded_at": "2026-11-22T22:45:21+00:00"}
    loaded = load(ws_interactions=[socket])
    assert loaded.format == "cassetter"
    [found] = loaded.interactions
    assert (found.request.url, found.request.body) == ("ws://127.0.0.1/b", b'{"ask":1}\n')
    assert (found.response.status, found.response.body) == (101, b'{"say":1}\n"hello"\n')
    assert found.times.arrivals.s == pytest.approx((0.013, 0.015))
    [connection] = found.connections
    sent, *received = connection.frames
    assert (sent.is_sent, sent.at_s) == (True, pytest.approx(0.012))
    assert [(one.is_sent, one.is_binary, one.is_quoted) for one in received] == [
        (False, False, False),
        (False, False, True),
    ]
    assert (connection.since_open, connection.close_code, connection.closed_at_s) == (True, None, pytest.approx(0.016))
    # The connection may have been open for a long time before the first request.
    assert not found.times.arrivals.since_request


def test_a_grpc_call_has_its_method_as_url():
    call = {
        "request": {"method": "/x.Chat/Get", "metadata": {"k": ["v"]}, "body": body("binary", "01")},
        "response": {"status_code": 0, "status_message": "ok", "metadata": {}, "body": body("binary", "02")},
        "recorded_at": "2026-11-22T22:45:21+00:00",
    }
    [found] = load(grpc_interactions=[call]).interactions
    assert (found.request.method, found.request.url, found.request.body) == ("POST", "/x.Chat/Get", b"\x01")
    assert (found.response.status, found.response.reason, found.response.body) == (None, "ok", b"\x02")


@pytest.mark.parametrize("odd", [5, None, [], "text", {"body": []}])
def test_an_interaction_of_the_wrong_type_does_not_affect_the_rest(odd):
    loaded = load(interaction(body("text", EVENTS)), odd, interaction(body("text", EVENTS), response=odd))
    assert len(loaded.interactions) == 3
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = json.dumps({"version": 1, "interactions": [interaction(body("text", EVENTS))] * 2}, indent=1).encode()
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert (loaded.format, loaded.streams[0].text()) == ("cassetter", "Olá")
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


def test_toml_that_is_cut_off_still_shows_its_events():
    loaded = viewer.load(TOML.encode()[:-70])
    assert loaded.streams[0].text() == "Olá"


def test_a_cassette_without_interactions_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.yaml: the cassetter cassette has no interactions"):
        load(ws_interactions=[])


def test_the_close_code_and_bytes_of_a_websocket_are_kept():
    """The frames of a connection that a server closed, as cassetter 0.16.1 wrote them."""
    frames = [
        {"direction": "recv", "frame_type": "binary", "body": body("binary", "00ff01"), "offset_ms": 301},
        {"direction": "recv", "frame_type": "close", "body": body("binary", "0fa1627965"), "offset_ms": 402},
    ]
    [found] = load(ws_interactions=[{"uri": "ws://127.0.0.1/b", "headers": {}, "frames": frames}]).interactions
    assert found.response.body == b'"AP8B"\n'
    [connection] = found.connections
    assert connection.frames[0][:3] == (False, True, True)
    assert (connection.close_code, connection.closed_by_client) == (4001, False)
