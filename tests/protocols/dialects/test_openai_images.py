"""OpenAI images: a small stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.types.http import Interaction, Request, Response

PNG = {"b64_json": "iVBORw0KGgo=", "size": "1024x1024", "quality": "low", "output_format": "png"}
USAGE = {"total_tokens": 110, "input_tokens": 10, "output_tokens": 100, "input_tokens_details": {"text_tokens": 10}}


def load(*payloads):
    return viewer.load("".join(f"data: {json.dumps(one)}\n\n" for one in payloads).encode(), "stream.sse").streams[0]


def partial(number, family="image_generation", **fields):
    return {"type": f"{family}.partial_image", "partial_image_index": number, **PNG, **fields}


def completed(family="image_generation", **fields):
    return {"type": f"{family}.completed", **PNG, **fields}


@pytest.mark.parametrize("family", ["image_generation", "image_edit"])
def test_images_are_described_by_index_and_size(family):
    stream = load(partial(0, family), partial(1, family), completed(family, usage=USAGE))
    assert (stream.protocol, stream.complete, stream.problems) == ("openai-images", True, [])
    assert stream.chunks[["kind", "text"]].to_numpy().tolist() == [
        ["other", "partial image 0, png, 1024x1024, low, 8 bytes"],
        ["other", "partial image 1, png, 1024x1024, low, 8 bytes"],
        ["other", "image, png, 1024x1024, low, 8 bytes"],
        ["finish", ""],
        ["usage", ""],
    ]
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (10, 100, 110)
    assert [check.passed for check in stream.usage.checks] == [True]


def test_an_error_in_the_stream_keeps_what_came_before():
    stream = load(partial(0), {"type": "error", "error": {"message": "blocked", "code": "moderation_blocked"}})
    assert (str(stream.error), stream.error.code, len(stream.chunks)) == ("blocked", "moderation_blocked", 2)


def test_text_of_an_unknown_event_is_kept_and_named_in_one_problem():
    stream = load(partial(0), {"type": "image_generation.mood", "text": "calm"}, completed())
    assert "calm" in stream.text("other")
    assert ["image_generation.mood" in problem.message for problem in stream.problems] == [True]


def test_a_stream_that_is_cut_off_is_incomplete():
    assert not load(partial(0)).complete


def test_images_that_were_not_streamed_are_an_answer():
    payload = {
        "created": 1760000000,
        "data": [{"b64_json": "iVBORw0KGgo="}, {"url": "https://example.org/a"}],
        "usage": USAGE,
    }
    answer = read_answer(Interaction(Request("POST"), Response(200, body=json.dumps(payload).encode())))
    assert (answer.protocol, answer.usage.output) == ("openai-images", 100)


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [None], {"b64_json": 5}])
def test_malformed_fields_do_not_affect_other_events(odd):
    events = [partial(odd, b64_json=odd, size=odd), completed(b64_json=odd, usage=odd, data=odd), {"type": odd}, odd]
    stream = load(partial(0), *events, completed(usage=USAGE))
    assert stream.usage.total == 110
    assert stream.chunks["event"].nunique() == len(events) + 2
