"""iFlytek Spark: a small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
URL = "https://example.org/"


def load(*payloads, url=URL):
    return read("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).replace('"@deep@"', DEEP), url)


def interaction(body, content_type="text/event-stream", url=URL):
    response = Response(200, headers=Headers([("Content-Type", content_type)]), body=body.encode())
    return Interaction(Request("POST", url), response)


def read(body, url=URL):
    return read_stream(interaction(body, url=url), 0)


def answer(payload):
    return read_answer(interaction(json.dumps(payload), "application/json"))


def kinds(stream):
    return list(stream.chunks["kind"])


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


PROTOCOL = "spark"
SURE = URL
COUNTS = {"question_tokens": 4, "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}


def says(content="", status=1, usage=None, **text):
    payload = {
        "choices": {"status": status, "seq": 0, "text": [{"content": content, "role": "assistant", "index": 0, **text}]}
    }
    payload |= {"usage": {"text": usage}} if usage else {}
    return {"header": {"code": 0, "message": "Success", "sid": "s", "status": status}, "payload": payload}


def malformed(odd):
    payloads = [odd, {"header": odd}, {**says(), "payload": odd}, {"header": {"sid": odd, "status": odd}}]
    payloads += [{**says(), "payload": {"choices": odd}}, {**says(), "payload": {"choices": {"text": odd}}}]
    return [*payloads, says(odd), says(function_call=odd), says(usage=odd), says(reasoning_content=odd)]


def test_pieces_reasoning_and_usage_are_read():
    stream = load(says(status=0, reasoning_content="Hm."), says("Dry"), says(" today", 2, COUNTS))
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == (PROTOCOL, "Hm.", "Dry today")
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 4, 13)
    assert (stream.complete, stream.problems, kinds(stream)[-2:]) == (True, [], ["finish", "usage"])


def test_a_call_is_read():
    assert calls(load(says(status=2, function_call={"name": "a", "arguments": "{}"}))) == [("", "a", "{}")]


def test_an_error_is_read():
    stream = load(says("so far"), {"header": {"code": 10013, "message": "Refused", "sid": "s", "status": 2}})
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "Refused", "10013")
    assert not stream.complete


def test_similar_streams_are_not_recognised():
    assert load({"header": {"code": 0}, "payload": {}}).protocol == "generic"
    assert load({"code": 0, "sid": "s", "choices": [{"delta": {"content": "a"}}]}).protocol == "openai-chat"


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"data: {json.dumps(says(text))}\n\n" for text in ("a", "b"))
    stream = read(body[:-6], SURE)
    assert stream.text() == "a"
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    payloads = malformed(odd)
    stream = load(says("still"), *payloads, says(" here"), url=SURE)
    assert stream.protocol == PROTOCOL
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
