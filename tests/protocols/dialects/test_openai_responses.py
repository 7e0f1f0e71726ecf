"""OpenAI Responses: a small synthetic stream for each rule. test_corpus compares recordings with the official SDK."""

import json

import pytest

import viewer
from viewer.types.replies import StreamError


def load(*payloads):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    return viewer.load("".join(f"data: {text}\n\n" for text in texts).encode(), "stream.sse").streams[0]


def event(name, index=0, item_id="item", /, **fields):
    return {"type": f"response.{name}", "output_index": index, "item_id": item_id, **fields}


def created(**fields):
    return {"type": "response.created", "response": {"model": "gpt-5", "created_at": 1700000000, **fields}}


def ended(status="completed", output=(), **fields):
    response = {"status": status, "output": list(output), "created_at": 1700000000, **fields}
    return {"type": f"response.{status}", "response": response}


def item(step, index=0, **fields):
    return {"type": f"response.output_item.{step}", "output_index": index, "item": {"id": "item", **fields}}


def message(*texts, **fields):
    return {"type": "message", "content": [{"type": "output_text", "text": text, **fields} for text in texts]}


def call(arguments="", name="add", call_id="c0"):
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_deltas_and_whole_texts_add_nothing():
    whole = message("Olá mundo")
    stream = load(
        created(),
        item("added", type="message", content=[]),
        event("content_part.added", part={"type": "output_text", "text": ""}),
        event("output_text.delta", delta="Olá"),
        event("output_text.delta", delta=" mundo"),
        event("output_text.done", text="Olá mundo"),
        event("content_part.done", part=whole["content"][0]),
        item("done", **whole),
        ended(output=[whole]),
    )
    assert stream.text() == "Olá mundo"
    assert kinds(stream) == ["start", "other", "other", "content", "content", "other", "other", "other", "finish"]
    assert (stream.protocol, stream.model, stream.finish_reason) == ("openai-responses", "gpt-5", "completed")
    assert stream.complete
    assert stream.chunks["stamp"].isna().all()


@pytest.mark.parametrize(
    "carrier",
    [
        event("output_text.done", text="whole"),
        item("done", **message("wh", "ole")),
        ended(output=[{"type": "reasoning", "summary": []}, message("whole")]),
    ],
)
@pytest.mark.parametrize("before", [[], [event("output_text.delta", delta="who")]])
def test_text_without_deltas_is_read_from_the_events_that_repeat_it(carrier, before):
    assert load(created(), *before, carrier).text() == "whole"


def test_a_final_text_that_differs_from_the_deltas_adds_nothing():
    stream = load(event("output_text.delta", delta="as it came"), ended(output=[message("sanitised, and longer")]))
    assert stream.text() == "as it came"


def test_an_item_missing_from_the_final_response_does_not_repeat_another():
    stream = load(
        event("reasoning_text.delta", 0, "r", delta="hm"),
        event("output_text.delta", 1, "m", delta="yes"),
        ended(output=[message("yes")]),
    )
    assert (stream.text("reasoning"), stream.text()) == ("hm", "yes")


def test_parts_numbered_differently_in_the_item_are_not_repeated():
    stream = load(event("output_text.delta", content_index=1, delta="once"), item("done", **message("once")))
    assert stream.text() == "once"


def test_several_messages_are_joined():
    stream = load(
        event("output_text.delta", 0, "a", delta="first"),
        event("output_text.delta", 1, "b", delta="second"),
        ended(output=[message("first"), message("second")]),
    )
    assert stream.text() == "firstsecond"


@pytest.mark.parametrize("name", ["reasoning_summary_text", "reasoning_text"])
def test_reasoning_is_the_summary_or_the_full_text(name):
    stream = load(event(f"{name}.delta", delta="th"), event(f"{name}.delta", delta="ink"))
    assert stream.text("reasoning") == "think"


def test_the_first_of_summary_and_full_reasoning_is_shown():
    whole = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "short"}],
        "content": [{"type": "reasoning_text", "text": "long"}],
    }
    stream = load(event("reasoning_summary_text.delta", delta="short"), item("done", **whole))
    assert stream.text("reasoning") == "short"


