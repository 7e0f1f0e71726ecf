"""The model layer of the AI SDK: a small synthetic stream for each rule.

What is expected is what `streamText` of ai 5.0.277, 6.0.326 and 7.0.173 gives for the same bytes through `createGateway`.
"""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
START = {"type": "stream-start", "warnings": []}
MODEL = {"type": "response-metadata", "id": "r", "timestamp": "2026-05-03T10:00:00.000Z", "modelId": "gpt-x"}
FLAT = {"inputTokens": 9, "outputTokens": 4, "totalTokens": 13, "reasoningTokens": 1, "cachedInputTokens": 2}
NESTED = {
    "inputTokens": {"total": 9, "noCache": 6, "cacheRead": 2, "cacheWrite": 1},
    "outputTokens": {"total": 4, "text": 3, "reasoning": 1},
}


def text(delta, kind="text"):
    return {"type": f"{kind}-delta", "id": "0", "delta": delta}


def finish(reason="stop", usage=FLAT):
    return {"type": "finish", "finishReason": reason, "usage": usage}


def load(*parts):
    body = "".join(f"data: {json.dumps(part)}\n\n" for part in parts).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


@pytest.mark.parametrize(
    ("reason", "usage"),
    [("stop", FLAT), ({"unified": "stop", "raw": "end_turn"}, NESTED)],
    ids=["version 2", "version 3"],
)
def test_text_reasoning_finish_and_usage_are_read(reason, usage):
    thought, answer = text("Hm.", "reasoning"), text("Dry.")
    stream = load(START, MODEL, {"type": "text-start", "id": "0"}, thought, answer, finish(reason, usage))
    assert (stream.protocol, stream.model) == ("ai-sdk-model", "gpt-x")
    assert (stream.text(), stream.text("reasoning"), stream.finish_reason) == ("Dry.", "Hm.", "stop")
    assert (stream.usage.input, stream.usage.output, stream.usage.reasoning) == (9, 4, 1)
    assert (stream.usage.cache_read, stream.complete, stream.problems) == (2, True, [])


def test_a_written_cache_is_read():
    assert load(START, text("a"), finish(usage=NESTED)).usage.cache_write == 1


@pytest.mark.parametrize("pieces", [[], [""], ["", '{"a":', "1}"]])
def test_a_call_is_its_pieces_or_whole(pieces):
    stream = load(
        START,
        {"type": "tool-input-start", "id": "c", "toolName": "add"},
        *[{"type": "tool-input-delta", "id": "c", "delta": piece} for piece in pieces],
        {"type": "tool-input-end", "id": "c"},
        {"type": "tool-call", "toolCallId": "c", "toolName": "add", "input": '{"a":1}'},
        finish("tool-calls"),
    )
    assert (calls(stream), stream.finish_reason) == ([("c", "add", '{"a":1}')], "tool-calls")


def test_parallel_calls_are_told_apart_by_their_id():
    starts = [{"type": "tool-input-start", "id": one, "toolName": one.upper()} for one in "ab"]
    pieces = [{"type": "tool-input-delta", "id": one, "delta": piece} for piece in ("{", "}") for one in "ab"]
    assert calls(load(START, *starts, *pieces, finish())) == [("a", "A", "{}"), ("b", "B", "{}")]


def test_what_the_provider_ran_is_a_result():
    call = {"type": "tool-call", "toolCallId": "c", "toolName": "search", "input": "{}", "providerExecuted": True}
    results = [
        {"type": "tool-result", "toolCallId": "c", "toolName": "search", "result": one} for one in ("half", "dry")
    ]
    stream = load(START, call, {**results[0], "preliminary": True}, results[1], finish())
    assert [(step.id, step.name, step.text) for step in stream.tool_steps] == [("c", "search", "dry")]
    assert stream.text("other") == "halfdry"


@pytest.mark.parametrize(
    ("part", "kind", "shown"),
    [
        (
            {"type": "source", "sourceType": "url", "id": "s", "url": "u"},
            "citation",
            '{"sourceType":"url","id":"s","url":"u"}',
        ),
        ({"type": "file", "mediaType": "image/png", "data": "AAAA"}, "other", "image/png, 3 bytes"),
        (
            {"type": "file", "mediaType": "image/png", "data": {"type": "data", "data": "AAAA"}},
            "other",
            "image/png, 3 bytes",
        ),
        (
            {"type": "reasoning-file", "mediaType": "a/b", "data": {"type": "url", "url": "https://e.org"}},
            "other",
            "a/b, https://e.org",
        ),
        ({"type": "raw", "rawValue": {"delta": {"content": "not twice"}}}, "other", ""),
        ({"type": "custom", "kind": "openai.compaction"}, "other", ""),
        ({"type": "tool-approval-request", "approvalId": "a", "toolCallId": "c"}, "other", ""),
        ({"type": "ping"}, "keep_alive", ""),
    ],
)
def test_every_other_part_is_known(part, kind, shown):
    stream = load(START, text("a"), part, finish())
    row = stream.chunks.iloc[2]
    assert (row["kind"], row["text"], stream.text(), stream.problems) == (kind, shown, "a", [])


def test_a_warning_is_shown():
    warning = {"type": "unsupported", "feature": "topK", "details": "It has no effect."}
    assert load({**START, "warnings": [warning]}, text("a"), finish()).text("other") == "It has no effect."


