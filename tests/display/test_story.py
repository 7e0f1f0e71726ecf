import json

import pytest

import viewer
from viewer.display.story import stream_story


def stream(*events, end="data: [DONE]\n\n"):
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()).streams[0]


def delta(finish=None, model="m", **fields):
    return {"model": model, "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def test_the_story_of_the_seed(seed_stream):
    assert stream_story(seed_stream) == (
        "grok-code-fast-1 thought for about 1.6 s, 90 % hidden, then wrote 27 tokens at 82 chunks/s."
    )


USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 4, "total_tokens": 5}}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([delta(content="Hello"), USAGE], "m wrote 4 tokens. Its speed is not recorded."),
        ([delta(content="Hey!")], "m wrote about 1 token. Its speed is not recorded."),
        (
            [delta(reasoning="hm"), delta(content="Hey!")],
            "m thought, then wrote about 1 token. Its speed is not recorded.",
        ),
        (
            [delta(tool_calls=[{"index": 0, "function": {"name": "add", "arguments": "{}"}}])],
            "m called add. Its speed is not recorded.",
        ),
        ([delta(refusal="No.")], "m refused. Its speed is not recorded."),
        (
            [delta(content="Hey!", finish="length")],
            "m wrote about 1 token. It was cut off by its token limit. Its speed is not recorded.",
        ),
        (
            [delta(model=None), {"error": {"message": "overloaded"}}],
            "The model sent no text. The stream contains an error: overloaded. Its speed is not recorded.",
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
    assert story == "m thought, 46 tokens hidden, then wrote 4 tokens. Its speed is not recorded."


def test_the_story_of_a_stream_without_an_end_says_that_it_breaks_off():
    story = stream_story(stream(delta(content="Hey!"), end=""))
    assert story == "m wrote about 1 token. Then the stream breaks off. Its speed is not recorded."


@pytest.mark.parametrize("arguments", ["{" + "x" * 400 + "}", "{}"])
def test_content_tokens_next_to_a_tool_call_are_an_estimate(arguments):
    call = {"index": 0, "function": {"name": "f", "arguments": arguments}}
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 11, "total_tokens": 12}}
    assert stream_story(stream(delta(content="Hi"), delta(tool_calls=[call]), usage)).startswith("m wrote about ")


def test_the_story_of_an_unknown_protocol_says_so():
    story = stream_story(viewer.load(b'data: {"odd": 1}\n\n').streams[0])
    assert story == "The protocol of this stream is unknown: 1 event, shown as raw events."
