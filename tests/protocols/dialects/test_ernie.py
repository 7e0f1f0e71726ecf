"""Baidu ERNIE: a small synthetic stream for each rule."""

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


PROTOCOL = "ernie"
SURE = URL


def says(text, *, is_end=False, generated=4, **fields):
    counts = {"prompt_tokens": 9, "completion_tokens": generated, "total_tokens": 9 + generated}
    marks = {"is_end": is_end, "is_truncated": False, "need_clear_history": False, "finish_reason": "normal"}
    return {"id": "as-1", "object": "chat.completion", "result": text, "usage": counts, **marks, **fields}


def malformed(odd):
    names = (
        "result",
        "is_end",
        "usage",
        "created",
        "finish_reason",
        "function_call",
        "search_info",
        "need_clear_history",
    )
    payloads = [{**says(""), name: odd} for name in names] + [odd, {"error_msg": odd}, {"error_code": odd}]
    return [*payloads, says("", function_call={"name": odd, "arguments": odd, "thoughts": odd})]


def test_pieces_are_joined_and_the_last_usage_counts():
    stream = load(says("Dry", created=1760000000), says(" today", is_end=True, generated=6, created=1760000002))
    assert (stream.protocol, stream.text(), stream.finish_reason) == (PROTOCOL, "Dry today", "normal")
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 6, 15)
    assert (stream.complete, stream.problems, kinds(stream)) == (True, [], ["content", "content", "finish", "usage"])
    assert stream.chunks["stamp"].tolist() == [1760000000, *[1760000002] * 3]


def test_a_call_and_what_was_thought_before_it_are_read():
    call = {"name": "radar", "thoughts": "Hm.", "arguments": '{"at":"sea"}'}
    stream = load(says("", is_end=True, function_call=call, finish_reason="function_call", search_info={"a": 1}))
    assert (stream.text("reasoning"), stream.finish_reason) == ("Hm.", "function_call")
    assert calls(stream) == [("", "radar", '{"at":"sea"}')]
    assert stream.text("citation") == '{"a":1}'


def test_an_error_is_read():
    stream = load(says("so far"), {"error_code": 336003, "error_msg": "No message"})
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "No message", "336003")
    assert not stream.complete


def test_an_answer_that_was_not_streamed_is_read():
    whole = says("Dry")
    del whole["is_end"]
    assert (answer(whole).protocol, answer(whole).text, answer(whole).finish_reason) == (PROTOCOL, "Dry", "normal")


def test_similar_streams_are_not_recognised():
    assert load({"result": "Dry", "usage": {}}).protocol == "generic"
    assert load({"object": "chat.completion.chunk", "choices": [{"delta": {"content": "a"}}]}).protocol == "openai-chat"


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


def test_an_error_in_place_of_a_stream_is_read():
    stream = load({"error_code": 336003, "error_msg": "Too busy", "id": "as-1"})
    assert (stream.protocol, str(stream.error), stream.error.code) == (PROTOCOL, "Too busy", "336003")
