"""KoboldCpp: a small synthetic stream for each rule."""

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


PROTOCOL = "koboldcpp"
SURE = "http://localhost:5001/api/extra/generate/stream"


def says(text, **fields):
    return {"token": text, **fields}


def malformed(odd):
    return [{"token": odd}, {"token": "", "finish_reason": odd}, {"finish_reason": odd}, {"token": "", "logprobs": odd}]


def test_tokens_are_joined():
    stream = load(says("Dry", finish_reason=None), says(" today", finish_reason=None), says("", finish_reason="stop"))
    assert (stream.protocol, stream.text(), stream.finish_reason) == (PROTOCOL, "Dry today", "stop")
    assert (stream.complete, stream.problems, kinds(stream)) == (True, [], ["content", "content", "silent", "finish"])


def test_only_the_first_versions_end_without_a_reason():
    old = load(says("Dry"), url=SURE)
    assert (old.protocol, old.text(), old.complete) == (PROTOCOL, "Dry", True)
    assert not load(says("Dry", finish_reason=None)).complete


def test_an_error_is_read():
    stream = load(says("so far", finish_reason=None), {"error": "Too busy"}, url=SURE)
    assert stream.protocol == PROTOCOL
    assert (stream.text(), str(stream.error), stream.complete) == ("so far", "Too busy", False)


def test_an_answer_that_was_not_streamed_is_read():
    whole = answer({"results": [{"text": "Dry", "finish_reason": "length"}]})
    assert (whole.protocol, whole.text, whole.finish_reason) == (PROTOCOL, "Dry", "length")


def test_similar_streams_are_not_recognised():
    assert load({"token": {"id": 1, "text": "Dry"}}).protocol == "huggingface-tgi"
    assert load({"token": "Dry"}).protocol == "generic"
    assert load({"token": "Dry", "finish_reason": None, "user": "x"}).protocol == "generic"


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
