"""Vercel's AI SDK, its UI message stream and the older data stream: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.protocols import SAMPLE_EVENTS, Sample, protocol_of
from viewer.protocols.dialects import vercel_ai_sdk
from viewer.protocols.reading import Reading
from viewer.streams.reader import read_stream
from viewer.types.chunk_table import KINDS
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError, ToolCall
from viewer.wire import data_stream

DEEP = "[" * 1000 + "]" * 1000
START = {"type": "start", "messageId": "m"}
FINISH = {"type": "finish", "finishReason": "stop"}


def load(*chunks, url=""):
    texts = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    body = "".join(f"data: {text}\n\n" for text in texts).replace('"@deep@"', DEEP)
    headers = Headers([("Content-Type", "text/event-stream"), ("x-vercel-ai-ui-message-stream", "v1")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body.encode())), 0)


def text(delta, identity="0", kind="text"):
    return {"type": f"{kind}-delta", "id": identity, "delta": delta}


def tool(step, identity="t0", **fields):
    return {"type": f"tool-input-{step}", "toolCallId": identity, **fields}


def kinds(stream):
    return list(stream.chunks["kind"])


def read_lines(*parts):
    """Read a data stream, given the code and value of each part."""
    body = "".join(f"{code}:{json.dumps(value)}\n" for code, value in parts).replace('"@deep@"', DEEP)
    events = data_stream.decode(body.encode())
    protocol = protocol_of("", events)
    assert protocol.PROTOCOL == "ai-sdk"
    reading = Reading()
    protocol.read(events, reading)
    return reading


def rows(reading):
    return [(KINDS[kind], content) for kind, content in zip(reading.kind, reading.text, strict=True)]


def test_text_and_reasoning_are_the_concatenated_deltas():
    stream = load(
        START,
        {"type": "start-step"},
        {"type": "reasoning-start", "id": "r"},
        text("hm", "r", "reasoning"),
        {"type": "reasoning-end", "id": "r"},
        {"type": "text-start", "id": "0"},
        text("Olá"),
        text(""),
        text(" mundo"),
        {"type": "text-end", "id": "0"},
        {"type": "finish-step"},
        FINISH,
        "[DONE]",
        url="https://example.org/api/chat",
    )
    assert (stream.protocol, stream.text(), stream.text("reasoning")) == ("ai-sdk", "Olá mundo", "hm")
    assert kinds(stream) == [
        *("start", "other", "other", "reasoning", "other", "other"),
        *("content", "silent", "content", "other", "other", "finish", "other"),
    ]
    assert (stream.finish_reason, stream.error, stream.model, stream.usage) == ("stop", None, None, None)
    assert (stream.complete, stream.problems) == (True, [])


def test_a_finish_of_version_5_has_no_reason():
    stream = load(START, text("a"), {"type": "finish"})
    assert (stream.finish_reason, stream.complete) == (None, True)
    assert not load(START, text("a")).complete


def test_tool_input_is_its_deltas_and_the_whole_input_adds_nothing():
    stream = load(
        START,
        tool("start", toolName="add"),
        tool("delta", inputTextDelta='{"a"'),
        tool("start", "t1", toolName="now"),
        tool("delta", inputTextDelta=": 1}"),
        tool("available", toolName="add", input={"a": 1}),
        tool("available", "t1", toolName="now", input={}),
        {"type": "tool-output-available", "toolCallId": "t0", "output": {"sum": 2}},
        FINISH,
    )
    assert stream.tool_calls == [ToolCall("t0", "add", '{"a": 1}', 0), ToolCall("t1", "now", "{}", 0)]
    assert list(stream.chunks["tool"].dropna()) == [0, 0, 1, 0, 1]
    assert kinds(stream)[-3:] == ["tool_call", "other", "finish"]


@pytest.mark.parametrize("step", ["available", "error"])
def test_a_whole_tool_call_is_a_tool_call(step):
    call = tool(step, toolName="add", input={"q": "é"}, errorText="x")
    assert load(START, call, call).tool_calls == [ToolCall("t0", "add", '{"q":"é"}', 0)]
    assert load(START, tool(step, toolName="sql", input="SELECT 1")).tool_calls[0].arguments == "SELECT 1"


def test_an_empty_delta_is_no_input():
    """`DefaultChatTransport` of ai 7.0.173 gives the input {"a": 1}."""
    call = [tool("start", toolName="add"), tool("delta", inputTextDelta="")]
    stream = load(START, *call, tool("available", toolName="add", input={"a": 1}), FINISH)
    assert stream.tool_calls == [ToolCall("t0", "add", '{"a":1}', 0)]


def test_an_id_that_comes_again_in_another_step_is_another_call():
    """`readUIMessageStream` of ai 7.0.173 gives two parts, and looks for parts with the id in the current step only."""
    steps = [[{"type": "start-step"}, tool("available", toolName="add", input={"n": n})] for n in (1, 2)]
    stream = load(START, *steps[0], *steps[1], FINISH)
    assert stream.tool_calls == [ToolCall("t0", "add", '{"n":1}', 0), ToolCall("t0", "add", '{"n":2}', 0)]


def test_what_a_tool_returned_is_shown_and_a_preliminary_output_is_no_result():
    call = tool("available", toolName="add", input={})
    outputs = [{"type": "tool-output-available", "toolCallId": "t0", "output": n} for n in ("half", "whole")]
    stream = load(START, call, {**outputs[0], "preliminary": True}, outputs[1], FINISH)
    assert stream.text("other") == "halfwhole"
    assert [step.text for step in stream.tool_steps] == ["whole"]


@pytest.mark.parametrize(
    ("chunk", "shown"),
    [
        ({"type": "data-note", "data": {"note": "It may rain"}}, "It may rain"),
        ({"type": "steering-message", "id": "s", "parts": [{"type": "text", "text": "Hurry up"}]}, "Hurry up"),
        ({"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AAAA"}, "image/png, 3 bytes"),
        (
            {"type": "file", "mediaType": "image/png", "url": "https://example.org/a.png"},
            "image/png, https://example.org/a.png",
        ),
        ({"type": "file", "url": "https://example.org/a.png"}, "file, https://example.org/a.png"),
    ],
)
def test_data_and_files_are_shown(chunk, shown):
    stream = load(START, text("a"), chunk, FINISH)
    assert (stream.text(), stream.text("other"), stream.problems) == ("a", shown, [])


def test_text_in_an_unknown_chunk_is_shown_and_reported():
    stream = load(START, text("a"), {"type": "murmur", "text": "psst"}, FINISH)
    assert stream.text("other") == "psst"
    assert "'murmur'" in stream.problems[0].message


def test_input_deltas_without_a_call_are_of_kind_other():
    stream = load(START, tool("delta", inputTextDelta="{}"))
    assert (kinds(stream), stream.tool_calls) == (["start", "other"], [])


def test_sources_and_citations_are_citations_without_their_type():
    source = {"sourceId": "s", "url": "https://example.org/"}
    stream = load(text("a"), {"type": "source-url", **source}, {"type": "text-end", "id": "0", "citations": [source]})
    citations = stream.chunks.loc[stream.chunks["kind"] == "citation", "text"]
    assert [json.loads(one) for one in citations] == [source, [source]]


@pytest.mark.parametrize("kind", ["file", "data-weather", "custom", "message-metadata", "steering-message", "new"])
def test_all_other_chunks_are_of_kind_other(kind):
    assert kinds(load(START, text("a"), {"type": kind, "data": 1, "url": "u"})) == ["start", "content", "other"]


def test_an_error_keeps_what_came_before():
    stream = load(START, text("so far"), {"type": "error", "errorText": "An error occurred."})
    assert (stream.error, stream.text(), stream.complete) == (StreamError("An error occurred."), "so far", False)
    error = stream.chunks.iloc[-1]
    assert (error["kind"], error["text"]) == ("error", "An error occurred.")
    assert load(START, {"type": "error", "errorText": "no"}).protocol == "ai-sdk"


@pytest.mark.parametrize(("fields", "message"), [({"reason": "stop"}, "stop"), ({}, "The stream was aborted.")])
def test_an_aborted_stream_has_an_error(fields, message):
    stream = load(START, text("so far"), {"type": "abort", **fields})
    assert (stream.error, stream.complete) == (StreamError(message, "abort"), False)


def test_a_reset_step_is_removed():
    stream = load(
        START,
        {"type": "start-step"},
        text("kept"),
        tool("available", toolName="add", input={}),
        {"type": "start-step"},
        text("no", "r", "reasoning"),
        text("not this"),
        tool("start", "t1", toolName="mul"),
        tool("delta", "t1", inputTextDelta="{"),
        {"type": "reset-step"},
        tool("delta", "t1", inputTextDelta="}"),
        text(" and this"),
        FINISH,
    )
    assert (stream.text(), stream.text("reasoning"), stream.text("other")) == ("kept and this", "", "nonot this{")
    assert stream.tool_calls == [ToolCall("t0", "add", "{}", 0)]


def test_a_reset_message_without_steps_is_removed_entirely():
    source = {"type": "source-url", "sourceId": "s", "url": "u"}
    stream = load(text("not"), text(""), source, {"type": "reset-step"}, text("this"))
    assert kinds(stream) == ["other", "silent", "other", "other", "content"]
    assert stream.text() == "this"


@pytest.mark.parametrize(
    "call",
    [
        [tool("start", toolName="mul"), tool("delta", inputTextDelta="{}")],
        [tool("available", toolName="mul", input={})],
    ],
)
def test_a_call_repeated_after_a_reset_is_one_call(call):
    stream = load(START, *call, {"type": "reset-step"}, *call, FINISH)
    assert stream.tool_calls == [ToolCall("t0", "mul", "{}", 0)]


def test_a_call_without_id_and_name_is_a_call():
    call = {"type": "tool-input-available", "input": {}}
    assert load(START, text("a"), call).tool_calls == [ToolCall("", "", "{}", 0)]


@pytest.mark.parametrize("name", ["usage", "totalUsage"])
def test_model_and_usage_are_read_from_the_metadata_of_the_message(name):
    counts = {
        "inputTokens": 9,
        "inputTokenDetails": {"cacheReadTokens": 4, "cacheWriteTokens": 1},
        "outputTokens": 5,
        "outputTokenDetails": {"reasoningTokens": 3},
        "totalTokens": 15,
    }
    stream = load(
        {**START, "messageMetadata": {"model": "gpt-5", "createdAt": 1}},
        text("a"),
        {**FINISH, "messageMetadata": {name: counts}},
    )
    usage = stream.usage
    assert (stream.model, usage.reported) == ("gpt-5", counts)
    assert (usage.input, usage.cache_read, usage.cache_write) == (9, 4, 1)
    assert (usage.output, usage.reasoning, usage.total) == (5, 3, 15)
    assert [(check.name, check.passed) for check in usage.checks] == [("total = input + output", False)]
    assert kinds(stream) == ["start", "content", "finish", "usage"]


def test_the_count_names_of_version_5_are_read():
    reported = {"inputTokens": 9, "outputTokens": 5, "totalTokens": 14, "reasoningTokens": 3, "cachedInputTokens": 4}
    usage = vercel_ai_sdk.usage(reported, None)
    assert (usage.input, usage.output, usage.total, usage.reasoning, usage.cache_read) == (9, 5, 14, 3, 4)
    assert [check.passed for check in usage.checks] == [True]


def test_a_message_without_text_is_recognised_by_its_start_and_finish():
    assert load(START, {"type": "finish"}).protocol == "ai-sdk"
    assert load({"type": "start"}, {"type": "finish"}).protocol == "ai-sdk"
    assert load({"type": "start"}, {"type": "stop"}).protocol == "generic"


@pytest.mark.parametrize(
    "chunk",
    [
        text("a"),
        text("a", kind="reasoning"),
        tool("start", toolName="add"),
        {"type": "finish-step"},
        {"type": "error", "errorText": "no"},
    ],
)
def test_one_chunk_of_an_own_type_is_enough(chunk):
    assert vercel_ai_sdk.recognise(Sample("", ("message",), (chunk,))) > 60


def test_similar_streams_are_not_recognised():
    assert load({"type": "text-delta", "delta": "a"}).protocol == "generic"
    assert load({"type": "text-delta", "id": "0", "delta": {}}).protocol == "generic"
    assert load({"type": "text-delta", "payload": {"text": "a"}}).protocol == "mastra"
    assert load({"type": "stream-start", "warnings": []}, text("a")).protocol == "ai-sdk-model"


def test_a_data_stream_is_read():
    reading = read_lines(
        ("f", {"messageId": "m"}),
        ("g", "hm"),
        ("j", {"signature": "s"}),
        ("i", {"data": "x"}),
        ("0", "Olá"),
        ("0", ""),
        ("0", " mundo\n"),
        ("2", [{"a": 1}]),
        ("8", [{"a": 1}]),
        ("k", {"data": "eA==", "mimeType": "image/png"}),
        ("h", {"sourceType": "url", "url": "u"}),
        ("e", {"finishReason": "stop", "usage": {"promptTokens": 5, "completionTokens": 3}, "isContinued": False}),
        ("d", {"finishReason": "length", "usage": {"promptTokens": 9, "completionTokens": 7}}),
    )
    assert rows(reading) == [
        ("start", ""),
        ("reasoning", "hm"),
        ("silent", ""),
        ("silent", ""),
        ("content", "Olá"),
        ("silent", ""),
        ("content", " mundo\n"),
        ("other", ""),
        ("other", ""),
        ("other", "image/png, 1 byte"),
        ("citation", '{"sourceType":"url","url":"u"}'),
        ("usage", ""),
        ("finish", ""),
        ("usage", ""),
    ]
    assert (reading.finish_reasons, reading.ended, reading.error, reading.problems) == ({0: "length"}, True, None, [])
    usage = vercel_ai_sdk.usage(reading.usage, None)
    assert (usage.input, usage.output, usage.total, usage.checks) == (9, 7, None, ())


def test_a_data_stream_interrupted_between_steps_is_not_complete():
    reading = read_lines(("0", "a"), ("e", {"finishReason": "tool-calls", "usage": {"promptTokens": 5}}))
    assert (reading.ended, reading.finish_reasons, reading.usage) == (False, {}, {"promptTokens": 5})


def test_unknown_counts_are_not_usage():
    reading = read_lines(("d", {"finishReason": "stop", "usage": {"promptTokens": None, "completionTokens": None}}))
    assert (rows(reading), reading.usage) == ([("finish", "")], None)


def test_tool_calls_of_a_data_stream_are_read():
    reading = read_lines(
        ("b", {"toolCallId": "t0", "toolName": "add"}),
        ("c", {"toolCallId": "t0", "argsTextDelta": '{"a"'}),
        ("c", {"toolCallId": "t0", "argsTextDelta": ": 1}"}),
        ("9", {"toolCallId": "t0", "toolName": "add", "args": {"a": 1}}),
        ("9", {"toolCallId": "t1", "toolName": "now", "args": {}}),
        ("a", {"toolCallId": "t1", "result": 3}),
    )
    assert reading.assembled_tool_calls() == [ToolCall("t0", "add", '{"a": 1}', 0), ToolCall("t1", "now", "{}", 0)]
    assert [kind for kind, _ in rows(reading)] == [*["tool_call"] * 3, "other", "tool_call", "other"]


def test_an_error_in_a_data_stream_is_an_error():
    reading = read_lines(("0", "so far"), ("3", "An error occurred."))
    assert (reading.error, rows(reading)[0]) == (StreamError("An error occurred."), ("content", "so far"))
    assert not reading.ended


def test_a_truncated_line_is_reported():
    events = data_stream.decode(b'0:"a"\n0:"b')
    reading = Reading()
    vercel_ai_sdk.read(events, reading)
    assert rows(reading) == [("content", "a"), ("other", "")]
    assert "cut off" in reading.problems[0].message


ODD = [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"]


@pytest.mark.parametrize("odd", ODD)
def test_a_malformed_chunk_does_not_affect_others(odd):
    fields = ("id", "delta", "toolCallId", "toolName", "inputTextDelta", "input", "citations", "url", "errorText")
    fields += ("reason", "finishReason", "messageMetadata", "usage")
    types = [
        "text-delta",
        "reasoning-delta",
        "text-end",
        "source-url",
        "start",
        "reset-step",
        "finish",
        "error",
        "abort",
    ]
    types += [f"tool-input-{step}" for step in ("start", "delta", "available", "error")]
    payloads = [{"type": kind, **dict.fromkeys(fields, odd)} for kind in types] + [{"type": odd}, odd]
    metadata = {"model": odd, "usage": odd, "totalUsage": {"inputTokens": odd, "outputTokens": odd}}
    payloads += [{"type": "start", "messageMetadata": metadata}, {"type": "finish", "usage": {"inputTokens": odd}}]
    # The first events only make sure that the stream is recognised. The step starts after them, so that a reset keeps them.
    chunks = [START, text("still"), *[text("")] * SAMPLE_EVENTS, {"type": "start-step"}, *payloads, text(" here")]
    stream = load(*chunks)
    assert stream.protocol == "ai-sdk"
    assert stream.chunks["event"].nunique() == len(chunks)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


@pytest.mark.parametrize("odd", ODD)
def test_a_malformed_part_does_not_affect_others(odd):
    fields = ("toolCallId", "toolName", "args", "argsTextDelta", "finishReason", "usage")
    parts = [(code, value) for code in vercel_ai_sdk._CODES for value in (odd, dict.fromkeys(fields, odd))]
    reading = read_lines(("0", "still"), *parts, ("0", " here"))
    assert set(reading.event) == set(range(len(parts) + 2))
    contents = [content for kind, content in rows(reading) if kind == "content"]
    assert (contents[0], contents[-1]) == ("still", " here")
    reading.assembled_tool_calls()


@pytest.mark.parametrize(
    "odd", [None, 7, "text", [], [7], {"type": []}, {"type": {}}, {"type": "error", "errorText": 7}]
)
def test_malformed_payloads_are_not_recognised(odd):
    assert vercel_ai_sdk.recognise(Sample("", ("message",), (odd,))) == 0
    assert vercel_ai_sdk.recognise(Sample("", (), ())) == 0


@pytest.mark.parametrize("kind", ["start", "text-delta", "tool-input-start", "finish-step", "finish"])
def test_events_that_keep_everything_in_a_payload_are_not_recognised(kind):
    events = [
        {"type": name, "from": "AGENT", "payload": {"id": "1", "text": "Calm"}} for name in ("start", kind, "finish")
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    stream = viewer.load(body.encode()).streams[0]
    assert stream.protocol != "ai-sdk"
    assert "Calm" in "".join(stream.chunks["text"])
