"""NVIDIA Triton: a small synthetic stream for each rule."""

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


PROTOCOL = "triton"
SURE = URL


def says(text):
    return {"model_name": "ensemble", "model_version": "1", "text_output": text}


def malformed(odd):
    return [says(odd), {"model_name": odd, "text_output": ""}, {"model_name": odd}, odd]


def test_pieces_are_joined_and_no_end_is_missed():
    stream = load(says("Dry"), says(" today"), says(""))
    assert (stream.protocol, stream.model, stream.text()) == (PROTOCOL, "ensemble", "Dry today")
    assert (stream.complete, stream.problems, kinds(stream)) == (True, [], ["content", "content", "silent"])


def test_wholes_are_not_joined():
    assert load(says("Dry"), says("Dry today"), says("Dry today."), says("")).text() == "Dry today."
    assert load(says("1"), says("1"), says("1")).text() == "111"


def test_several_sequences_are_choices():
    by_index = load(*[{**says(text), "sequence_index": index} for index, text in enumerate(["Dry", "Wet"])])
    in_a_list = load(says(["D", "We"]), says(["ry", "t"]))
    for stream in (by_index, in_a_list):
        assert (stream.protocol, stream.text(), stream.text(choice=1)) == (PROTOCOL, "Dry", "Wet")
    wholes = load(says(["D", "W"]), says(["Dry", "Wet"]))
    assert (wholes.text(), wholes.text(choice=1)) == ("Dry", "Wet")


def test_an_error_is_read():
    stream = load(says("so far"), {"error": "Too busy"})
    assert (stream.text(), str(stream.error), stream.complete) == ("so far", "Too busy", False)


def test_an_answer_that_was_not_streamed_is_read():
    assert (answer(says("Dry")).protocol, answer(says("Dry")).text) == (PROTOCOL, "Dry")


def test_similar_streams_are_not_recognised():
    assert load({"model_name": "a", "output": "Dry"}).protocol == "generic"
    assert (
        load({"token": {"id": 1, "text": "a"}}, url="https://example.org/generate_stream").protocol == "huggingface-tgi"
    )


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
