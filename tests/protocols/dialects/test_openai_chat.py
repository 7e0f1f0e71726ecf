"""OpenAI chat completions: a small stream for each rule. test_corpus compares recordings with the official SDK."""

import json

import pytest

import viewer


def load(*payloads):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    return viewer.load("".join(f"data: {text}\n\n" for text in texts).encode(), "stream.sse").streams[0]


def delta(index=0, finish=None, **fields):
    return {"object": "chat.completion.chunk", "choices": [{"index": index, "delta": fields, "finish_reason": finish}]}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_the_model_of_watsonx_is_read_from_its_own_field():
    """https://cloud.ibm.com/apidocs/watsonx-ai#text-chat-stream"""
    assert load({"model_id": "ibm/granite", **delta(content="a")}).model == "ibm/granite"
    assert load({"model_id": "ibm/granite", "model": "granite", **delta(content="a")}).model == "granite"


def test_content_is_the_concatenated_deltas():
    stream = load(
        delta(role="assistant", content=""),
        delta(content="Olá"),
        delta(content=" mundo"),
        delta(finish="stop"),
        "[DONE]",
    )
    assert stream.text() == "Olá mundo"
    assert kinds(stream) == ["start", "content", "content", "finish", "other"]
    assert stream.finish_reason == "stop"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_read_from_either_field(name):
    stream = load(delta(**{name: "think"}), delta(content="say"))
    assert stream.text("reasoning") == "think"


@pytest.mark.parametrize(
    "detail", [{"type": "reasoning.text", "text": "why"}, {"type": "reasoning.summary", "summary": "why"}]
)
def test_reasoning_details_are_read_if_no_other_field_has_reasoning(detail):
    assert load(delta(reasoning_details=[detail])).text("reasoning") == "why"


def test_reasoning_sent_in_three_fields_is_shown_once():
    same = {"reasoning_content": "a", "reasoning": "a", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]}
    stream = load(delta(**same), delta(**same), delta(reasoning_details=same["reasoning_details"]))
    assert stream.text("reasoning") == "aa"


def test_encrypted_reasoning_is_silent():
    stream = load(delta(reasoning_details=[{"type": "reasoning.encrypted", "data": "c2VjcmV0"}]), delta(content="x"))
    assert kinds(stream) == ["silent", "content"]


def test_thinking_parts_of_a_list_are_reasoning_and_text_parts_are_content():
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    stream = load(delta(content=[thinking]), delta(content=[{"type": "text", "text": "yes"}]))
    assert (stream.text("reasoning"), stream.text()) == ("hm", "yes")


def call(index, name=None, arguments=None, call_id=None):
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


def test_tool_calls_are_assembled_by_index():
    stream = load(
        delta(tool_calls=[call(0, "add", "", "c0")]),
        delta(tool_calls=[call(1, "mul", "{", "c1")]),
        delta(tool_calls=[call(0, None, '{"a"')]),
        delta(tool_calls=[call(1, None, "}"), call(0, None, ":1}")]),
        delta(finish="tool_calls"),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("c0", "add", '{"a":1}', 0),
        viewer.ToolCall("c1", "mul", "{}", 0),
    ]
    assert list(stream.chunks["tool"].dropna()) == [0, 1, 0, 1, 0]
    assert stream.finish_reason == "tool_calls"


def test_a_legacy_function_call_is_a_tool_call():
    stream = load(delta(function_call={"name": "f", "arguments": "{"}), delta(function_call={"arguments": "}"}))
    assert stream.tool_calls == [viewer.ToolCall("", "f", "{}", 0)]


def test_choices_are_separate():
    stream = load(
        delta(0, content="a"), delta(1, content="b"), delta(0, content="c"), delta(1, "length"), delta(0, "stop")
    )
    assert (stream.text(), stream.text(choice=1)) == ("ac", "b")
    assert stream.finish_reason == "stop"


def test_a_refusal_is_a_kind_of_its_own():
    stream = load(delta(refusal="I can"), delta(refusal="not"))
    assert stream.text("refusal") == "I cannot"
    assert stream.text() == ""


