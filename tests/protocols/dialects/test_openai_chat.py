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


def cassette_of(*payloads):
    return viewer.load("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode(), "stream.sse")


@pytest.mark.parametrize("name", ["thinking", "cot_summary", "reasoning_text", "final_content", "Inhalt"])
def test_text_in_a_field_that_openai_does_not_have_is_a_row_of_kind_other_and_one_problem(name):
    cassette = cassette_of(
        delta(role="assistant", **{name: "let me"}), delta(**{name: " see"}), delta(content="Hi"), delta(finish="stop")
    )
    [stream] = cassette.streams
    assert (stream.text(), stream.text("reasoning"), stream.text("other")) == ("Hi", "", "let me see")
    [problem] = cassette.problems
    assert (problem.severity, problem.offset) == ("warning", 0)
    assert repr(name) in problem.message


def test_each_unknown_field_is_named_once():
    cassette = cassette_of(delta(a="1", b=["2"]), delta(a="4"), delta(content="x", c={"d": "3"}), delta(finish="stop"))
    assert [problem.message[-4:] for problem in cassette.problems] == ["'a'.", "'b'.", "'c'."]
    assert cassette.streams[0].text("other") == "1243"


@pytest.mark.parametrize("value", [0, 1, 1.5, True, None, "", [], {}, [1], {"a": None}], ids=repr)
def test_an_unknown_field_without_text_is_no_problem(value):
    cassette = cassette_of(delta(odd=value), delta(content="x", odd=value), delta(finish="stop"))
    assert kinds(cassette.streams[0]) == ["silent", "content", "finish"]
    assert cassette.problems == []


@pytest.mark.parametrize(
    "field", [{"role": "assistant"}, {"name": "M"}, {"channel": "analysis"}, {"extra_content": {"g": {"s": "c2ln"}}}]
)
def test_what_is_known_not_to_be_text_is_silent(field):
    cassette = cassette_of(delta(content="x", **field), delta(**field), delta(finish="stop"))
    assert (kinds(cassette.streams[0]), cassette.problems) == (["content", "silent", "finish"], [])


@pytest.mark.parametrize(
    "field",
    [
        {"content": {"text": "x"}},
        {"content": [{"type": "widget", "html": "x"}]},
        {"refusal": ["", {"why": "x"}]},
        {"reasoning": {"summary": "x"}},
        {"tool_calls": {"arguments": "x"}},
        {"function_call": "x"},
        {"audio": "x"},
    ],
    ids=repr,
)
def test_a_known_field_of_another_type_keeps_its_text(field):
    cassette = cassette_of(delta(**field), delta(finish="stop"))
    assert cassette.streams[0].text("other") == "x"
    assert next(iter(field)) in cassette.problems[0].message


def test_a_delta_that_is_a_text_keeps_it():
    cassette = cassette_of({"choices": [{"index": 0, "delta": "x"}]})
    assert cassette.streams[0].text("other") == "x"


@pytest.mark.parametrize("fields", [{}, {"delta": {}}, {"delta": None}, {"delta": {"role": "assistant"}}], ids=repr)
def test_text_beside_an_empty_delta_does_not_vanish(fields):
    cassette = cassette_of({"choices": [{"index": 0, "said": "y", **fields}]}, delta(content="x"), delta(finish="stop"))
    assert (cassette.streams[0].text(), cassette.streams[0].text("other")) == ("x", "y")
    assert "choice field, 'said'" in cassette.problems[0].message


def test_reasoning_that_moves_to_another_field_does_not_vanish():
    stream = load(delta(reasoning_content="a"), delta(reasoning="b"), delta(reasoning_content="c", reasoning="c"))
    assert (stream.text("reasoning"), stream.text("other")) == ("ac", "b")


def test_the_thinking_blocks_of_litellm_are_read_if_no_other_field_has_reasoning():
    """https://docs.litellm.ai/docs/reasoning_content"""
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}]
    assert load(delta(thinking_blocks=blocks)).text("reasoning") == "hm"
    assert load(delta(thinking_blocks=blocks, reasoning_content="hm")).text("reasoning") == "hm"


def test_texts_of_a_content_list_are_joined():
    assert load(delta(content=["a", {"type": "text", "text": "b"}])).text() == "ab"


@pytest.mark.parametrize(
    ("image", "line"),
    [
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
            "image/png, 8 bytes",
        ),
        ({"image_url": "https://example.com/a.png"}, "image, https://example.com/a.png"),
        ({"url": "https://example.com/a.png"}, "image, https://example.com/a.png"),
    ],
)
def test_an_image_is_a_row_that_says_what_came(image, line):
    cassette = cassette_of(delta(content="here", images=[image]), delta(finish="stop"))
    assert kinds(cassette.streams[0]) == ["content", "other", "finish"]
    assert cassette.streams[0].text("other") == line
    assert cassette.problems == []


@pytest.mark.parametrize("images", [3, "x", [3], [{}], {"url": 4}, [{"image_url": {"url": None}}]], ids=repr)
def test_images_of_a_wrong_type_break_nothing(images):
    assert load(delta(content="a", images=images), delta(content="b")).text() == "ab"


def whole(content, finish="stop", **fields):
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"object": "chat.completion", "model": "m", "choices": [choice], **fields}


