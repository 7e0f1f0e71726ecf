"""ConverseStream: a small synthetic stream for each rule."""

import json

import pytest

from tests.support.aws_frames import frame
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import ToolCall


def load(*events, url=""):
    body = b"".join(frame(json.dumps(payload).encode(), kind, *rest) for kind, payload, *rest in events)
    return read(body, url)


def read(body, url=""):
    headers = Headers([("Content-Type", "application/vnd.amazon.eventstream")])
    return read_stream(Interaction(Request("POST", url), Response(200, "OK", headers, body)), 0)


def delta(index=0, **fields):
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": fields, "p": "abcdef"}


def tool(index, name, call_id):
    return "contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": {"name": name, "toolUseId": call_id}}}


STOP = ("messageStop", {"stopReason": "end_turn"})


def kinds(stream):
    return list(stream.chunks["kind"])


def test_text_is_the_concatenated_deltas_without_padding():
    stream = load(
        ("messageStart", {"role": "assistant", "p": "abc"}),
        delta(text="Olá"),
        delta(text=" mundo"),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        STOP,
        ("metadata", {"usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}, "metrics": {"latencyMs": 9}}),
    )
    assert (stream.protocol, stream.text(), stream.finish_reason) == (
        "bedrock-converse-stream",
        "Olá mundo",
        "end_turn",
    )
    assert kinds(stream) == ["start", "content", "content", "other", "finish", "usage"]
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (3, 2, 5)
    assert stream.complete
    assert not stream.problems


def test_reasoning_is_shown_and_signatures_and_encrypted_reasoning_are_silent():
    stream = load(
        delta(reasoningContent={"text": "hm"}),
        delta(reasoningContent={"signature": "c2ln"}),
        delta(reasoningContent={"redactedContent": "c2VjcmV0"}),
        delta(1, text="yes"),
        delta(1, text=""),
    )
    assert (stream.text("reasoning"), stream.text()) == ("hm", "yes")
    assert kinds(stream) == ["reasoning", "silent", "silent", "content", "silent"]


def test_tool_calls_are_assembled_by_block():
    stream = load(
        tool(1, "add", "c0"),
        tool(24, "mul", "c1"),
        delta(1, toolUse={"input": ""}),
        delta(24, toolUse={"input": "{}"}),
        delta(1, toolUse={"input": '{"a"'}),
        delta(1, toolUse={"input": ":1}"}),
        ("messageStop", {"stopReason": "tool_use"}),
    )
    assert stream.tool_calls == [ToolCall("c0", "add", '{"a":1}', 0), ToolCall("c1", "mul", "{}", 0)]
    assert stream.finish_reason == "tool_use"


def test_a_tool_call_without_a_start_keeps_its_arguments():
    assert load(delta(2, toolUse={"input": "{}"})).tool_calls == [ToolCall("", "", "{}", 0)]


def test_a_citation_is_a_kind_of_its_own():
    stream = load(delta(citation={"title": "policy"}), delta(text="x"))
    assert kinds(stream) == ["citation", "content"]
    assert stream.text("citation") == '{"title":"policy"}'


def test_the_result_of_a_server_tool_is_not_text():
    stream = load(
        ("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolResult": {"status": "success"}}}),
        delta(1, toolResult=[{"json": {"stdOut": "1"}}]),
        delta(2, text="x"),
    )
    assert kinds(stream) == ["other", "other", "content"]
    assert stream.tool_calls == []


@pytest.mark.parametrize(
    ("reported", "counted", "check"),
    [
        (
            {"inputTokens": 11, "outputTokens": 2, "totalTokens": 113, "cacheReadInputTokens": 60}
            | {"cacheWriteInputTokens": 40},
            (111, 2, 60, 40),
            "113 = 11 + 2 + 60 + 40",
        ),
        (
            {"inputTokens": 11, "outputTokens": 2, "totalTokens": 13, "cacheReadInputTokens": 6},
            (11, 2, 6, None),
            "13 = 11 + 2",
        ),
        ({"inputTokens": 1, "outputTokens": 2, "totalTokens": 9}, (1, 2, None, None), "9 ≠ 1 + 2"),
    ],
)
def test_input_includes_the_cache_whether_the_total_does_or_not(reported, counted, check):
    usage = load(STOP, ("metadata", {"usage": reported})).usage
    assert (usage.input, usage.output, usage.cache_read, usage.cache_write) == counted
    assert [one.figures for one in usage.checks] == [check]
    assert usage.reported == reported


def test_an_exception_in_the_stream_keeps_what_came_before():
    stream = load(delta(text="so far"), ("throttlingException", {"message": "slow down"}, "exception"))
    assert (str(stream.error), stream.error.type) == ("slow down", "throttlingException")
    assert stream.text() == "so far"
    assert kinds(stream) == ["content", "error"]
    assert not stream.complete


def test_a_stream_with_only_an_exception_is_recognised_by_its_path():
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream"
    stream = load(("internalServerException", {}, "exception"), url=url)
    assert stream.protocol == "bedrock-converse-stream"
    assert str(stream.error) == "internalServerException"


def test_events_in_the_form_of_the_sdks_are_read():
    lines = [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"modelStreamErrorException": {"message": "broken"}},
    ]
    stream = read("\n".join(map(json.dumps, lines)).encode())
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("bedrock-converse-stream", "a", "end_turn")
    assert str(stream.error) == "broken"


@pytest.mark.parametrize(
    "kind", ["messageStart", "contentBlockStart", "contentBlockDelta", "messageStop", "metadata", "x"]
)
@pytest.mark.parametrize("odd", [7, [], None, "x", {"delta": 5}, {"delta": {"toolUse": {"input": [1]}, "text": 6}}])
def test_a_malformed_event_does_not_affect_others(kind, odd):
    stream = load((kind, odd), (kind, {"start": odd, "usage": odd, "stopReason": odd}), delta(text="still here"))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == 3


def test_a_truncated_frame_does_not_affect_others():
    body = frame(b'{"delta":{"text":"a"}}', "contentBlockDelta")
    stream = read(body + body[:-9])
    assert stream.text() == "a"
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize(
    ("event", "text", "problems"),
    [
        (delta(toolResult=[{"text": "six"}, {"json": {"output": "7"}}]), "six\n7", 0),
        (delta(image={"source": {"bytes": "iVBORw0KGgo="}}), "image, 8 bytes", 0),
        (delta(mood="calm"), "calm", 1),
        (("mood", {"text": "calm"}), "calm", 1),
    ],
)
def test_text_that_is_not_part_of_the_answer_is_kept(event, text, problems):
    stream = load(("messageStart", {"role": "assistant"}), event, STOP)
    assert (stream.text(), stream.text("other"), len(stream.problems)) == ("", text, problems)


def test_the_text_of_a_whole_answer_with_citations_is_content():
    block = {"citationsContent": {"content": [{"text": "Wet"}, {"text": "."}], "citations": [{"title": "Dew"}]}}
    payload = {"output": {"message": {"content": [block, {"text": " Yes."}]}}, "stopReason": "end_turn"}
    answer = read_answer(Interaction(Request("POST"), Response(200, body=json.dumps(payload).encode())))
    assert answer.text == "Wet. Yes."
