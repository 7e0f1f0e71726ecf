"""Cohere chat and generate, version 1: a small stream for each rule, as lines and as server-sent events."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

MEDIA_TYPE = Headers([("Content-Type", "application/stream+json")])


def load(*payloads):
    response = Response(headers=MEDIA_TYPE, body="".join(f"{json.dumps(one)}\n" for one in payloads).encode())
    return read_stream(Interaction(Request(), response), 0)


def event(kind, **fields):
    return {"event_type": kind, "is_finished": kind == "stream-end", **fields}


def text(delta, **fields):
    return event("text-generation", text=delta, **fields)


META = {
    "api_version": {"version": "1"},
    "billed_units": {"input_tokens": 7, "output_tokens": 2},
    "tokens": {"input_tokens": 73, "output_tokens": 2},
}
START = event("stream-start", generation_id="g")
END = event("stream-end", finish_reason="COMPLETE", response={"text": "Olá mundo", "meta": META})


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_texts_and_the_final_text_adds_nothing():
    stream = load(START, text("Olá"), text(""), text(" mundo"), END)
    assert (stream.protocol, stream.text()) == ("cohere-v1", "Olá mundo")
    assert kinds(stream) == ["start", "content", "silent", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.complete, stream.problems) == ("COMPLETE", True, [])


def test_server_sent_events_are_read_like_lines():
    body = "".join(f"event: {one['event_type']}\ndata: {json.dumps(one)}\n\n" for one in (START, text("a"), END))
    stream = viewer.load(body.encode()).streams[0]
    assert (stream.protocol, stream.text(), stream.complete) == ("cohere-v1", "a", True)


def test_usage_is_the_meta_of_the_response():
    usage = load(START, text("a"), END).usage
    assert (usage.input, usage.output, usage.reported) == (73, 2, META)
    assert [(check.name, check.passed) for check in usage.checks] == [("billed input ≤ input", True)]


def test_events_without_a_type_from_the_first_versions_are_read():
    stream = load(
        {"text": "a", "index": 0, "is_finished": False},
        {"text": "x", "index": 1, "is_finished": False},
        {"text": "b", "is_finished": False},
        {"is_finished": True, "finish_reason": "MAX_TOKENS", "response": {"generations": [{"text": "ab"}]}},
    )
    assert (stream.protocol, stream.text(), stream.text(choice=1)) == ("cohere-v1", "ab", "x")
    assert (stream.finish_reason, stream.complete) == ("MAX_TOKENS", True)


def test_streamed_tool_calls_are_assembled_and_the_whole_calls_add_nothing():
    calls = [{"name": "add", "parameters": {"a": 1}}, {"name": "now", "parameters": {}}]
    stream = load(
        START,
        event("tool-calls-chunk", text="I will add."),
        event("tool-calls-chunk", tool_call_delta={"index": 0, "name": "add"}),
        event("tool-calls-chunk", tool_call_delta={"index": 0, "parameters": '{"a"'}),
        event("tool-calls-chunk", tool_call_delta={"index": 1, "name": "now"}),
        event("tool-calls-chunk", tool_call_delta={"index": 0, "parameters": ": 1}"}),
        event("tool-calls-generation", text="I will add.", tool_calls=calls),
        END,
    )
    assert stream.tool_calls == [viewer.ToolCall("", "add", '{"a": 1}', 0), viewer.ToolCall("", "now", "", 0)]
    assert (stream.text(), stream.text("other")) == ("", "I will add.")


def test_tool_calls_that_are_only_sent_whole_are_read():
    calls = [{"name": "add", "parameters": {"a": 1}}, {"name": "now"}]
    stream = load(START, event("tool-calls-generation", tool_calls=calls), END)
    assert stream.tool_calls == [viewer.ToolCall("", "add", '{"a":1}', 0), viewer.ToolCall("", "now", "{}", 0)]


def test_citations_are_a_kind_of_their_own():
    citations = [{"start": 0, "end": 1, "text": "a", "document_ids": ["d"]}]
    stream = load(
        START, event("search-results", documents=[]), text("a"), event("citation-generation", citations=citations)
    )
    assert json.loads(stream.text("citation")) == citations
    assert kinds(stream) == ["start", "other", "content", "citation"]


@pytest.mark.parametrize("reason", ["ERROR", "ERROR_TOXIC", "ERROR_LIMIT"])
def test_a_failed_generation_is_an_error(reason):
    stream = load(START, text("so far"), event("stream-end", finish_reason=reason, response={}))
    assert (str(stream.error), stream.text(), stream.finish_reason) == (reason, "so far", reason)
    assert not stream.complete


def test_a_malformed_event_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        {"event_type": []},
        {"event_type": "text-generation", "text": {}, "index": "x"},
        {"event_type": "tool-calls-chunk", "tool_call_delta": {"index": {}, "name": 3, "parameters": 4}},
        {"event_type": "tool-calls-generation", "tool_calls": [5]},
        {"event_type": "stream-end", "response": {"meta": {"tokens": 6, "billed_units": 7}}},
    ]
    stream = load(START, text(""), *odd, text("still here"))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == len(odd) + 3


@pytest.mark.parametrize(
    ("payload", "text_shown", "problems"),
    [
        (event("search-queries-generation", search_queries=[{"text": "dew point"}]), "dew point", 0),
        (event("mood", text="calm"), "calm", 1),
    ],
)
def test_text_that_is_not_part_of_the_answer_is_kept(payload, text_shown, problems):
    stream = load(text("Hi"), payload, event("stream-end", finish_reason="COMPLETE"))
    assert (stream.text(), stream.text("other"), len(stream.problems)) == ("Hi", text_shown, problems)