def test_encrypted_reasoning_and_empty_deltas_are_silent():
    reasoning = {"type": "reasoning", "summary": [], "encrypted_content": "c2VjcmV0"}
    stream = load(item("added", **reasoning), item("done", **reasoning), event("output_text.delta", delta=""))
    assert kinds(stream) == ["silent", "silent", "silent"]


def test_a_refusal_is_a_kind_of_its_own():
    stream = load(
        event("refusal.delta", delta="I can"),
        event("refusal.delta", delta="not"),
        event("refusal.done", refusal="I cannot"),
    )
    assert (stream.text("refusal"), stream.text()) == ("I cannot", "")


def test_tool_calls_are_assembled_by_item():
    stream = load(
        {**item("added", 0), "item": {**call(), "id": "a"}},
        {**item("added", 1), "item": {**call(name="mul", call_id="c1"), "id": "b"}},
        event("function_call_arguments.delta", 1, "b", delta="{"),
        event("function_call_arguments.delta", 0, "a", delta='{"a":1}'),
        event("function_call_arguments.delta", 1, "b", delta="}"),
        event("function_call_arguments.done", 0, "a", arguments='{"a":1}'),
        ended(output=[call('{"a":1}'), call("{}", "mul", "c1")]),
    )
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", '{"a":1}', 0), viewer.ToolCall("c1", "mul", "{}", 0)]
    assert list(stream.chunks["tool"].dropna()) == [0, 1, 1, 0, 1]


def test_an_item_whose_id_changes_is_identified_by_its_index():
    stream = load(
        {**item("added", 2), "item": {**call(), "id": "x1"}},
        event("function_call_arguments.delta", 2, "x2", delta="{}"),
        {**item("done", 2), "item": {**call("{}"), "id": "x3"}},
    )
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_items_that_share_an_index_are_identified_by_their_ids():
    stream = load(
        {**item("added"), "item": {**call(), "id": "a"}},
        {**item("added"), "item": {**call(name="mul", call_id="c1"), "id": "b"}},
        event("function_call_arguments.delta", 0, "a", delta="[1]"),
        event("function_call_arguments.delta", 0, "b", delta="[2]"),
    )
    assert [(made.name, made.arguments) for made in stream.tool_calls] == [("add", "[1]"), ("mul", "[2]")]


@pytest.mark.parametrize("carrier", [item("done", **call("{}")), ended(output=[message("x"), call("{}")])])
def test_a_whole_tool_call_is_a_tool_call(carrier):
    assert load(created(), carrier).tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_a_call_with_only_a_start_gets_its_arguments_from_the_final_response():
    stream = load(item("added", **call()), ended(output=[call("{}")]))
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_custom_and_mcp_tools_are_tool_calls():
    custom = {"type": "custom_tool_call", "call_id": "c0", "name": "sql", "input": "SELECT 1"}
    stream = load(
        {**item("added"), "item": {**custom, "id": "a", "input": ""}},
        event("custom_tool_call_input.delta", 0, "a", delta="SELECT"),
        event("custom_tool_call_input.done", 0, "a", input="SELECT 1"),
        {**item("added", 1), "item": {"type": "mcp_call", "id": "b", "name": "roll", "arguments": ""}},
        event("mcp_call_arguments.delta", 1, "b", delta="{}"),
        ended(output=[custom]),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("c0", "sql", "SELECT 1", 0),
        viewer.ToolCall("b", "roll", "{}", 0),
    ]


@pytest.mark.parametrize(
    "name", ["code_interpreter_call_code", "shell_call_command", "apply_patch_call_operation_diff"]
)
def test_the_input_of_a_built_in_tool_is_shown_but_is_not_a_tool_call(name):
    stream = load(event(f"{name}.delta", delta="pri"), event(f"{name}.delta", delta="nt"), event(f"{name}.done"))
    assert kinds(stream) == ["other", "other", "other"]
    assert stream.text("other") == "print"
    assert stream.tool_calls == []


