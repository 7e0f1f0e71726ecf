import json

import pytest

import viewer
from viewer.display.story import stream_story


def stream(*events, end="data: [DONE]\n\n"):
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()).streams[0]


def delta(finish=None, model="m", **fields):
    return {"model": model, "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def test_the_story_of_the_seed(seed_stream):
    assert stream_story(seed_stream) == ("Thought for about 1.6 s, 90 % hidden, then wrote 27 tokens at 82 chunks/s.")


USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 4, "total_tokens": 5}}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([delta(content="Hello"), USAGE], "Wrote 4 tokens."),
        ([delta(content="Hey!")], "Wrote about 1 token."),
        (
            [delta(reasoning="hm"), delta(content="Hey!")],
            "Thought, then wrote about 1 token.",
        ),
        (
            [delta(tool_calls=[{"index": 0, "function": {"name": "add", "arguments": "{}"}}])],
            "Called add.",
        ),
        ([delta(refusal="No.")], "Refused."),
        (
            [delta(content="Hey!", finish="length")],
            "Wrote about 1 token. It was cut off by its token limit.",
        ),
        (
            [delta(model=None), {"error": {"message": "overloaded"}}],
            "Sent no text. Then an error ended the stream.",
        ),
    ],
)
def test_a_story_states_only_what_the_recording_supports(events, sentence):
    assert stream_story(stream(*events)) == sentence


def test_reasoning_that_is_entirely_hidden_is_given_in_tokens():
    usage = {
        "prompt_tokens": 1,
        "completion_tokens": 50,
        "total_tokens": 51,
        "completion_tokens_details": {"reasoning_tokens": 46},
    }
    story = stream_story(stream(delta(content="Hi"), {"choices": [], "usage": usage}))
    assert story == "Thought, 46 tokens hidden, then wrote 4 tokens."


def test_the_story_of_a_stream_without_an_end_says_that_it_breaks_off():
    story = stream_story(stream(delta(content="Hey!"), end=""))
    assert story == "Wrote about 1 token. Then the stream breaks off."


@pytest.mark.parametrize("arguments", ["{" + "x" * 400 + "}", "{}"])
def test_content_tokens_next_to_a_tool_call_are_an_estimate(arguments):
    call = {"index": 0, "function": {"name": "f", "arguments": arguments}}
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 11, "total_tokens": 12}}
    assert stream_story(stream(delta(content="Hi"), delta(tool_calls=[call]), usage)).startswith("Wrote about ")


def test_output_is_told_in_the_order_in_which_it_began():
    call = {"index": 0, "function": {"name": "f", "arguments": "{}"}}
    events = delta(reasoning="hm"), delta(tool_calls=[call]), delta(content="Hey!")
    assert stream_story(stream(*events)) == "Thought, then called f and wrote about 1 token."


def test_tokens_are_those_of_the_calls_only_if_nothing_else_was_written():
    calls = [{"index": index, "function": {"name": "weather", "arguments": "{}"}} for index in (0, 1)]
    usage = {"choices": [], "usage": {"prompt_tokens": 84, "completion_tokens": 46, "total_tokens": 130}}
    assert stream_story(stream(delta(tool_calls=calls), usage)) == "Called weather twice, 46 tokens."
    assert "46" not in stream_story(stream(delta(content="Hey!"), delta(tool_calls=calls), usage))


def test_several_answers_to_one_request_are_counted():
    events = [{"choices": [{"index": index, "delta": {"content": "Hey!"}}]} for index in (0, 1)]
    assert stream_story(stream(*events)) == "Wrote about 2 tokens in 2 answers."


def test_the_story_of_an_unknown_protocol_says_so():
    story = stream_story(viewer.load(b'data: {"odd": 1}\n\n').streams[0])
    assert story == "The protocol of this stream is unknown: 1 event, shown as raw events."
