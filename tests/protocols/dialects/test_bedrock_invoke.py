"""InvokeModelWithResponseStream: synthetic envelopes whose contents are read by their own protocol."""

import base64
import json

import pytest

from tests.support.aws_frames import frame
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import ToolCall

METRICS = {"inputTokenCount": 5, "outputTokenCount": 2, "invocationLatency": 90, "firstByteLatency": 40}
WITH_METRICS = {"amazon-bedrock-invocationMetrics": METRICS}
URL = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke-with-response-stream"


def envelope(payload):
    inside = base64.b64encode(json.dumps(payload).encode()).decode()
    return frame(json.dumps({"bytes": inside, "p": "abc"}).encode(), "chunk")


def load(*payloads, after=b"", url=""):
    return read(b"".join(map(envelope, payloads)) + after, url)


def read(body, url=""):
    headers = Headers([("Content-Type", "application/vnd.amazon.eventstream")])
    return read_stream(Interaction(Request("POST", url), Response(200, "OK", headers, body)), 0)


def kinds(stream):
    return list(stream.chunks["kind"])


def test_anthropic_events_are_read_as_messages():
    stream = load(
        {"type": "message_start", "message": {"model": "claude", "usage": {"input_tokens": 5, "output_tokens": 1}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "f"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
        {"type": "content_block_delta", "index": 2, "delta": {"type": "text_delta", "text": "Olá"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop", **WITH_METRICS},
    )
    assert (stream.protocol, stream.model) == ("bedrock-invoke-stream", "claude")
    assert (stream.text(), stream.text("reasoning"), stream.finish_reason) == ("Olá", "hm", "end_turn")
    assert stream.tool_calls == [ToolCall("t", "f", "{}", 0)]
    assert stream.usage.reported == {"input_tokens": 5, "output_tokens": 2}
    assert (stream.usage.input, stream.usage.output) == (5, 2)
    assert stream.complete


def test_nova_is_read_as_converse():
    stream = load(
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "Hi"}, "contentBlockIndex": 0}},
        {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t", "name": "f"}}, "contentBlockIndex": 24}},
        {"contentBlockDelta": {"delta": {"toolUse": {"input": "{}"}}, "contentBlockIndex": 24}},
        {"messageStop": {"stopReason": "tool_use"}},
        {"metadata": {"usage": {"inputTokens": 5, "outputTokens": 2, "cacheReadInputTokenCount": 3}}, **WITH_METRICS},
    )
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("bedrock-invoke-stream", "Hi", "tool_use")
    assert stream.tool_calls == [ToolCall("t", "f", "{}", 0)]
    assert (stream.usage.input, stream.usage.cache_read) == (8, 3)


@pytest.mark.parametrize(
    ("payloads", "reason"),
    [
        (
            [{"completion": "a", "stop_reason": None}, {"completion": "b", "stop_reason": "stop_sequence"}],
            "stop_sequence",
        ),
        ([{"outputText": "a", "index": 0}, {"outputText": "b", "index": 1, "completionReason": "LENGTH"}], "LENGTH"),
        ([{"generation": "a", "stop_reason": None}, {"generation": "b", "stop_reason": "length"}], "length"),
        (
            [{"text": "a", "is_finished": False}, {"text": "b", "is_finished": True, "finish_reason": "COMPLETE"}],
            "COMPLETE",
        ),
        (
            [{"outputs": [{"text": "a", "stop_reason": None}]}, {"outputs": [{"text": "b", "stop_reason": "stop"}]}],
            "stop",
        ),
        (
            [
                {"choices": [{"index": 0, "message": {"content": "a"}, "stop_reason": None}]},
                {"choices": [{"index": 0, "message": {"content": "b"}, "stop_reason": "stop"}]},
            ],
            "stop",
        ),
        (
            [
                {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]},
                {"choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "stop"}]},
            ],
            "stop",
        ),
        (
            [{"id": "r", "prompt": "?", "generations": [{"id": "g", "text": "ab", "finish_reason": "COMPLETE"}]}],
            "COMPLETE",
        ),
        ([{"inputTextTokenCount": 4, "results": [{"outputText": "ab", "completionReason": "FINISH"}]}], "FINISH"),
        ([{"completions": [{"data": {"text": "ab"}, "finishReason": {"reason": "length"}}]}], "length"),
    ],
    ids=[
        *("anthropic", "titan", "llama", "cohere", "mistral", "mistral-chat", "jamba"),
        *("cohere-whole", "titan-whole", "ai21-whole"),
    ],
)
def test_the_completions_of_every_family_are_read(payloads, reason):
    stream = load(*payloads[:-1], {**payloads[-1], **WITH_METRICS})
    assert stream.protocol == "bedrock-invoke-stream"
    assert (stream.text(), stream.finish_reason) == ("ab", reason)
    assert stream.usage.reported == METRICS
    assert (stream.usage.input, stream.usage.output) == (5, 2)
    assert kinds(stream)[-1] == "usage"
    assert stream.complete


def test_numbered_answers_of_cohere_are_separate_choices():
    stream = load(
        {"index": 0, "is_finished": False, "text": "a"},
        {"index": 1, "is_finished": False, "text": "b"},
        {"is_finished": True, "finish_reason": "MAX_TOKENS", **WITH_METRICS},
    )
    assert (stream.text(), stream.text(choice=1), stream.finish_reason) == ("a", "b", "MAX_TOKENS")


def test_an_event_without_text_is_silent():
    assert kinds(load({"completion": ""}, {"completion": "a"})) == ["silent", "content"]


def test_an_exception_ends_the_stream():
    exception = frame(b'{"message":"broken"}', "modelStreamErrorException", "exception")
    stream = load({"generation": "a"}, after=exception + envelope({"generation": "b"}))
    assert (stream.text(), str(stream.error)) == ("a", "broken")
    assert stream.error.type == "modelStreamErrorException"
    assert kinds(stream) == ["content", "error", "other"]


def test_a_stream_with_only_an_exception_is_recognised_by_its_path():
    stream = read(frame(b'{"message":"slow"}', "throttlingException", "exception"), URL)
    assert (stream.protocol, str(stream.error)) == ("bedrock-invoke-stream", "slow")


def test_bytes_that_are_not_base64_are_a_row_and_a_problem():
    stream = load({"generation": "a"}, after=frame(b'{"bytes":"abc"}', "chunk") + frame(b'{"bytes":5}', "chunk"))
    assert stream.text() == "a"
    assert kinds(stream) == ["content", "other", "other"]
    assert [problem.message for problem in stream.problems][:2] == [
        "The bytes of event 1 are not base64.",
        "The bytes of event 2 are not base64.",
    ]


@pytest.mark.parametrize(
    "odd",
    [
        7,
        [],
        None,
        "x",
        {"bytes": "e30="},
        {"generation": 5, "stop_reason": {}},
        {"outputs": [1, {"text": 2}], "choices": 3},
        {"text": [], "index": -1, "is_finished": 1},
        {"amazon-bedrock-invocationMetrics": 4},
    ],
)
def test_a_malformed_event_does_not_affect_others(odd):
    stream = load(odd, {"generation": "still here"}, odd)
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == 3


def test_a_stream_truncated_inside_an_envelope_is_read_up_to_there():
    whole = envelope({"generation": "a"})
    stream = read(whole + whole[:-12])
    assert stream.text() == "a"
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"inputTextTokenCount": 4, "results": [{"outputText": " Dew.", "completionReason": "FINISH"}]}, "FINISH"),
        ({"generation": " Dew.", "prompt_token_count": 4, "generation_token_count": 5, "stop_reason": "stop"}, "stop"),
        ({"outputs": [{"text": " Dew.", "stop_reason": "length"}]}, "length"),
        ({"completions": [{"data": {"text": " Dew."}, "finishReason": {"reason": "endoftext"}}]}, "endoftext"),
        ({"completion": " Dew.", "stop_reason": "stop_sequence", "stop": "."}, "stop_sequence"),
        ({"id": "r", "generations": [{"id": "g", "text": " Dew.", "finish_reason": "COMPLETE"}]}, "COMPLETE"),
        ({"text": " Dew.", "generation_id": "g", "finish_reason": "COMPLETE", "tool_calls": []}, "COMPLETE"),
    ],
    ids=["titan", "llama", "mistral", "ai21", "anthropic", "cohere", "cohere-chat"],
)
def test_answers_of_invoke_model_that_were_not_streamed_are_read(payload, reason):
    answer = read_answer(Interaction(Request("POST", URL), Response(200, body=json.dumps(payload).encode())))
    assert (answer.text, answer.finish_reason) == (" Dew.", reason)


@pytest.mark.parametrize("field", ["results", "outputs", "completions", "generation", "generations"])
@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [None], [{"data": 5}], [{"name": "logits", "data": [1, 2]}]])
def test_other_objects_with_such_fields_are_no_answers(field, odd):
    response = Response(200, body=json.dumps({field: odd, "generation_token_count": odd}).encode())
    answer = read_answer(Interaction(Request("POST", URL), response))
    assert answer is None or (field, odd) == ("generation", "x")


def test_text_of_an_unknown_event_is_kept_and_named_in_one_problem():
    stream = load({"generation": "Hi"}, {"mood": {"text": "calm"}}, {"mood": {"text": "er"}}, {"stop_reason": "stop"})
    assert (stream.text(), stream.text("other")) == ("Hi", "calmer")
    assert ["'mood'" in problem.message for problem in stream.problems] == [True]
