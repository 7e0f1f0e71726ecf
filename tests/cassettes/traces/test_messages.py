"""Answers in the shapes of the providers and frameworks, as one role with parts."""

import pytest

from viewer.cassettes.traces.messages import output_messages

CALL = {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"x": 1}}
TEXT = {"type": "text", "content": "Hello"}
THOUGHT = {"type": "reasoning", "content": "hm"}


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("Hello", [TEXT]),
        ({"role": "assistant", "content": "Hello"}, [TEXT]),
        ({"role": "assistant", "parts": [TEXT, CALL]}, [TEXT, CALL]),
        ({"reasoning_content": "hm", "content": "Hello"}, [THOUGHT, TEXT]),
        ({"content": None, "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": {"x": 1}}}]}, [CALL]),
        (
            {
                "content": [
                    {"type": "text", "text": "Hello"},
                    {"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}},
                ]
            },
            [TEXT, CALL],
        ),
        ({"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hello"}]}, [THOUGHT, TEXT]),
        (
            {
                "role": "model",
                "parts": [
                    {"text": "hm", "thought": True},
                    {"functionCall": {"id": "c1", "name": "f", "args": {"x": 1}}},
                ],
            },
            [THOUGHT, CALL],
        ),
        ({"content": [{"type": "tool-call", "toolCallId": "c1", "toolName": "f", "input": {"x": 1}}]}, [CALL]),
        (
            {"lc": 1, "kwargs": {"content": "Hello", "tool_calls": [{"name": "f", "args": {"x": 1}, "id": "c1"}]}},
            [TEXT, CALL],
        ),
        (
            {
                "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}}],
                "tool_calls": [{"name": "f", "args": {}, "id": "c1"}],
            },
            [CALL],
        ),
        (
            {
                "content": [{"type": "tool_use", "id": ["c1"], "name": "f", "input": {"x": 1}}],
                "tool_calls": [{"name": "f", "args": {}, "id": ["c1"]}],
            },
            [{**CALL, "id": ["c1"]}],
        ),
        ({"content": "", "refusal": "No."}, [{"type": "refusal", "content": "No."}]),
        ({"type": "image", "url": "x", "content": "y"}, [{"type": "text", "content": "y"}]),
        ({"answer": 42}, [{"type": "json", "content": {"answer": 42}}]),
        (42, [{"type": "json", "content": 42}]),
    ],
)
def test_an_answer_in_any_shape_has_the_same_parts(value, parts):
    (message,) = output_messages(value)
    assert (message["role"], message["parts"]) == ("assistant", parts)


def test_a_list_of_messages_is_as_many_answers_and_nothing_is_none():
    assert [one["finish_reason"] for one in output_messages([{"content": "a", "finish_reason": "stop"}] * 2)] == [
        "stop"
    ] * 2
    assert [output_messages(value) for value in (None, "", [], {})] == [[]] * 4
