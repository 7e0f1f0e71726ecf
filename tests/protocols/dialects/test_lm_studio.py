"""LM Studio in its own form: a small synthetic stream for each rule."""

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


PROTOCOL = "lm-studio"
SURE = "http://localhost:1234/api/v1/chat"
STATS = {"input_tokens": 9, "total_output_tokens": 4, "reasoning_output_tokens": 1}


def event(kind, **fields):
    return {"type": kind, **fields}


def says(text):
    return event("message.delta", content=text)


def malformed(odd):
    kinds_ = (
        "chat.start",
        "tool_call.start",
        "tool_call.arguments",
        "tool_call.success",
        "chat.end",
        "error",
        "message.delta",
    )
    names = ("content", "tool", "arguments", "output", "result", "model_instance_id", "error", "reason")
    payloads = [event(kind, **{name: odd}) for kind in kinds_ for name in names] + [odd, event(odd)]
    return [
        *payloads,
        event("chat.end", result={"stats": odd, "output": odd}),
        event("chat.end", result={"output": [odd]}),
    ]


def test_reasoning_content_and_counts_are_read():
    end = event(
        "chat.end",
        result={"model_instance_id": "qwen-x", "output": [{"type": "message", "content": "Dry"}], "stats": STATS},
    )
    stream = load(
        event("chat.start", model_instance_id="qwen-x"),
        event("prompt_processing.progress", progress=0.5),
        event("reasoning.start"),
        event("reasoning.delta", content="Hm."),
        event("message.start"),
        says("Dr"),
        says("y"),
        event("message.end"),
        end,
    )
    assert (stream.protocol, stream.model) == (PROTOCOL, "qwen-x")
    assert (stream.text("reasoning"), stream.text()) == ("Hm.", "Dry")
    assert (stream.usage.input, stream.usage.output, stream.usage.reasoning) == (9, 4, 1)
    assert (stream.complete, stream.problems, kinds(stream)[0]) == (True, [], "start")


def test_the_reported_rate_gives_the_time():
    stats = {**STATS, "tokens_per_second": 2.0, "time_to_first_token_seconds": 0.5}
    stream = load(says("Dry"), event("chat.end", result={"stats": stats}))
    assert stream.timing.grade == "span"


def test_calls_follow_one_another():
    stream = load(
        event("chat.start"),
        event("tool_call.start", tool="a"),
        event("tool_call.arguments", tool="a", arguments={"b": 1}),
        event("tool_call.success", tool="a", arguments={"b": 1}, output="4 mm"),
        event("tool_call.start", tool="d"),
        event("tool_call.failure", reason="No tool"),
        event("chat.end", result={}),
    )
    assert calls(stream) == [("", "a", '{"b":1}'), ("", "d", "")]
    assert stream.text("other") == "4 mmNo tool"


def test_an_error_is_read():
    stream = load(
        event("chat.start"), says("so far"), event("error", error={"type": "x", "message": "No model", "code": "m"})
    )
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "No model", "m")
    assert not stream.complete


def test_an_answer_that_was_not_streamed_is_read():
    parts = [{"type": "reasoning", "content": "Hm."}, {"type": "message", "content": "Dry"}]
    whole = answer({"model_instance_id": "qwen-x", "output": parts, "stats": STATS})
    assert (whole.protocol, whole.text, whole.reasoning, whole.usage.output) == (PROTOCOL, "Dry", "Hm.", 4)


def test_an_unknown_event_with_a_text_is_shown_and_reported():
    stream = load(event("chat.start"), event("murmur", text="psst"), event("chat.end", result={}))
    assert "psst" in stream.text("other")
    assert "murmur" in stream.problems[0].message


def test_similar_streams_are_not_recognised():
    assert load(says("a")).protocol == "generic"
    assert load(event("message_start", message={"content": []})).protocol == "anthropic-messages"


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