def test_the_last_usage_counts_and_never_the_sum():
    def usage(completion):
        return {"prompt_tokens": 10, "completion_tokens": completion, "total_tokens": 10 + completion}

    stream = load({**delta(content="a"), "usage": usage(1)}, {**delta(content="b"), "usage": usage(2)})
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (10, 2, 12)
    assert stream.usage.reported == usage(2)


def test_usage_in_a_chunk_with_empty_choices_is_read():
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    stream = load(delta(content="a"), {"choices": [], "usage": usage}, "[DONE]")
    assert kinds(stream) == ["content", "usage", "other"]
    assert stream.usage.total == 3


def test_usage_inside_x_groq_is_read():
    stream = load(
        {**delta(finish="stop"), "x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}}
    )
    assert stream.usage.output == 2


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"error": {"message": "overloaded", "type": "server_error", "code": 503}}, "overloaded"),
        ({"error": "plain text"}, "plain text"),
        ({**delta(finish="error"), "error": {"message": "beside choices"}}, "beside choices"),
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(payload, message):
    stream = load(delta(content="so far"), payload)
    assert str(stream.error) == message
    assert stream.text() == "so far"
    assert "error" in kinds(stream)


def test_an_event_named_error_is_an_error():
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\nevent: error\ndata: {"message":"broken"}\n\n'
    stream = viewer.load(body).streams[0]
    assert str(stream.error) == "broken"


def test_comments_are_keep_alive_rows():
    body = b': OPENROUTER PROCESSING\n\ndata: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    stream = viewer.load(body).streams[0]
    assert kinds(stream) == ["keep_alive", "content"]
    assert list(stream.chunks["event"]) == [0, 1]


def test_one_event_can_add_several_things():
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    stream = load({**delta(content="a", finish="stop"), "usage": usage})
    assert kinds(stream) == ["content", "finish", "usage"]
    assert list(stream.chunks["event"]) == [0, 0, 0]


def test_a_malformed_chunk_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        {"choices": 3},
        {"choices": [4, {"delta": 5}, {"delta": {"content": 6, "tool_calls": [7, {"function": 8}]}}]},
    ]
    stream = load(*odd, delta(content="still here"))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == len(odd) + 1


def test_an_event_that_is_not_json_is_a_row_and_a_problem():
    cassette = viewer.load(
        b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {"choi\n\ndata: [DONE]\n\n'
    )
    [problem] = cassette.problems
    assert "Event 1 is not JSON" in problem.message
    assert (problem.interaction, problem.offset) == (0, 57)
    assert kinds(cassette.streams[0]) == ["content", "other", "other"]


def test_json_that_only_the_sdk_accepts_is_read():
    halves = (
        r'{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}',
        r'{"choices":[{"index":0,"delta":{"content":"\ude00"}}]}',
    )
    assert load(*halves).text() == "\ud83d\ude00"
    assert load('{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":NaN}]}').text() == "a"


def test_invalid_utf_8_is_replaced_and_reported():
    cassette = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"a\xffb"}}]}\n\n')
    assert cassette.streams[0].text() == "a�b"
    assert "not valid UTF-8" in cassette.problems[0].message


@pytest.mark.parametrize(
    ("reported", "output", "names"),
    [
        # xAI does not include reasoning in the completion. All others do.
        ((213, 27, 373, 133), 160, ["total = prompt + completion + reasoning"]),
        ((10, 50, 60, 40), 50, ["total = prompt + completion", "reasoning ≤ completion"]),
        ((10, 50, 60, 0), 50, ["total = prompt + completion"]),
    ],
)
def test_output_includes_reasoning_whether_the_provider_does_or_not(reported, output, names):
    prompt, completion, total, reasoning = reported
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": total,
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    stream = load(delta(content="x"), {"choices": [], "usage": usage})
    assert stream.usage.output == output
    assert [check.name for check in stream.usage.checks] == names
    assert all(check.passed for check in stream.usage.checks)


def test_a_failed_check_shows_its_numbers():
    stream = load(
        {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 5}}, delta(content="x")
    )
    [check] = stream.usage.checks
    assert not check.passed
    assert check.figures == "5 ≠ 1 + 2"
