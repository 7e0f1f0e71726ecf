"""xAI's chat over gRPC: a small stream for each rule."""

import json

import pytest

from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError, ToolCall


def load(*payloads, url=""):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    headers = Headers([("Content-Type", "application/x-ndjson")])
    body = "".join(f"{text}\n" for text in texts).encode()
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def chunk(index=0, finish=None, role="ROLE_ASSISTANT", created=None, usage=None, **delta):
    output = {"delta": {"role": role, **delta}}
    output |= {"index": index} if index else {}
    output |= {"finish_reason": finish} if finish else {}
    made = {"id": "r", "outputs": [output], "model": "grok-4.3", "system_fingerprint": "fp", "usage": usage or {}}
    return made | ({"created": created} if created else {})


def call(arguments, call_id="c0", name="add", kind="TOOL_CALL_TYPE_CLIENT_SIDE_TOOL"):
    return {"id": call_id, "type": kind, "function": {"name": name, "arguments": arguments}}


USAGE = {
    "completion_tokens": 40,
    "prompt_tokens": 165,
    "total_tokens": 326,
    "prompt_text_tokens": 165,
    "reasoning_tokens": 121,
    "cached_prompt_text_tokens": 151,
    "cost_in_usd_ticks": "713500",
}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_and_reasoning_are_the_concatenated_deltas():
    stream = load(
        chunk(reasoning_content="h"),
        chunk(reasoning_content="m"),
        chunk(encrypted_content="c2VjcmV0"),
        chunk(content="Olá", usage={"completion_tokens": 1}),
        chunk(content=" mundo"),
        chunk(finish="REASON_STOP", usage=USAGE),
    )
    assert (stream.protocol, stream.model, stream.provider) == ("xai-grpc", "grok-4.3", "xai")
    assert (stream.text(), stream.text("reasoning")) == ("Olá mundo", "hm")
    expected = ["reasoning", "reasoning", "silent", "content", "usage", "content", "finish", "usage"]
    assert kinds(stream) == expected
    assert (stream.finish_reason, stream.complete, stream.problems) == ("REASON_STOP", True, [])


def test_reasoning_is_added_to_the_completion_and_the_last_usage_counts():
    usage = load(chunk(content="a", usage={"completion_tokens": 1}), chunk(usage=USAGE), chunk(usage={})).usage
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.total) == (165, 161, 121, 151, 326)
    assert usage.reported == USAGE
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = prompt + completion + reasoning", True),
        ("cached ≤ prompt", True),
    ]


def test_the_time_of_each_chunk_is_its_stamp():
    first = "2026-01-16T17:05:29.213381359Z"
    stream = load(chunk(content="a", created=first), chunk(content="b", created="soon"), chunk(content="c"))
    assert stream.chunks["stamp"].iloc[0] == pytest.approx(1768583129.213381, abs=1e-6)
    assert stream.chunks["stamp"].notna().tolist() == [True, False, False]


def test_choices_are_separate_if_no_tool_runs():
    stream = load(
        chunk(content="a"),
        chunk(1, content="b"),
        chunk(1, tool_calls=[call("{}")]),
        chunk(content="c"),
        chunk(1, "REASON_MAX_LEN"),
        chunk(finish="REASON_STOP"),
    )
    assert (stream.text(), stream.text(choice=1), stream.finish_reason) == ("ac", "b", "REASON_STOP")
    assert stream.tool_calls == [ToolCall("c0", "add", "{}", 1)]


def test_whole_client_tool_calls_are_numbered_in_order():
    stream = load(
        chunk(tool_calls=[call('{"a":1}'), call({"b": 2}, "c1", "mul")]),
        chunk(tool_calls=[{"id": "c2", "function": {"name": "now"}}]),
        chunk(finish="REASON_TOOL_CALLS"),
    )
    assert stream.tool_calls == [
        ToolCall("c0", "add", '{"a":1}', 0),
        ToolCall("c1", "mul", '{"b":2}', 0),
        ToolCall("c2", "now", "", 0),
    ]
    assert list(stream.chunks["tool"].dropna()) == [0, 1, 2]
    assert (stream.finish_reason, stream.complete) == ("REASON_TOOL_CALLS", True)


SEARCH = call('{"query":"x"}', name="web_search", kind="TOOL_CALL_TYPE_WEB_SEARCH_TOOL")
STEPS = [
    chunk(content="Let me see. ", tool_calls=[SEARCH]),
    chunk(finish="REASON_TOOL_CALLS"),
    chunk(1, role="ROLE_TOOL", content="found", tool_calls=[SEARCH]),
    chunk(2, content="Here."),
    chunk(2, "REASON_STOP"),
]


def test_the_steps_of_an_answer_with_server_tools_are_one_choice():
    stream = load(*STEPS)
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Let me see. Here.", "REASON_STOP", True)
    assert set(stream.chunks["choice"]) == {0}


def test_a_server_tool_is_not_a_tool_call_and_its_result_is_not_content():
    stream = load(*STEPS)
    assert stream.tool_calls == []
    assert kinds(stream) == ["content", "other", "finish", "other", "content", "finish"]
    assert stream.text("other") == '{"query":"x"}found'


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_an_answer_interrupted_between_steps_is_not_complete(length):
    stream = load(*STEPS[:length])
    assert not stream.complete
    assert "without a finish reason" in stream.problems[0].message


