"""Cloudflare Workers AI: a small synthetic stream for each rule."""

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


PROTOCOL = "workers-ai"
SURE = "https://api.cloudflare.com/client/v4/accounts/1/ai/run/@cf/x"
COUNTS = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}


def says(text):
    return {"response": text, "p": "abc"}


def malformed(odd):
    payloads = [{"response": odd}, {"response": "", "usage": odd}, {"response": "", "tool_calls": odd}]
    payloads += [
        {"response": "", "tool_calls": [odd]},
        {"tool_calls": [{"name": odd, "arguments": odd, "function": odd}]},
    ]
    return [*payloads, {"response": "", "finish_reason": odd}, {"p": odd}, {"usage": {"prompt_tokens": odd}}]


def test_pieces_are_joined_and_the_last_event_has_the_usage():
    stream = load(says("Dry"), says(" today"), {"response": "", "usage": COUNTS})
    assert (stream.protocol, stream.text()) == (PROTOCOL, "Dry today")
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 4, 13)
    assert kinds(stream) == ["content", "content", "silent", "usage"]


def test_done_completes_the_stream():
    stream = read(f"data: {json.dumps(says('Dry'))}\n\ndata: [DONE]\n\n")
    assert (stream.text(), stream.complete, stream.problems) == ("Dry", True, [])


def test_a_token_that_looks_like_a_number_is_text():
    assert load(says("4"), says(2), says(" mm")).text() == "42 mm"


def test_calls_come_whole_in_either_form():
    own = {"response": None, "tool_calls": [{"name": "a", "arguments": {"b": 1}}]}
    openai = {"tool_calls": [{"id": "c", "type": "function", "function": {"name": "d", "arguments": "{}"}}]}
    assert calls(load(says(""), own, openai)) == [("", "a", '{"b":1}'), ("c", "d", "{}")]


def test_calls_in_pieces_are_joined_by_index_and_the_empty_piece_at_the_end_is_no_call():
    """`doStream` of workers-ai-provider 4.0.0 gives these two calls."""

    def piece(index, arguments, identity=None, name=None):
        function = {"name": name, "arguments": arguments}
        return {"response": None, "tool_calls": [{"id": identity, "index": index, "function": function}]}

    first = [piece(0, "", "a", "add"), piece(0, '{"n":'), piece(0, "1}"), piece(0, "")]
    stream = load(*first, piece(1, "{}", "b", "mul"), {"response": "", "usage": COUNTS})
    assert (stream.protocol, calls(stream)) == (PROTOCOL, [("a", "add", '{"n":1}'), ("b", "mul", "{}")])


@pytest.mark.parametrize("payload", [{"error": "Too busy"}, {"errors": [{"code": 3040, "message": "Too busy"}]}])
def test_an_error_is_read(payload):
    stream = load(says("so far"), payload)
    assert (stream.text(), stream.error.message, stream.complete) == ("so far", "Too busy", False)


def test_an_answer_that_was_not_streamed_is_read():
    whole = answer({"result": {"response": "Dry", "usage": COUNTS}, "success": True, "errors": [], "messages": []})
    assert (whole.protocol, whole.text, whole.usage.total) == (PROTOCOL, "Dry", 13)


def test_similar_streams_are_not_recognised():
    line = {"model": "m", "response": "Dry", "done": False}
    assert load(line).protocol == "ollama-generate"
    assert load({"response": "Dry"}).protocol == "generic"
    assert load({"response": "Dry", "usage": {}, "sources": []}).protocol == "generic"
    assert load({"choices": [{"delta": {"content": "a"}}], "p": "x"}, url=SURE).protocol == "openai-chat"


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