@pytest.mark.parametrize(
    "error",
    [
        "Too busy",
        {"message": "Too busy", "type": "overloaded"},
        {"name": "AI_StreamProviderError", "data": {"message": "Too busy"}},
    ],
)
def test_an_error_keeps_what_came_before(error):
    stream = load(START, text("so far"), {"type": "error", "error": error})
    assert (stream.text(), stream.error.message, stream.complete) == ("so far", "Too busy", False)


def test_the_parts_of_a_full_stream_are_read():
    """As `streamText` of ai 7.0.173 gives them."""
    step = {
        "type": "finish-step",
        "finishReason": "stop",
        "usage": {"inputTokens": 1},
        "response": {"modelId": "gpt-x"},
    }
    stream = load(
        {"type": "start"},
        {"type": "start-step", "request": {}, "warnings": []},
        {"type": "reasoning-delta", "id": "1", "text": "Hm."},
        {"type": "tool-call", "toolCallId": "c", "toolName": "add", "input": {"a": 1}},
        {"type": "tool-result", "toolCallId": "c", "toolName": "add", "input": {"a": 1}, "output": 2},
        step,
        {"type": "start-step", "request": {}, "warnings": []},
        {"type": "tool-call", "toolCallId": "c", "toolName": "add", "input": {"a": 2}},
        {"type": "text-delta", "id": "0", "text": "Dry."},
        step,
        {"type": "finish", "finishReason": "stop", "totalUsage": FLAT},
    )
    assert (stream.protocol, stream.model, stream.text(), stream.text("reasoning")) == (
        "ai-sdk-model",
        "gpt-x",
        "Dry.",
        "Hm.",
    )
    assert calls(stream) == [("c", "add", '{"a":1}'), ("c", "add", '{"a":2}')]
    assert (stream.usage.total, stream.finish_reason, stream.problems) == (13, "stop", [])


def test_version_1_is_read():
    """Parts of `LanguageModelV1` (@ai-sdk/provider 1.1)."""
    counts = {"promptTokens": 9, "completionTokens": 4}
    piece = {"type": "tool-call-delta", "toolCallType": "function", "toolCallId": "c", "toolName": "add"}
    stream = load(
        {"type": "reasoning", "textDelta": "Hm."},
        {"type": "text-delta", "textDelta": "Dry."},
        {**piece, "argsTextDelta": '{"a":'},
        {**piece, "argsTextDelta": "1}"},
        {"type": "tool-call", "toolCallType": "function", "toolCallId": "c", "toolName": "add", "args": '{"a":1}'},
        {"type": "finish", "finishReason": "tool-calls", "usage": counts},
    )
    assert (stream.text(), stream.text("reasoning"), calls(stream)) == ("Dry.", "Hm.", [("c", "add", '{"a":1}')])
    assert (stream.usage.input, stream.usage.output) == (9, 4)


def test_an_answer_that_was_not_streamed_is_read():
    content = [
        {"type": "reasoning", "text": "Hm."},
        {"type": "text", "text": "Dry."},
        {"type": "tool-call", "toolCallId": "c", "toolName": "add", "input": "{}"},
    ]
    finish_reason = {"unified": "tool-calls", "raw": None}
    payload = {"content": content, "finishReason": finish_reason, "usage": NESTED, "response": {"modelId": "gpt-x"}}
    har = {"log": {"version": "1.2", "entries": [_entry(json.dumps(payload))]}}
    answer = viewer.load(json.dumps(har).encode()).answers[0]
    assert (answer.protocol, answer.model, answer.text, answer.reasoning) == ("ai-sdk-model", "gpt-x", "Dry.", "Hm.")
    assert (answer.finish_reason, answer.usage.input, answer.tool_calls[0].name) == ("tool-calls", 9, "add")


def _entry(body):
    url = "https://ai-gateway.vercel.sh/v4/ai/language-model"
    request = {"method": "POST", "url": url, "headers": [], "httpVersion": "HTTP/1.1"}
    content = {"mimeType": "application/json", "text": body}
    response = {"status": 200, "statusText": "OK", "headers": [], "httpVersion": "HTTP/1.1", "content": content}
    return {
        "startedDateTime": "2026-05-03T10:00:00.000Z",
        "time": 1,
        "request": request,
        "response": response,
        "timings": {},
    }


def test_text_in_an_unknown_part_is_shown_and_reported():
    stream = load(START, text("a"), {"type": "murmur", "text": "psst"}, finish())
    assert stream.text("other") == "psst"
    assert "'murmur'" in stream.problems[0].message


def test_a_stream_that_breaks_off_is_reported():
    stream = load(START, text("a"))
    assert (stream.text(), stream.complete) == ("a", False)
    assert "finish reason" in stream.problems[0].message


@pytest.mark.parametrize(
    "odd",
    [
        None,
        3,
        "no",
        "@deep@",
        [],
        {},
        {"type": None},
        {"type": "text-delta", "delta": None},
        {"type": "tool-input-start"},
        {"type": "tool-input-delta", "id": "none", "delta": 1},
        {"type": "tool-call", "toolCallId": None, "input": None},
        {"type": "tool-result", "result": "@deep@"},
        {"type": "file", "file": None, "data": []},
        {"type": "finish-step", "usage": None, "response": None},
    ],
)
def test_a_malformed_part_does_not_affect_others(odd):
    stream = load(START, MODEL, text("a"), odd, text("b"), finish())
    assert (stream.text(), stream.finish_reason, stream.usage.input) == ("ab", "stop", 9)
