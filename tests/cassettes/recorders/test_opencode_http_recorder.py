"""Synthetic cassettes of opencode's http-recorder, in the layouts of its versions."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import opencode_http_recorder
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
METADATA = {"name": "a/b", "recordedAt": "2026-05-03T20:01:02.759Z", "tags": []}


def exchange(body=BODY, transport="http", **response):
    return {
        **({"transport": transport} if transport else {}),
        "request": {"method": "POST", "url": URL, "headers": {"accept": "*/*"}, "body": '{"stream":true}'},
        "response": {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": body, **response},
    }


def frame(body, direction=None, **more):
    return {**({"direction": direction} if direction else {}), "kind": "text", "body": body, **more}


SENT = '{"type":"response.create"}'
RECEIVED = ['{"type":"response.output_text.delta","delta":"Ol"}', '{"type":"response.output_text.delta","delta":"á"}']
OPEN = {"url": "wss://api.openai.com/v1/responses", "headers": {"origin": "x"}}
EVENTS = [frame(SENT, "client"), *(frame(one, "server") for one in RECEIVED)]
SOCKET = {"transport": "websocket", "open": OPEN, "events": EVENTS}
LISTS = {"transport": "websocket", "open": OPEN, "client": [frame(SENT)], "server": list(map(frame, RECEIVED))}


def cassette(*interactions, metadata=METADATA):
    return {"version": 1, **({"metadata": metadata} if metadata else {}), "interactions": list(interactions)}


def load(*interactions, metadata=METADATA):
    return viewer.load(write(cassette(*interactions, metadata=metadata)), "a.json")


@pytest.mark.parametrize(("transport", "metadata"), [("http", METADATA), ("http", None), (None, METADATA)])
def test_an_exchange_of_any_version_is_an_interaction(transport, metadata):
    loaded = load(exchange(transport=transport), metadata=metadata)
    assert (loaded.format, loaded.format_version, loaded.problems) == ("opencode-http-recorder", "1", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", URL)
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.body) == (200, BODY.encode())
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


def test_a_body_that_is_not_text_is_decoded():
    packed = base64.b64encode(b"\x00\xff").decode()
    [interaction] = load(exchange(packed, None, bodyEncoding="base64"), metadata=None).interactions
    assert interaction.response.body == b"\x00\xff"
    assert load(exchange(bodyEncoding="text")).interactions[0].response.body == BODY.encode()


def test_the_time_of_the_file_is_the_end_of_the_last_response():
    loaded = load(exchange(), exchange())
    assert [interaction.times.ended for interaction in loaded.interactions] == [None, Moment(1777838462.759, 0.001)]
    assert loaded.streams[1].recorded_at_s == 1777838462.759


@pytest.mark.parametrize("socket", [SOCKET, LISTS], ids=["events", "lists"])
def test_a_websocket_is_one_stream_of_the_received_frames(socket):
    loaded = load(socket, metadata=None)
    assert loaded.format == "opencode-http-recorder"
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("GET", OPEN["url"])
    assert interaction.request.headers["origin"] == "x"
    assert interaction.request.body == SENT.encode() + b"\n"
    assert interaction.response.status == 101
    assert interaction.response.body == ("\n".join(RECEIVED) + "\n").encode()
    assert [stream.text() for stream in loaded.streams] == ["Olá"]
    [connection] = interaction.connections
    assert [one.is_sent for one in connection.frames] == [True, False, False]
    # Two lists do not tell what came between what.
    assert connection.is_ordered == ("events" in socket)


def test_a_binary_frame_that_holds_json_is_decoded():
    packed = frame(base64.b64encode(RECEIVED[0].encode()).decode(), "server", kind="binary", bodyEncoding="base64")
    raw = frame("AP8=", "server", kind="binary", bodyEncoding="base64")
    [interaction] = load({**SOCKET, "events": [packed, raw]}).interactions
    assert interaction.response.body == RECEIVED[0].encode() + b'\n"AP8="\n'
    assert [one[1:3] for one in interaction.connections[0].frames] == [(True, False), (True, True)]


def test_the_url_and_an_abnormal_close_are_read_from_the_connection():
    close = {"code": 1011, "reason": "overloaded"}
    connection = {"sequence": 0, "url": OPEN["url"], "protocols": [], "close": close}
    loaded = load({"transport": "websocket", "connection": connection, "events": EVENTS})
    assert loaded.interactions[0].request.url == OPEN["url"]
    assert any("1011" in problem.message and "overloaded" in problem.message for problem in loaded.problems)
    assert loaded.interactions[0].connections[0].close_code == 1011
    normal = load({**SOCKET, "connection": {**connection, "close": {"code": 1000}}})
    assert not any("closed" in problem.message for problem in normal.problems)


def test_a_cassette_without_interactions_is_refused_with_the_reason():
    with pytest.raises(viewer.CassetteError, match="no interactions"):
        load()


@pytest.mark.parametrize(
    "other",
    [
        cassette({"request": {"url": URL}, "response": {"status": "200 OK", "code": 200, "body": BODY}}),
        cassette({"request": {"url": URL}, "response": {"status": 200, "body": BODY}}, metadata=None),
        {"version": 1, "http_interactions": [exchange()]},
        {"interactions": [exchange()]},
    ],
)
def test_cassettes_of_similar_recorders_are_not_claimed(other):
    assert opencode_http_recorder.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(cassette(exchange(), exchange()))
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "opencode-http-recorder"
    assert loaded.streams[0].text() == "Olá"
    assert any("cut off" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("item", [exchange(), SOCKET, LISTS], ids=["http", "events", "lists"])
def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable(item):
    for _, changed in with_odd_values(item):
        loaded = load(changed, exchange())
        assert loaded.format == "opencode-http-recorder"
        assert loaded.streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(cassette(exchange(), SOCKET, LISTS))