def test_a_tool_step_without_a_call_also_marks_server_tools():
    assert load(chunk(1, role="ROLE_TOOL", content="found"), *STEPS[3:]).text() == "Here."


def test_a_choice_that_continues_after_another_has_finished_keeps_the_stream_open():
    assert not load(chunk(content="a"), chunk(finish="REASON_STOP"), chunk(1, content="b")).complete


def test_an_invalid_finish_reason_does_not_end_the_stream():
    stream = load(chunk(content="a", finish="REASON_INVALID"))
    assert (stream.finish_reason, stream.complete, kinds(stream)) == (None, False, ["content"])


def test_citations_are_a_kind_of_their_own():
    inline = [{"id": "1", "web_citation": {"url": "https://example.org/"}}]
    stream = load(
        chunk(content="a", citations=inline), {**chunk(finish="REASON_STOP"), "citations": ["https://example.org/"]}
    )
    assert kinds(stream) == ["content", "citation", "finish", "citation"]
    assert [json.loads(text) for text in stream.chunks.loc[stream.chunks["kind"] == "citation", "text"]] == [
        inline,
        ["https://example.org/"],
    ]


def test_choices_of_older_chunks_are_read_as_outputs():
    one = chunk(content="a", finish="REASON_STOP")
    stream = load({"id": "r", "choices": one["outputs"], "model": "grok-3"})
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("xai-grpc", "a", "REASON_STOP")


def test_chunks_of_the_rest_api_are_not_recognised():
    assert load({"choices": [{"delta": {"role": "assistant", "content": "a"}}]}).protocol == "openai-chat"
    assert load({"outputs": [{"text": "a", "stop_reason": "stop"}]}).protocol == "generic"
    assert load({"outputs": [{"finish_reason": "REASON_STOP"}]}).protocol == "xai-grpc"


def test_a_response_that_was_not_streamed_is_read():
    outputs = [
        {"message": {"role": "ROLE_ASSISTANT", "tool_calls": [SEARCH]}, "finish_reason": "REASON_TOOL_CALLS"},
        {"message": {"role": "ROLE_TOOL", "content": "found", "tool_calls": [SEARCH]}, "index": 1},
        {"message": {"role": "ROLE_ASSISTANT", "content": "Here.", "reasoning_content": "hm"}, "index": 2},
    ]
    outputs[2] |= {"finish_reason": "REASON_STOP"}
    body = json.dumps({"id": "r", "outputs": outputs, "model": "grok-4.3", "usage": USAGE}).encode()
    answer = read_answer(Interaction(Request(), Response(body=body)))
    assert (answer.protocol, answer.model, answer.text, answer.reasoning) == ("xai-grpc", "grok-4.3", "Here.", "hm")
    assert (answer.finish_reason, answer.usage.output, answer.tool_calls) == ("REASON_STOP", 161, [])


@pytest.mark.parametrize("odd", [None, 7, [], [7], {}, [{}], [{"message": 7}], [{"message": {"role": []}}]])
def test_other_responses_are_not_answers(odd):
    assert read_answer(Interaction(Request(), Response(body=json.dumps({"outputs": odd}).encode()))) is None


def test_an_error_keeps_what_came_before():
    stream = load(chunk(content="so far"), {"error": {"message": "exhausted", "code": 8}})
    assert (stream.error, stream.text()) == (StreamError("exhausted", "", "8"), "so far")


def test_a_stream_with_only_an_error_is_recognised_by_the_service():
    stream = load({"error": "exhausted"}, url="https://api.x.ai/xai_api.Chat/GetCompletionChunk")
    assert (stream.protocol, str(stream.error)) == ("xai-grpc", "exhausted")


def test_a_truncated_stream_is_shown_and_reported():
    stream = load(chunk(content="so far"), '{"id":"r","outp')
    assert (stream.text(), stream.complete) == ("so far", False)
    assert stream.problems


NESTED = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize("odd", [None, 7, -1, 1e300, True, "text", [], [7, None], {}, {"a": []}])
def test_a_malformed_chunk_does_not_affect_others(odd):
    payloads = [
        odd,
        {"outputs": odd},
        {"outputs": [odd, {"delta": odd, "index": odd, "finish_reason": odd}]},
        chunk(odd, odd, content=odd, reasoning_content=odd, tool_calls=odd, citations=odd, encrypted_content=odd),
        chunk(0, odd, odd, created=odd, usage=odd, tool_calls=[odd, call(odd, odd, odd, odd), {"function": odd}]),
        chunk(2**40, content=" over"),
        {"citations": odd, "model": odd, "error": odd, "created": "9999-12-31T23:59:59.9+99:99"},
        chunk(usage={"prompt_tokens": odd, "completion_tokens": odd, "total_tokens": odd}),
        f'{{"outputs":{NESTED}}}',
    ]
    stream = load(chunk(content="still"), *payloads, chunk(content=" here"))
    assert stream.protocol == "xai-grpc"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    if not isinstance(odd, str):
        assert (stream.text(), stream.text("reasoning")) == ("still over here", "")