def test_a_whole_completion_as_one_event_is_read():
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    cassette = viewer.load(f"data: {json.dumps(whole('Whole answer', usage=usage))}\n\ndata: [DONE]\n\n".encode())
    [stream] = cassette.streams
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("openai-chat", "Whole answer", "stop")
    assert stream.usage.total == 3
    [note] = cassette.problems
    assert note.severity == "note"
    assert "message in place of a delta" in note.message


def test_a_finish_reason_of_null_in_every_message_is_none():
    assert load(whole("a", "null"), whole("b", "null"), whole("c")).text() == "abc"


def test_several_whole_completions_are_not_taken_for_one_stream():
    assert load(whole("a"), whole("b")).protocol == "generic"


def test_choices_of_one_whole_completion_are_separate():
    second = {**whole("b")["choices"][0], "index": 1}
    stream = load({**whole("a"), "choices": [*whole("a")["choices"], second]})
    assert (stream.text(), stream.text(choice=1)) == ("a", "b")


def test_a_finish_reason_that_is_the_text_null_is_none():
    cassette = cassette_of(delta(finish="null", content="Hi"), delta(finish="None", content=" yo"))
    [stream] = cassette.streams
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Hi yo", None, False)
    assert "without a finish reason" in cassette.problems[0].message
    assert load(delta(finish="null", content="Hi"), delta(finish="stop")).finish_reason == "stop"


def azure(content=None, role=None, *, end=False, place=0):
    fields = {name: value for name, value in (("role", role), ("content", content)) if value}
    message = {"index": place, "delta": fields, "end_turn": end}
    return {"object": "chat.completion", "model": "", "choices": [{"index": 0, "messages": [message]}]}


def test_what_azure_found_is_a_citation():
    """The forms of 2024-02-01 and of the preview of 2023-12."""
    context = {"citations": [{"content": "It rains", "title": "radar.md"}], "intent": '["rain today"]'}
    stream = load(delta(role="assistant", context=context), delta(content="Dry", finish="stop"))
    assert stream.chunks["kind"].tolist() == ["citation", "content", "finish"]
    assert (json.loads(stream.chunks["text"].iloc[0]), stream.text(), stream.problems) == (context, "Dry", [])
    preview = {"messages": [{"role": "tool", "content": '{"citations":[]}', "end_turn": False}]}
    stream = load(delta(role="assistant", context=preview), delta(content="Dry", finish="stop"))
    assert stream.chunks["text"].iloc[0] == '{"citations":[]}'


def test_the_messages_of_azure_on_your_data_are_read():
    documents = '{"citations":[{"title":"t"}]}'
    cassette = cassette_of(
        azure(documents, "tool"),
        azure(role="assistant", place=1),
        azure("Dry", place=1),
        azure(" week.", place=1),
        azure("[DONE]", place=2, end=True),
    )
    [stream] = cassette.streams
    assert (stream.text(), stream.text("citation"), stream.complete) == ("Dry week.", documents, True)
    assert cassette.problems == []


def test_an_event_of_another_shape_is_shown_as_it_is():
    stream = load(delta(content="a"), {"warning": "busy"}, "7", delta(content="b"))
    assert (stream.text(), stream.text("other")) == ("ab", '{"warning":"busy"}7')


@pytest.mark.parametrize(
    "odd", [None, 3, "x", [], [3], {}, {"delta": 4}, [{"delta": {"content": [[[[4]]]]}}]], ids=repr
)
@pytest.mark.parametrize("field", ["delta", "message", "messages", "finish_reason", "index"])
def test_a_field_of_a_choice_of_a_wrong_type_breaks_nothing(field, odd):
    choice = {"index": 0, "delta": {"content": "b"}, field: odd}
    cassette = cassette_of(delta(content="a"), {"choices": [choice]}, delta(content="c"), delta(finish="stop"))
    assert {"a", "c"} <= set(cassette.streams[0].chunks["text"])


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        (delta(tool_calls=[{"index": 0, "id": "q", "plan": {"say": "High tide"}}]), "delta field, 'tool_calls'"),
        (delta(reasoning_details=[{"type": "new", "body": "High tide"}]), "delta field, 'reasoning_details'"),
        ({"choices": [{"index": 0, "message": "High tide"}]}, "choice field, 'message'"),
        ({"object": "chat.completion.chunk", "choices": [], "content": "High tide"}, "chunk field, 'content'"),
        ({"choices": {"delta": {"content": "High tide"}}}, "chunk field, 'choices'"),
    ],
)
def test_text_in_a_chunk_of_another_shape_does_not_vanish(odd, named):
    cassette = cassette_of(delta(content="Dry."), odd, delta(finish="stop"))
    [row] = [text for kind, text in cassette.chunks[["kind", "text"]].itertuples(index=False) if kind == "other"]
    assert row == "High tide"
    assert [one.message for one in cassette.problems if "unknown" in one.message] == [
        f"Event 1 has text in an unknown {named}."
    ]


def test_a_tool_call_without_an_object_for_its_function_is_read():
    [made] = load(delta(tool_calls=[{"index": 0, "id": "a", "name": "add", "arguments": '{"x":1}'}])).tool_calls
    assert (made.id, made.name, made.arguments) == ("a", "add", '{"x":1}')
