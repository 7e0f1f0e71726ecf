"""Sourcegraph's completions, as deltas or whole texts: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError

DEEP = "[" * 1000 + "]" * 1000
URL = "https://sourcegraph.com/.api/completions/stream?api-version=8"
DONE = ("done", {})


def load(*events, url=""):
    """Load payloads of completions, or pairs of an event type and a payload."""
    pairs = [one if isinstance(one, tuple) else ("completion", one) for one in events]
    body = "".join(f"event: {name}\ndata: {json.dumps(payload)}\n\n" for name, payload in pairs)
    headers = Headers([("Content-Type", "text/event-stream")])
    response = Response(200, headers=headers, body=body.replace('"@deep@"', DEEP).encode())
    return read_stream(Interaction(Request("POST", url), response), 0)


def delta(text, reason=None, **fields):
    return {"deltaText": text, **({"stopReason": reason} if reason else {}), **fields}


def whole(text, reason=""):
    return {"completion": text, "stopReason": reason}


def call(arguments="", identity="", name=""):
    return {"type": "function", "id": identity, "function": {"name": name, "arguments": arguments}}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_deltas():
    stream = load(delta("Olá"), delta(""), delta(" mundo"), delta("", "end_turn"), DONE)
    assert (stream.protocol, stream.text()) == ("sourcegraph-completions", "Olá mundo")
    assert kinds(stream) == ["content", "silent", "content", "finish", "other"]
    assert (stream.finish_reason, stream.model, stream.usage) == ("end_turn", None, None)
    assert (stream.complete, stream.problems) == (True, [])


def test_a_completion_repeated_by_every_event_is_shown_once():
    stream = load(whole("Olá"), whole("Olá"), whole("Olá mundo"), whole("Olá mundo", "stop_sequence"), DONE)
    assert (stream.protocol, stream.text()) == ("sourcegraph-completions", "Olá mundo")
    assert list(stream.chunks["text"]) == ["Olá", "", " mundo", "", ""]
    assert kinds(stream) == ["content", "silent", "content", "finish", "other"]
    assert (stream.finish_reason, stream.complete, stream.problems) == ("stop_sequence", True, [])


def test_a_completion_that_does_not_continue_the_one_before_replaces_it():
    stream = load(whole("Direct"), whole(" Response"), DONE)
    assert (stream.text(), stream.text("other")) == (" Response", "Direct")
    assert [problem.severity for problem in stream.problems] == ["note"]


def test_a_missing_completion_among_whole_ones_is_empty():
    stream = load(whole("text"), {"stopReason": "x"}, DONE)
    assert (stream.text(), stream.finish_reason) == ("", "x")
    assert load(delta("text"), {"stopReason": "x"}, DONE).text() == "text"


def test_the_delta_counts_if_an_event_has_both():
    assert load({"deltaText": "a", "completion": "ab"}, {"deltaText": "", "completion": "abc"}).text() == "a"


def test_thinking_is_reasoning_and_comes_before_the_text():
    stream = load({"delta_thinking": "hm"}, delta("yes", delta_thinking=" well"), DONE)
    assert (stream.text("reasoning"), stream.text()) == ("hm well", "yes")
    assert kinds(stream) == ["reasoning", "reasoning", "content", "other"]


def test_tool_calls_are_identified_by_their_ids_and_continue_without_them():
    stream = load(
        {"delta_tool_calls": [call(identity="t0", name="add")]},
        {"delta_tool_calls": [call('{"a"')]},
        {"delta_tool_calls": [call(": 1}"), call("{", "t1", "mul")]},
        {"delta_tool_calls": [call("}", "t1", "mul")]},
        {"delta_tool_calls": [call(" ", "t0", "add")]},
        DONE,
    )
    assert stream.tool_calls == [viewer.ToolCall("t0", "add", '{"a": 1} ', 0), viewer.ToolCall("t1", "mul", "{}", 0)]
    assert list(stream.chunks["tool"].dropna()) == [0, 0, 0, 1, 1, 0]


def test_arguments_without_a_call_are_of_kind_other():
    stream = load(delta("a", delta_tool_calls=[call("{}"), call(identity="t0"), call("[", "t1", "add"), call()]))
    assert (stream.tool_calls, stream.text("other")) == ([viewer.ToolCall("t1", "add", "[", 0)], "{}")
    assert kinds(stream) == ["content", "other", "other", "tool_call", "other"]


def test_usage_is_read_if_the_server_sends_it():
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    stream = load(delta("a"), delta("", "stop", usage=usage), DONE)
    assert (stream.usage.input, stream.usage.output, stream.usage.reported) == (9, 2, usage)
    assert kinds(stream) == ["content", "finish", "usage", "other"]


def test_an_error_keeps_what_came_before():
    stream = load(delta("so far"), ("error", {"error": "message content cannot be empty"}), DONE)
    assert stream.error == StreamError("message content cannot be empty")
    assert (stream.text(), kinds(stream), stream.complete) == ("so far", ["content", "error", "other"], False)


@pytest.mark.parametrize(
    ("payload", "message"), [({"error": {"code": 1}}, '{"code":1}'), ({}, "{}"), ("busy", "busy"), (None, "null")]
)
def test_an_error_of_another_form_is_shown_as_text(payload, message):
    assert str(load(("error", payload), url=URL).error) == message


def test_a_stream_with_only_an_error_is_recognised_by_its_path():
    error = ("error", {"error": "no"})
    assert load(error, DONE, url=URL).protocol == "sourcegraph-completions"
    assert load(error, DONE).protocol == "generic"
    assert load(("message", {"completion": "a"})).protocol == "generic"


def test_events_without_a_type_are_recognised_by_their_fields():
    stream = load(("message", delta("so far")), ("message", {"error": "no"}))
    assert (stream.text(), str(stream.error)) == ("so far", "no")


def test_a_stream_without_done_is_not_complete():
    stream = load(delta("a", "end_turn"))
    assert (stream.finish_reason, stream.complete) == ("end_turn", False)


def test_events_of_an_unknown_type_are_of_kind_other():
    assert kinds(load(delta("a"), ("ping", {"x": 1}), DONE)) == ["content", "other", "other"]


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("deltaText", "delta_thinking", "delta_tool_calls", "stopReason", "usage", "logprobs", "error")
    payloads = [{field: odd} for field in fields] + [delta("x", **{field: odd}) for field in fields[1:]]
    payloads += [{"delta_tool_calls": [odd, {"id": odd, "function": odd}, call(odd, odd, odd), call(odd, "t", "f")]}]
    payloads += [odd, ("error", odd), ("error", {"error": odd}), ("done", odd), (str(odd)[:9], {"deltaText": "y"})]
    stream = load(delta("still"), *payloads, delta(" here"))
    assert stream.protocol == "sourcegraph-completions"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


@pytest.mark.parametrize("odd", [7, True, [], {}, "@deep@"])
def test_a_whole_completion_that_is_not_text_changes_nothing(odd):
    assert load(whole("a"), whole(odd), DONE).text() == "a"