def test_annotations_are_citations_and_are_not_repeated():
    source = {"type": "url_citation", "url": "https://example.org/"}
    stream = load(
        event("output_text.delta", delta="cited"),
        event("output_text.annotation.added", annotation=source),
        item("done", **message("cited", annotations=[source, source])),
        ended(output=[message("cited", annotations=[source, source])]),
    )
    assert [json.loads(text) for text in stream.chunks.loc[stream.chunks["kind"] == "citation", "text"]] == [source] * 2


def test_an_incomplete_response_is_a_complete_stream_with_its_status_as_finish_reason():
    stream = load(event("output_text.delta", delta="a"), ended("incomplete"))
    assert (stream.finish_reason, stream.error, stream.complete) == ("incomplete", None, True)


def test_a_failed_response_is_an_error():
    stream = load(created(), ended("failed", error={"code": "server_error", "message": "broken"}))
    assert stream.error == StreamError("broken", "", "server_error")
    assert (stream.finish_reason, stream.complete) == ("failed", False)
    assert str(load(created(), ended("failed")).error) == "The response failed."


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "error", "code": "rate_limit", "message": "slow down"},
        {"type": "error", "error": {"code": "rate_limit", "message": "slow down"}},
        {"error": {"code": "rate_limit", "message": "slow down"}},
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(payload):
    stream = load(event("output_text.delta", delta="so far"), payload, ended("failed", error={"message": "again"}))
    assert (str(stream.error), stream.error.code) == ("slow down", "rate_limit")
    assert stream.text() == "so far"


def test_usage_is_that_of_the_final_response_and_its_arithmetic_is_checked():
    usage = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 18,
    }
    stream = load(created(usage=None), ended(usage=usage))
    assert kinds(stream) == ["start", "finish", "usage"]
    found = stream.usage
    assert (found.input, found.cache_read, found.output, found.reasoning, found.total) == (10, 4, 7, 5, 18)
    assert found.reported == usage
    assert [(check.name, check.passed) for check in found.checks[:3]] == [
        ("total = input + output", False),
        ("reasoning ≤ output", True),
        ("cached ≤ input", True),
    ]


def test_pings_are_keep_alives():
    assert kinds(load(created(), {"type": "keepalive", "sequence_number": 1})) == ["start", "keep_alive"]


def test_a_second_response_in_one_body_starts_afresh():
    again = [created(), event("output_text.delta", delta="same"), ended(output=[message("same")])]
    assert load(*again, *again).text() == "samesame"


NONSENSE = [None, 7, "text", [], [7, None], {}, {"id": [], "type": [], "content": 7, "summary": [7, {"type": {}}]}]


@pytest.mark.parametrize("odd", NONSENSE)
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("delta", "text", "arguments", "content_index", "name")
    names = ["output_text", "refusal", "reasoning_text", "function_call_arguments", "code_interpreter_call_code"]
    payloads = [
        event(f"{name}.{step}", odd, odd, **dict.fromkeys(fields, odd)) for name in names for step in ("delta", "done")
    ]
    payloads += [
        item(step, odd) | {"item": content}
        for step in ("added", "done")
        for content in (odd, {**call(odd, odd, odd), "id": odd}, {"type": "message", "content": odd})
    ]
    payloads += [event("output_text.annotation.added", annotation=odd), ended(odd), {"type": "response.failed"}]
    payloads += [
        ended(output=[odd, call(odd, odd, odd), message(odd, annotations=odd)], error=odd, usage=odd, model=odd)
    ]
    payloads += [{"type": "response.completed", "response": {"output": odd, "usage": {"input_tokens": odd}}}]
    payloads += [{"type": "error", "error": odd}, {"type": "response.created", "response": odd}, {"type": odd}, odd]
    stream = load(
        created(),
        event("output_text.delta", 8, "first", delta="still"),
        *payloads,
        event("output_text.delta", 9, "last", delta=" here"),
    )
    assert stream.protocol == "openai-responses"
    assert stream.chunks["event"].nunique() == len(payloads) + 3
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
