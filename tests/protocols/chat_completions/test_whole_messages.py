"""Messages in place of deltas: pieces, the whole text so far, or the whole text once more."""

import json

import pytest

import viewer
from tests.support.streams import delta


def message(content, finish=None, **fields):
    return {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content, **fields}, "finish_reason": finish}
        ]
    }


def load(*payloads):
    chunks = [{"object": "chat.completion.chunk", **payload} for payload in payloads]
    return viewer.load("".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode())


@pytest.mark.parametrize(
    ("payloads", "text"),
    [
        ([message("Hello"), delta("stop")], "Hello"),
        ([message("Hel"), message("lo"), message("!", "stop")], "Hello!"),
        ([message("Hel"), message("Hello"), message("Hello!", "stop")], "Hello!"),
        ([delta(content="Hel"), delta(content="lo"), message("Hello", "stop")], "Hello"),
        ([delta(content="Hel"), delta(content="lo"), message("Hello!", "stop")], "Hello!"),
    ],
    ids=["one", "pieces", "the text so far", "the whole once more", "the whole with the rest"],
)
def test_the_content_is_shown_once(payloads, text):
    cassette = load(*payloads)
    assert cassette.streams[0].text() == text
    assert cassette.streams[0].chunks["event"].nunique() == len(payloads)
    assert all(problem.severity == "note" for problem in cassette.problems)


@pytest.mark.parametrize(("content", "notes"), [("Hello", 0), ("Hello!", 1)])
def test_a_note_says_where_an_sdk_sees_less(content, notes):
    cassette = load(delta(content="Hello"), message(content, "stop"))
    assert [problem.severity for problem in cassette.problems] == ["note"] * notes


def test_a_whole_message_that_differs_from_its_deltas_is_shown_but_not_added():
    stream = load(delta(content=" Hello"), message("Hello", "stop")).streams[0]
    assert (stream.text(), stream.text("other")) == (" Hello", "Hello")


def test_reasoning_and_tool_calls_of_a_repeated_message_are_not_doubled():
    call = {"id": "a", "type": "function", "function": {"name": "add", "arguments": '{"x":1}'}}
    stream = load(
        delta(reasoning_content="hm"),
        delta(tool_calls=[{"index": 0, **call}]),
        message("", "tool_calls", reasoning_content="hm", tool_calls=[call]),
    ).streams[0]
    assert stream.text("reasoning") == "hm"
    assert [(one.name, one.arguments) for one in stream.tool_calls] == [("add", '{"x":1}')]


def test_perplexity_repeats_the_text_in_a_message_beside_each_delta():
    first = {"choices": [{"index": 0, "delta": {"content": "a"}, "message": {"content": "a"}}]}
    last = {"choices": [{"index": 0, "delta": {"content": "b"}, "message": {"content": "ab"}, "finish_reason": "stop"}]}
    assert load(first, last).streams[0].text() == "ab"
