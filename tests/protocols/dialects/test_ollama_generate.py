"""Ollama generate: like chat, but the line itself holds what it adds."""

import json

import pytest

import viewer

AT = "2026-07-30T14:17:34.5Z"


def load(*lines):
    return viewer.load("".join(f"{json.dumps(line)}\n" for line in lines).encode(), "stream.ndjson").streams[0]


def line(response="", *, done=False, **fields):
    return {"model": "gpt-oss:20b", "created_at": AT, "response": response, "done": done, **fields}


def test_thinking_is_reasoning_and_responses_are_content():
    stream = load(
        line(thinking="Reply"),
        line(),
        line("STREAM"),
        line("", done=True, done_reason="length", context=[1, 2], prompt_eval_count=67, eval_count=66),
    )
    assert (stream.protocol, stream.model) == ("ollama-generate", "gpt-oss:20b")
    assert (stream.text("reasoning"), stream.text()) == ("Reply", "STREAM")
    assert list(stream.chunks["kind"]) == ["reasoning", "silent", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.complete) == ("length", True)
    assert (stream.usage.input, stream.usage.output) == (67, 66)
    assert stream.usage.reported == {"prompt_eval_count": 67, "eval_count": 66}
    assert list(stream.chunks["stamp"]) == [1785421054.5] * 5


def test_chat_lines_are_not_recognised_as_generate():
    assert load({"message": {"content": "a"}, "done": False}, {"message": {}, "done": True}).protocol == "ollama-chat"


def test_an_error_is_read():
    stream = load(line("a"), line("b"), {"error": "out of memory"})
    assert (str(stream.error), stream.text()) == ("out of memory", "ab")


@pytest.mark.parametrize("odd", [7, [], {}, None, {"text": "x"}])
def test_a_response_that_is_not_text_does_not_affect_others(odd):
    stream = load(line("a"), line(odd, thinking=odd, tool_calls=odd), line("b"))
    assert stream.text() == "ab"
    assert stream.text("other") == ("xxx" if isinstance(odd, dict) and odd else "")


def test_text_in_an_unknown_field_is_a_row_of_kind_other_and_a_problem():
    stream = load(line("a"), line("", reasoning="hm"), line("b", done=True))
    assert (stream.text(), stream.text("other")) == ("ab", "hm")
    assert "'reasoning'" in stream.problems[0].message
