"""Cohere chat, version 2: a small stream for each rule."""

import json

import pytest

import viewer


def load(*payloads):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    return viewer.load("".join(f"data: {text}\n\n" for text in texts).encode(), "stream.sse").streams[0]


def event(kind, index=0, **message):
    return {"type": kind, "index": index, "delta": {"message": message}}


def text(delta, index=0):
    return event("content-delta", index, content={"text": delta})


def end(reason="COMPLETE", usage=None, **fields):
    return {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage, **fields}}


def call(kind, index, arguments, **fields):
    name = fields.pop("name", None)
    return event(kind, index, tool_calls={**fields, "function": {"name": name, "arguments": arguments}})


START = {"id": "x", "type": "message-start", "delta": {"message": {"role": "assistant", "content": []}}}
USAGE = {
    "billed_units": {"input_tokens": 65, "output_tokens": 63},
    "tokens": {"input_tokens": 508, "output_tokens": 86, "reasoning_tokens": 28},
    "cached_tokens": 144,
}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_thinking_is_reasoning_and_text_is_content():
    stream = load(
        START,
        event("content-start", content={"type": "thinking", "thinking": ""}),
        event("content-delta", content={"thinking": "The user"}),
        event("content-delta", content={"thinking": " asks."}),
        event("content-end"),
        event("content-start", 1, content={"type": "text", "text": ""}),
        text("Four", 1),
        text(".", 1),
        event("content-end", 1),
        end(usage=USAGE),
        "[DONE]",
    )
    assert stream.protocol == "cohere-v2"
    assert (stream.text("reasoning"), stream.text()) == ("The user asks.", "Four.")
    assert kinds(stream) == [
        "start", "other", "reasoning", "reasoning", "other", "other", "content", "content", "other", "finish", "usage", "other"
    ]  # fmt: skip
    assert (stream.finish_reason, stream.complete, stream.problems) == ("COMPLETE", True, [])


def test_content_at_the_start_of_a_block_is_read():
    assert load(event("content-start", content={"type": "text", "text": "a"}), text("b"), end()).text() == "ab"


def test_an_empty_delta_is_silent():
    assert kinds(load(START, text(""), text("a"), end())) == ["start", "silent", "content", "finish"]


def test_tool_calls_are_assembled_by_index():
    stream = load(
        START,
        call("tool-call-start", 0, "", id="add_1", name="add"),
        call("tool-call-delta", 0, '{"a"'),
        call("tool-call-start", 1, "", id="now_2", name="now"),
        call("tool-call-delta", 0, ":1}"),
        event("tool-call-end"),
        end("TOOL_CALL"),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("add_1", "add", '{"a":1}', 0),
        viewer.ToolCall("now_2", "now", "", 0),
    ]
    assert list(stream.chunks["tool"].dropna()) == [0, 0, 1, 0]


def test_the_plan_before_tool_calls_is_neither_content_nor_reasoning():
    stream = load(
        START, event("tool-plan-delta", tool_plan="I will"), event("tool-plan-delta", tool_plan=" ask."), end()
    )
    assert stream.text("other") == "I will ask."
    assert (stream.text(), stream.text("reasoning")) == ("", "")


def test_a_citation_is_a_kind_of_its_own():
    citation = {"start": 0, "end": 4, "text": "Four", "sources": []}
    stream = load(text("Four"), event("citation-start", citations=citation), event("citation-end"), end())
    assert json.loads(stream.text("citation")) == citation
    assert kinds(stream) == ["content", "citation", "other", "finish"]


def test_usage_is_the_models_tokens_and_billed_units_are_checked_against_it():
    usage = load(text("a"), end(usage=USAGE)).usage
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.total) == (508, 86, 28, 144, None)
    assert usage.reported == USAGE
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("billed input ≤ input", True),
        ("cached ≤ input", True),
        ("reasoning ≤ output", True),
    ]


def test_billed_units_are_the_usage_if_nothing_else_is_reported():
    usage = load(text("a"), end(usage={"billed_units": {"input_tokens": 5.0, "output_tokens": 2.0}})).usage
    assert (usage.input, usage.output) == (5, 2)


@pytest.mark.parametrize(
    ("last", "message"),
    [
        (end("ERROR", error="gpu on fire"), "gpu on fire"),
        (end("ERROR"), "ERROR"),
        ({"type": "error", "message": "too many"}, "too many"),
        ({"error": {"message": "wrapped"}}, "wrapped"),
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(last, message):
    stream = load(START, text("so far"), last)
    assert (str(stream.error), stream.text()) == (message, "so far")
    assert "error" in kinds(stream)
    assert not stream.complete


def test_a_malformed_event_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        {"type": "content-delta", "delta": 3},
        {"type": "content-delta", "delta": {"message": {"content": [{"text": "x"}]}}},
        {"type": "tool-call-delta", "index": [], "delta": {"message": {"tool_calls": [1]}}},
        {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": {}}}},
        {"type": "message-end", "delta": {"usage": {"tokens": 5, "billed_units": [], "cached_tokens": "x"}}},
        {"type": "never-heard-of"},
    ]
    stream = load(START, *odd, text("still here"))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == len(odd) + 2
    assert (stream.usage.input, stream.usage.cache_read) == (None, None)


@pytest.mark.parametrize("payload", [event("mood", text="calm"), event("content-delta", content={"mood": "calm"})])
def test_text_of_what_is_not_known_is_kept_and_named_in_one_problem(payload):
    stream = load(text("Hi"), payload, payload, end())
    assert (stream.text(), stream.text("other")) == ("Hi", "calmcalm")
    assert ["'mood'" in problem.message for problem in stream.problems] == [True]
