import json

import pytest

import viewer
from viewer.display.story import tell


def stream(*events, end="data: [DONE]\n\n"):
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()).streams[0]


def delta(finish=None, model="m", **fields):
    return {"model": model, "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def test_the_seed(seed_stream):
    assert tell(seed_stream) == (
        "grok-code-fast-1 thought for about 1.6 s, nine tenths of it out of sight, then wrote 27 tokens at 82 chunks/s."
    )


USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 4, "total_tokens": 5}}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([delta(content="Hello"), USAGE], "m wrote 4 tokens. The recording does not say how fast."),
        ([delta(content="Hey!")], "m wrote about 1 token. The recording does not say how fast."),
        (
            [delta(reasoning="hm"), delta(content="Hey!")],
            "m thought, then wrote about 1 token. The recording does not say how fast.",
        ),
        (
            [delta(tool_calls=[{"index": 0, "function": {"name": "add", "arguments": "{}"}}])],
            "m called add. The recording does not say how fast.",
        ),
        ([delta(refusal="No.")], "m refused. The recording does not say how fast."),
        (
            [delta(content="Hey!", finish="length")],
            "m wrote about 1 token. It was cut off by its token limit. The recording does not say how fast.",
        ),
        (
            [delta(model=None), {"error": {"message": "overloaded"}}],
            "The model sent no text. The stream holds an error: overloaded. The recording does not say how fast.",
        ),
    ],
)
def test_a_stream_is_told_with_what_the_recording_supports(events, sentence):
    assert tell(stream(*events)) == sentence


def test_reasoning_that_is_all_hidden_is_told_by_its_tokens():
    usage = {
        "prompt_tokens": 1,
        "completion_tokens": 50,
        "total_tokens": 51,
        "completion_tokens_details": {"reasoning_tokens": 46},
    }
    told = tell(stream(delta(content="Hi"), {"choices": [], "usage": usage}))
    assert told == "m thought 46 tokens out of sight, then wrote 4 tokens. The recording does not say how fast."


def test_a_stream_without_an_end_is_told_to_break_off():
    told = tell(stream(delta(content="Hey!"), end=""))
    assert told == "m wrote about 1 token. Then the stream breaks off. The recording does not say how fast."


@pytest.mark.parametrize("arguments", ["{" + "x" * 400 + "}", "{}"])
def test_tokens_of_content_beside_a_tool_call_are_told_as_an_estimate(arguments):
    call = {"index": 0, "function": {"name": "f", "arguments": arguments}}
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 11, "total_tokens": 12}}
    assert tell(stream(delta(content="Hi"), delta(tool_calls=[call]), usage)).startswith("m wrote about ")


def test_a_stream_of_an_unknown_protocol_is_told_to_be_unknown():
    told = tell(viewer.load(b'data: {"odd": 1}\n\n').streams[0])
    assert told == "The protocol of this stream is not known, so its 1 events are listed and nothing is guessed."
