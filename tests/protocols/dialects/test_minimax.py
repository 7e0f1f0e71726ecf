"""MiniMax in the form of its first models: a small synthetic stream for each rule."""

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


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


PROTOCOL = "minimax"
SURE = URL


def says(text="", reason="", reply="", **fields):
    choice = {"finish_reason": reason, "messages": [{"sender_type": "BOT", "sender_name": "B", "text": text}]}
    return {"created": 1760000000, "model": "abab6.5-chat", "reply": reply, "choices": [choice], **fields}


def malformed(odd):
    names = ("created", "model", "reply", "choices", "usage", "base_resp")
    payloads = [odd, *({**says(), name: odd} for name in names), {"choices": [odd]}, {"choices": [{"messages": odd}]}]
    return [*payloads, {"choices": [{"messages": [odd, {"text": odd, "function_call": odd}], "index": odd}]}]


def test_pieces_are_joined_and_the_repeated_answer_is_not():
    end = says("Dry today.", "stop", "Dry today.", usage={"total_tokens": 13})
    stream = load(says("Dry"), says(" today"), end)
    assert (stream.protocol, stream.model, stream.text()) == (PROTOCOL, "abab6.5-chat", "Dry today.")
    assert (stream.finish_reason, stream.usage.total, stream.complete, stream.problems) == ("stop", 13, True, [])
    assert load(says("Dry"), says(".", "stop", "Dry.")).text() == "Dry."


def test_a_call_is_read():
    payload = says("", "stop")
    payload["choices"][0]["messages"][0]["function_call"] = {"name": "a", "arguments": "{}"}
    assert calls(load(payload)) == [("", "a", "{}")]


def test_an_error_is_read():
    stream = load(says("so far"), {"base_resp": {"status_code": 1004, "status_msg": "No login"}})
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "No login", "1004")
    assert not stream.complete


def test_an_answer_that_was_not_streamed_is_read():
    whole = answer(says("Dry", "stop", "Dry"))
    assert (whole.protocol, whole.text, whole.finish_reason) == (PROTOCOL, "Dry", "stop")


def test_similar_streams_are_not_recognised():
    assert load({"choices": [{"delta": {"content": "a"}}], "base_resp": {}}).protocol == "openai-chat"
    assert load({"choices": [{"messages": [{"text": "a"}]}]}).protocol == "generic"


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
