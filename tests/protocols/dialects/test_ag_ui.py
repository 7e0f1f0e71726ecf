"""AG-UI: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000


def event(kind, **fields):
    return {"type": kind, **fields}


def content(delta, message="m", **fields):
    return event("TEXT_MESSAGE_CONTENT", messageId=message, delta=delta, **fields)


STARTED = event("RUN_STARTED", threadId="t", runId="r")
FINISHED = event("RUN_FINISHED", threadId="t", runId="r")


def load(*payloads):
    return read("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).replace('"@deep@"', DEEP))


def read(body):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body.encode())
    return read_stream(Interaction(Request("POST", "https://example.org/"), response), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_messages_reasoning_and_calls_are_read():
    stream = load(
        STARTED,
        event("REASONING_START", messageId="q"),
        event("REASONING_MESSAGE_START", messageId="q", role="reasoning"),
        event("REASONING_MESSAGE_CONTENT", messageId="q", delta="Look."),
        event("REASONING_MESSAGE_END", messageId="q"),
        event("TEXT_MESSAGE_START", messageId="m", role="assistant"),
        content("Dry"),
        content(" today."),
        event("TEXT_MESSAGE_END", messageId="m"),
        event("TOOL_CALL_START", toolCallId="c", toolCallName="radar"),
        event("TOOL_CALL_ARGS", toolCallId="c", delta='{"at":'),
        event("TOOL_CALL_ARGS", toolCallId="c", delta='"sea"}'),
        event("TOOL_CALL_END", toolCallId="c"),
        event("TOOL_CALL_RESULT", toolCallId="c", messageId="n", content="no echo"),
        FINISHED,
    )
    assert (stream.protocol, stream.text(), stream.text("reasoning")) == ("ag-ui", "Dry today.", "Look.")
    assert calls(stream) == [("c", "radar", '{"at":"sea"}')]
    assert (stream.text("other"), stream.finish_reason) == ("no echo", None)
    assert (stream.complete, stream.problems) == (True, [])


def test_chunks_continue_the_last_message_and_call():
    stream = load(
        STARTED,
        event("REASONING_MESSAGE_CHUNK", messageId="q", delta="Hm."),
        event("TEXT_MESSAGE_CHUNK", messageId="m", role="assistant", delta="Dr"),
        event("TEXT_MESSAGE_CHUNK", delta="y"),
        event("TOOL_CALL_CHUNK", toolCallId="c", toolCallName="a", delta="{"),
        event("TOOL_CALL_CHUNK", delta="}"),
        event("TOOL_CALL_CHUNK", toolCallId="d", toolCallName="b", delta="[]"),
        FINISHED,
    )
    assert (stream.text("reasoning"), stream.text()) == ("Hm.", "Dry")
    assert calls(stream) == [("c", "a", "{}"), ("d", "b", "[]")]


def test_thinking_of_the_first_versions_is_reasoning():
    thinking = event("THINKING_TEXT_MESSAGE_CONTENT", delta="Hm.")
    assert load(STARTED, event("THINKING_START"), thinking, FINISHED).text("reasoning") == "Hm."


def test_messages_of_others_are_not_content():
    stream = load(event("TEXT_MESSAGE_START", messageId="u", role="user"), content("Hi", "u"), content("Yes"), FINISHED)
    assert (stream.text(), stream.text("other")) == ("Yes", "Hi")


def test_a_snapshot_adds_only_what_was_not_shown_since_the_last_question():
    messages = [
        {"id": "1", "role": "assistant", "content": "before"},
        {"id": "2", "role": "user", "content": "Hi"},
        {"id": "m", "role": "assistant", "content": "Dry"},
        {"id": "x", "role": "assistant", "content": "Dry"},
        {"id": "4", "role": "assistant", "content": " today", "toolCalls": [{"id": "c", "function": {"name": "a"}}]},
    ]
    stream = load(STARTED, content("Dry"), event("MESSAGES_SNAPSHOT", messages=messages), FINISHED)
    assert (stream.text(), calls(stream)) == ("Dry today", [("c", "a", "")])


def test_a_subagent_that_fails_does_not_end_the_run():
    fields = {"subagentRunId": "s"}
    stream = load(
        STARTED,
        event("SUBAGENT_STARTED", name="radar", description="Reads the radar.", **fields),
        event("SUBAGENT_ERROR", message="The radar is off.", code="off", **fields),
        event("SUBAGENT_FINISHED", result={"mm": 4}, outcome={"type": "success"}, **fields),
        content("Dry"),
        FINISHED,
    )
    assert (stream.text(), stream.error, stream.complete, stream.problems) == ("Dry", None, True, [])
    others = [text for kind, text in rows(stream) if kind == "other"]
    assert others == ["radar\nReads the radar.", "The radar is off.", '{"mm":4}']


def test_chunks_continue_the_message_and_call_of_their_own_agent():
    def chunk(kind, agent, **fields):
        return event(f"{kind}_CHUNK", **({"subagentRunId": agent} if agent else {}), **fields)

    stream = load(
        chunk("TEXT_MESSAGE", "", messageId="m", delta="Dry"),
        chunk("TEXT_MESSAGE", "s", messageId="n", role="user", delta="Dry?"),
        chunk("TEXT_MESSAGE", "", delta=" now"),
        chunk("TOOL_CALL", "", toolCallId="c", toolCallName="radar", delta="{"),
        chunk("TOOL_CALL", "s", toolCallId="d", toolCallName="tide", delta="[]"),
        event("TOOL_CALL_END", toolCallId="d"),
        chunk("TOOL_CALL", "", delta="}"),
        FINISHED,
    )
    assert (stream.text(), stream.text("other")) == ("Dry now", "Dry?")
    assert calls(stream) == [("c", "radar", "{}"), ("d", "tide", "[]")]


def test_results_in_parts_and_what_only_a_snapshot_has_are_shown():
    parts = [{"type": "text", "text": "4 mm"}, {"type": "text", "text": "and rising"}]
    messages = [
        {"role": "user", "id": "u", "content": "Dry?"},
        {"role": "reasoning", "id": "r", "content": "Hm."},
        {"role": "tool", "id": "t", "toolCallId": "c", "content": parts},
        {"role": "tool", "id": "v", "toolCallId": "d", "content": "Off.", "error": "Off."},
    ]
    result = event("TOOL_CALL_RESULT", messageId="t", toolCallId="c", content=parts)
    stream = load(STARTED, result, event("MESSAGES_SNAPSHOT", messages=messages), FINISHED)
    assert stream.text("reasoning") == "Hm."
    steps = [(step.id, step.text, step.is_error) for step in stream.tool_steps]
    assert steps == [("c", "4 mm\nand rising", False), ("d", "Off.", True)]


def test_usage_of_an_error_and_cache_writes_are_counted():
    counts = {"model": "gpt-x", "inputTokens": 9, "outputTokens": 4, "totalTokens": 13, "cacheWriteInputTokens": 5}
    stream = load(STARTED, event("RUN_ERROR", message="No more.", usage=[counts]))
    assert (stream.model, stream.usage.total, stream.usage.cache_write) == ("gpt-x", 13, 5)


def test_the_texts_of_an_activity_and_a_result_that_is_no_text_are_shown():
    activity = event("ACTIVITY_SNAPSHOT", messageId="p", activityType="PLAN", content={"text": "Look up."})
    stream = load(STARTED, activity, content("Dry"), {**FINISHED, "result": {"mm": 4}})
    assert (stream.text(), stream.text("other")) == ("Dry", 'Look up.{"mm":4}')


def test_the_time_of_each_event_is_its_stamp():
    stream = load({**STARTED, "timestamp": 1760000000100}, content("a", timestamp=1760000000350))
    assert stream.chunks["stamp"].tolist() == [1760000000.1, 1760000000.35]
    assert stream.timing.grade == "stamped"


def test_an_interrupted_run_is_shown_with_its_questions():
    outcome = {"type": "interrupt", "interrupts": [{"id": "i", "message": "Go?"}]}
    stream = load(STARTED, {**FINISHED, "outcome": outcome})
    assert (stream.finish_reason, stream.complete) == ("interrupt", True)
    assert "Go?" in stream.text("other")


def test_the_result_of_a_run_without_messages_is_the_content():
    assert load(STARTED, {**FINISHED, "result": "Dry"}).text() == "Dry"
    assert load(STARTED, content("Wet"), {**FINISHED, "result": "Dry"}).text() == "Wet"


def test_additions_of_tanstack_are_read():
    counts = {"promptTokens": 9, "completionTokens": 4, "totalTokens": 13}
    step = event("STEP_FINISHED", stepId="s", delta="Hm.", content="Hm.")
    end = event("TOOL_CALL_END", toolCallId="c", toolName="a", input={"b": 1})
    first = {**FINISHED, "model": "gpt-x", "finishReason": "stop", "usage": counts}
    stream = load({**STARTED, "model": "gpt-x"}, step, content("Dry", content="Dry"), end, first)
    assert (stream.model, stream.text(), stream.text("reasoning")) == ("gpt-x", "Dry", "Hm.")
    assert (stream.finish_reason, stream.usage.input, stream.usage.output) == ("stop", 9, 4)
    assert calls(stream) == [("c", "a", '{"b":1}')]
    later = {**FINISHED, "metadata": {"tanstack": {"finishReason": "length", "model": "gpt-y"}}}
    later["usage"] = [{"inputTokens": 1, "outputTokens": 2}, {"inputTokens": 3, "outputTokens": 4}]
    stream = load(STARTED, content("a"), later)
    assert (stream.model, stream.finish_reason, stream.usage.input, stream.usage.output) == ("gpt-y", "length", 4, 6)


@pytest.mark.parametrize(
    ("payload", "message", "code"),
    [
        (event("RUN_ERROR", message="Too busy", code="503"), "Too busy", "503"),
        (event("RUN_ERROR", error={"message": "Too busy", "code": "503"}), "Too busy", "503"),
        (event("RUN_ERROR"), "The run failed.", ""),
    ],
)
def test_an_error_is_read(payload, message, code):
    stream = load(STARTED, content("so far"), payload)
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", message, code)
    assert not stream.complete


def test_an_unknown_event_with_a_text_is_shown_and_reported():
    stream = load(STARTED, event("MURMUR", delta="psst"), event("NOTHING"), FINISHED)
    assert stream.text("other") == "psst"
    assert [("MURMUR" in problem.message, "NOTHING" in problem.message) for problem in stream.problems] == [
        (True, False)
    ]


def test_events_of_other_protocols_are_not_recognised():
    assert load(event("text-delta", id="1", delta="a")).protocol == "ai-sdk"
    assert load(event("content_block_delta", index=0, delta={})).protocol == "anthropic-messages"
    assert load(event("CUSTOM", name="a", value=1)).protocol == "generic"


def test_json_lines_are_read_like_events():
    lines = "".join(f"{json.dumps(payload)}\n" for payload in (STARTED, content("Dry"), FINISHED))
    stream = viewer.load(lines.encode()).streams[0]
    assert (stream.protocol, stream.text(), stream.complete) == ("ag-ui", "Dry", True)


def test_a_stream_that_breaks_off_is_reported():
    body = f"data: {json.dumps(STARTED)}\n\ndata: {json.dumps(content('a'))}\n\ndata: {json.dumps(content('b'))}"
    stream = read(body[:-8])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("messageId", "delta", "role", "toolCallId", "toolCallName", "input", "messages", "timestamp", "usage")
    fields += ("model", "metadata", "outcome", "value", "content", "error", "message", "code", "finishReason")
    kinds = ("TEXT_MESSAGE_START", "TEXT_MESSAGE_CHUNK", "TOOL_CALL_CHUNK", "TOOL_CALL_END", "STEP_FINISHED", "CUSTOM")
    kinds += ("MESSAGES_SNAPSHOT", "RUN_FINISHED", "RUN_ERROR", "TOOL_CALL_RESULT", "REASONING_MESSAGE_CONTENT")
    payloads = [event(kind, **{name: odd}) for kind in kinds for name in fields] + [odd, event(odd)]
    payloads += [event("MESSAGES_SNAPSHOT", messages=[{"role": "assistant", "id": odd, "toolCalls": [odd]}, odd])]
    stream = load(STARTED, content("still", "1"), *payloads, content(" here", "2"))
    assert stream.protocol == "ag-ui"
    assert stream.chunks["event"].nunique() == len(payloads) + 3
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
