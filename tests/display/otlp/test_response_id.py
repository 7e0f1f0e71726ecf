"""The ids of responses, in the places where each provider's reference has them."""

import json

import pytest

import viewer
from viewer.display.otlp.response_id import response_id


def id_of(*payloads):
    body = "".join(f"event: {one.get('type', 'message')}\ndata: {json.dumps(one)}\n\n" for one in payloads)
    cassette = viewer.load(body.encode())
    return response_id(cassette.interactions[0], cassette.streams[0])


def chunk(identity):
    return {"id": identity, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "a"}}]}


@pytest.mark.parametrize(
    ("payloads", "expected"),
    [
        ([chunk("chatcmpl-1")], "chatcmpl-1"),
        ([{"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "content": []}}], "msg_1"),
        ([{"type": "response.created", "response": {"id": "resp_1", "output": []}}], "resp_1"),
        ([{"candidates": [{"content": {"parts": [{"text": "a"}]}}], "responseId": "r1"}], "r1"),
    ],
)
def test_the_id_is_that_of_the_response(payloads, expected):
    assert id_of(*payloads) == expected


def test_an_id_may_follow_events_without_one():
    assert id_of({"type": "ping"}, {"type": "message_start", "message": {"id": "msg_1", "content": []}}) == "msg_1"
    # Azure's first event has an empty id.
    assert id_of(chunk(""), chunk("chatcmpl-1")) == "chatcmpl-1"


def test_the_id_of_a_request_is_not_that_of_its_response():
    assert id_of({"jsonrpc": "2.0", "id": "7", "result": {"content": [{"type": "text", "text": "a"}]}}) is None
