import json

import pytest

import viewer
from tests.support.telling import web_search
from viewer.display.recorded_event import (
    event_at,
    first_event_of_interest,
    framing_lines,
    hex_dump,
    neighbours,
    raw_text,
    recorded_event,
)
from viewer.wire.framing import split_events


def event_of(text):
    return json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]})


BODY = (
    ": hello\n\n"
    f"event: delta\nid: 7\nretry: 100\ndata: {event_of('a')}\n\n"
    'data: {"choices": [],\ndata: "object": "x"}\n\n'
    f"data: {event_of('b')}\n\n"
    "data: [DONE]\n\n"
).encode()


@pytest.fixture
def stream():
    [stream] = viewer.load(BODY, "a.sse").streams
    return stream


def opened(stream, number, body=BODY):
    return recorded_event(split_events("text/event-stream", body), body, stream, number)


def test_an_event_has_its_bytes_its_payload_and_the_lines_around_it(stream):
    event = opened(stream, 1)
    assert event.raw == BODY[event.offset : event.offset + len(event.raw)]
    assert event.payload == event_of("a")
    assert event.framing == ("event: delta", "id: 7", "retry: 100")


def test_a_payload_of_several_lines_is_joined(stream):
    assert json.loads(opened(stream, 2).payload) == {"choices": [], "object": "x"}
    assert opened(stream, 2).framing == ()


def test_a_comment_is_an_event_without_payload(stream):
    assert opened(stream, 0).framing == (": hello",)


def test_the_events_tile_the_body(stream):
    assert b"".join(opened(stream, number).raw for number in range(5)) == BODY
    assert opened(stream, 5) is None


def test_a_byte_of_the_body_belongs_to_one_event(stream):
    assert event_at(stream, 0) == 0
    assert event_at(stream, BODY.index(b"id: 7")) == 1
    assert event_at(stream, len(BODY)) == 4


def test_the_first_event_of_interest_adds_something(stream):
    assert first_event_of_interest(stream) == 1 or stream.columns.event[0] == 0
    assert neighbours(stream, 0) == (None, 1)
    assert neighbours(stream, 4) == (3, None)


def test_an_event_that_only_opens_a_block_adds_nothing():
    (stream,) = viewer.load(web_search()).streams
    assert first_event_of_interest(stream) == 2


def test_an_event_of_json_lines_has_no_framing():
    body = b"".join(
        json.dumps({"model": "m", "message": {"content": text}, "done": False}).encode() + b"\n" for text in "ab"
    )
    [stream] = viewer.load(body, "a.ndjson").streams
    event = opened(stream, 1, body)
    assert event.framing == ()
    assert json.loads(event.payload)["message"]["content"] == "b"


def test_only_lines_of_data_are_not_framing():
    assert framing_lines(b"data: 1\r\nid: x\r\n: note\r\ndata\r\n\r\n") == ("id: x", ": note")


def test_bytes_that_are_not_utf_8_are_dumped():
    assert raw_text("é".encode()) == "é"
    assert raw_text(b"\xff\x00ab") == f"000000  {'ff 00 61 62':<48} ··ab"
    assert len(hex_dump(bytes(100)).splitlines()) == 7
