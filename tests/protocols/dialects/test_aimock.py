"""aimock's assembled responses: a synthetic response for each rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

LINES = Headers([("Content-Type", "application/x-ndjson")])


def load(response, url=""):
    body = json.dumps(response).encode() + b"\n"
    return read_stream(Interaction(Request(url=url), Response(headers=LINES, body=body)), 0)


def rows(stream):
    assert set(stream.chunks["event"]) == {0}
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_reasoning_comes_before_content_and_usage_last():
    stream = load({"content": "Olá", "reasoning": "Hm.", "usage": {"prompt_tokens": 1}})
    assert stream.protocol == "aimock"
    assert rows(stream) == [("reasoning", "Hm."), ("content", "Olá"), ("usage", "")]
    assert (stream.finish_reason, stream.complete, stream.problems) == (None, True, [])


def test_fields_added_by_hand_are_read():
    stream = load({"content": "a", "model": "m-1", "finishReason": "length", "id": "x", "role": "assistant"})
    assert rows(stream) == [("content", "a"), ("finish", "")]
    assert (stream.model, stream.finish_reason) == ("m-1", "length")


def test_tool_calls_follow_the_content_in_order():
    calls = [{"name": "add", "arguments": '{"a": 1}', "id": "call_1"}, {"name": "now", "arguments": {"zone": "UTC"}}]
    stream = load({"content": "Let me see.", "toolCalls": calls})
    assert stream.tool_calls == [
        viewer.ToolCall("call_1", "add", '{"a": 1}', 0),
        viewer.ToolCall("", "now", '{"zone":"UTC"}', 0),
    ]
    assert [kind for kind, _ in rows(stream)] == ["content", "tool_call", "tool_call"]


def test_blocks_give_the_order_and_the_fields_they_repeat_are_not_added_again():
    call = {"type": "toolCall", "name": "add", "arguments": "{}"}
    blocks = [{"type": "text", "text": "a"}, call, {"type": "text", "text": "b"}]
    stream = load({"content": "ab", "toolCalls": [{"name": "add", "arguments": "{}"}], "blocks": blocks})
    assert rows(stream) == [("content", "a"), ("tool_call", "{}"), ("content", "b")]
    assert (stream.text(), len(stream.tool_calls)) == ("ab", 1)


def test_audio_and_transcriptions_are_read():
    stream = load({"audio": {"b64Json": "AA==", "contentType": "audio/mpeg"}, "content": "said"})
    assert rows(stream) == [("content", "said"), ("audio", "")]
    assert load({"transcription": {"text": "heard"}}).text() == "heard"


def test_an_empty_response_has_a_row():
    assert rows(load({"content": ""})) == [("other", "")]


@pytest.mark.parametrize(
    ("reported", "counts"),
    [
        ({"prompt_tokens": 48, "completion_tokens": 20, "total_tokens": 68}, (48, 20, 68)),
        ({"input_tokens": 48, "output_tokens": 20, "cache_read_input_tokens": 2}, (50, 20, None)),
        ({"input_tokens": 48, "output_tokens": 20, "total_tokens": 68}, (48, 20, 68)),
        ({"promptTokenCount": 48, "candidatesTokenCount": 20, "totalTokenCount": 68}, (48, 20, 68)),
        ({"cost": 1}, (None, None, None)),
    ],
)
def test_usage_is_read_by_the_names_of_its_counts(reported, counts):
    usage = load({"content": "a", "usage": reported}).usage
    assert (usage.input, usage.output, usage.total) == counts
    assert usage.reported == reported


@pytest.mark.parametrize("other", [{"content": "a", "stop": False}, {"reasoning": "a"}, {"error": "x"}, ["content"], 5])
def test_other_events_are_not_recognised(other):
    assert load(other).protocol != "aimock"


def test_a_stream_with_a_url_or_several_events_is_not_recognised():
    assert load({"content": "a"}, "https://a/b").protocol != "aimock"
    body = b'{"content":"a"}\n{"content":"b"}\n'
    assert read_stream(Interaction(Request(), Response(headers=LINES, body=body)), 0).protocol != "aimock"


@pytest.mark.parametrize("odd", [None, 5, True, "x", [], [5], [[]], {}, {"type": "toolCall", "name": []}])
@pytest.mark.parametrize(
    "name", ["reasoning", "blocks", "toolCalls", "audio", "transcription", "usage", "model", "finishReason"]
)
def test_a_malformed_field_does_not_affect_others(name, odd):
    stream = load({"content": "still here", name: odd})
    assert stream.protocol == "aimock"
    assert stream.text() == "still here"


@pytest.mark.parametrize("name", ["content", "reasoning", "model", "finishReason", "usage", "toolCalls"])
def test_a_deeply_nested_value_is_read(name):
    body = json.dumps({"content": "", name: "DEEP"}).replace('"DEEP"', "[" * 900 + "]" * 900).encode()
    assert read_stream(Interaction(Request(), Response(headers=LINES, body=body)), 0).protocol == "aimock"
