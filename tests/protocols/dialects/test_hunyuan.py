"""Tencent Hunyuan: a small synthetic stream for each rule."""

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


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


PROTOCOL = "hunyuan"
SURE = URL
COUNTS = {"PromptTokens": 9, "CompletionTokens": 4, "TotalTokens": 13}


def says(text="", reason="", **delta):
    choice = {"Delta": {"Role": "assistant", "Content": text, **delta}, "FinishReason": reason, "Index": 0}
    return {"Note": "by AI", "Choices": [choice], "Created": 1760000000, "Id": "q", "Usage": COUNTS}


def malformed(odd):
    names = ("Choices", "Usage", "Created", "ErrorMsg", "Note")
    payloads = [odd, *({**says(), name: odd} for name in names), {"Choices": [odd]}, {"Choices": [{"Delta": odd}]}]
    return [*payloads, says(ToolCalls=odd), says(ToolCalls=[odd]), says(ToolCalls=[{"Function": odd}]), says(odd)]


def test_pieces_reasoning_and_usage_are_read():
    stream = load(says(ReasoningContent="Hm."), says("Dry"), says(" today"), says("", "stop"))
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == (PROTOCOL, "Hm.", "Dry today")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output, stream.usage.total) == ("stop", 9, 4, 13)
    assert (stream.usage.reported, stream.complete, stream.problems) == (COUNTS, True, [])


def test_calls_are_read():
    call = {"Id": "c", "Type": "function", "Index": 0, "Function": {"Name": "a", "Arguments": '{"b"'}}
    more = {"Id": "c", "Type": "function", "Index": 0, "Function": {"Name": "", "Arguments": ":1}"}}
    stream = load(says(ToolCalls=[call]), says(ToolCalls=[more]), says("", "tool_calls"))
    assert (calls(stream), stream.finish_reason) == ([("c", "a", '{"b":1}')], "tool_calls")


def test_an_error_is_read():
    stream = load(says("so far"), {"ErrorMsg": {"Msg": "Too busy", "Code": 4001}, "Id": "q"})
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", "Too busy", "4001")
    assert not stream.complete


def test_an_answer_that_was_not_streamed_is_read():
    message = {"Message": {"Role": "assistant", "Content": "Dry"}, "FinishReason": "stop"}
    whole = answer({"Response": {"Choices": [message], "Usage": COUNTS, "RequestId": "q"}})
    assert (whole.protocol, whole.text, whole.finish_reason, whole.usage.total) == (PROTOCOL, "Dry", "stop", 13)


def test_similar_streams_are_not_recognised():
    assert load({"choices": [{"delta": {"content": "a"}}]}).protocol == "openai-chat"
    assert load({"Choices": ["a"]}).protocol == "generic"


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


def test_a_mark_of_a_risk_is_not_unknown_and_cached_tokens_are_read():
    """`ChatCompletionsResponse` of tencentcloud-sdk-python-hunyuan 3.1.180 has both."""
    chunk = says("Dry", "stop")
    chunk["Choices"][0]["ModerationLevel"] = "0"
    chunk["Usage"] = {**COUNTS, "PromptTokensDetails": {"CachedTokens": 3}}
    stream = load(chunk)
    assert (stream.text(), stream.usage.cache_read, stream.problems) == ("Dry", 3, [])


def test_what_a_search_found_is_a_citation_once_and_images_are_shown():
    found = {"SearchResults": [{"Index": 1, "Title": "Radar", "Url": "https://e.org"}]}
    image = [{"Id": "1", "Multimedia": [{"Type": "image", "Url": "https://e.org/a.png"}]}]
    chunks = [{**says("Dry"), "SearchInfo": found}, {**says("", "stop"), "SearchInfo": found, "Replaces": image}]
    stream = load(*chunks)
    citations = stream.chunks.loc[stream.chunks["kind"] == "citation", "text"]
    assert [json.loads(text) for text in citations] == [found]
    assert (stream.text(), stream.text("other")) == ("Dry", "image, https://e.org/a.png")
