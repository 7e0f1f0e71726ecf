"""Mastra: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
COUNTS = {"inputTokens": 5, "outputTokens": 3, "totalTokens": 8}


def chunk(kind, source="AGENT", **payload):
    return {"type": kind, "runId": "r", "from": source, "payload": payload}


def delta(text, kind="text-delta"):
    return chunk(kind, id="t", text=text)


def finish(reason="stop", **counts):
    return chunk("finish", stepResult={"reason": reason}, output={"usage": counts} if counts else {})


def load(*payloads):
    return read("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).replace('"@deep@"', DEEP))


def read(body):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body.encode())
    return read_stream(Interaction(Request("POST", "https://example.org/"), response), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_text_reasoning_finish_and_usage_are_read():
    stream = load(
        chunk("start", id="weather"),
        chunk("step-start", messageId="m", request={}),
        chunk("reasoning-start", id="q"),
        delta("Hm.", "reasoning-delta"),
        delta("Dry"),
        delta(" today."),
        chunk("step-finish", output={"usage": {"inputTokens": 1, "outputTokens": 1}}, response={"modelId": "gpt-x"}),
        finish(**COUNTS),
    )
    assert (stream.protocol, stream.model, stream.text()) == ("mastra", "gpt-x", "Dry today.")
    assert (stream.text("reasoning"), stream.finish_reason) == ("Hm.", "stop")
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (5, 3, 8)
    assert (stream.complete, stream.problems) == (True, [])


def test_whole_arguments_add_nothing_to_pieces_of_them():
    stream = load(
        chunk("tool-call-input-streaming-start", toolCallId="c", toolName="a"),
        chunk("tool-call-delta", toolCallId="c", argsTextDelta='{"b":'),
        chunk("tool-call-delta", toolCallId="c", argsTextDelta="1}"),
        chunk("tool-call-input-streaming-end", toolCallId="c"),
        chunk("tool-call", toolCallId="c", toolName="a", args={"b": 1}),
        chunk("tool-call", toolCallId="d", toolName="e", args={}),
        chunk("tool-result", toolCallId="c", toolName="a", result={"mm": 4}),
        finish("tool-calls"),
    )
    assert calls(stream) == [("c", "a", '{"b":1}'), ("d", "e", "{}")]
    assert (stream.text("other"), stream.finish_reason, stream.problems) == ('{"mm":4}', "tool-calls", [])


def test_a_run_that_waits_for_approval_is_complete():
    stream = load(chunk("start"), chunk("tool-call-approval", toolCallId="c", toolName="a", args={}))
    assert (stream.complete, stream.finish_reason) == (True, None)


def test_text_of_a_step_is_content_and_that_of_a_tool_is_not():
    nested = delta("Dry")
    workflow = load(
        chunk("workflow-start", "WORKFLOW", workflowId="w"),
        chunk("workflow-step-output", "WORKFLOW", output=nested),
        chunk("workflow-step-result", "WORKFLOW", id="s", output={"text": "Dry"}),
        chunk("workflow-finish", "WORKFLOW", workflowStatus="success", output={"usage": COUNTS}),
    )
    assert (workflow.text(), workflow.finish_reason, workflow.usage.total) == ("Dry", "success", 8)
    tool = load(chunk("tool-output", output=nested, toolCallId="c"), delta("Wet"), finish())
    assert (tool.text(), tool.text("other")) == ("Wet", "Dry")


def test_the_result_of_a_network_is_the_content_if_none_was_streamed():
    end = chunk("network-execution-event-finish", "NETWORK", result="Dry", usage=COUNTS)
    inner = {**chunk("agent-execution-event-text-delta", "NETWORK"), "payload": delta("inner")}
    stream = load(chunk("routing-agent-start", "NETWORK"), inner, end)
    assert (stream.text(), stream.text("other"), stream.usage.total) == ("Dry", "inner", 8)
    assert load(chunk("routing-agent-text-delta", "NETWORK", text="Wet"), end).text() == "Wet"


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (chunk("error", error={"message": "Too busy", "stack": "x"}), "Too busy"),
        (chunk("error", error="Too busy"), "Too busy"),
        (chunk("abort"), "The run was aborted."),
    ],
)
def test_an_error_is_read(payload, message):
    stream = load(delta("so far"), payload)
    assert (stream.text(), stream.error.message, stream.complete) == ("so far", message, False)


TYPES = """
abort agent-execution-abort agent-execution-approval agent-execution-end agent-execution-start
agent-execution-suspended background-task-cancelled background-task-completed background-task-failed
background-task-output background-task-progress background-task-resumed background-task-running
background-task-started background-task-suspended custom error file finish goal is-task-complete
network-execution-event-finish network-execution-event-step-finish network-object network-object-result
network-validation-end network-validation-start object object-result raw reasoning-delta reasoning-end
reasoning-file reasoning-signature reasoning-start redacted-reasoning response-metadata routing-agent-abort
routing-agent-end routing-agent-start routing-agent-text-delta routing-agent-text-start source start step-finish
step-output step-start text-delta text-end text-start tool-call tool-call-approval tool-call-delta
tool-call-input-streaming-end tool-call-input-streaming-start tool-call-suspended tool-error
tool-execution-abort tool-execution-approval tool-execution-end tool-execution-start tool-execution-suspended
tool-output tool-output-denied tool-result tripwire watch workflow-canceled workflow-execution-abort
workflow-execution-end workflow-execution-start workflow-execution-suspended workflow-finish workflow-paused
workflow-start workflow-step-finish workflow-step-output workflow-step-progress workflow-step-result
workflow-step-start workflow-step-suspended workflow-step-waiting
"""
"""All types of `ChunkType` in @mastra/core 1.71.0."""


@pytest.mark.parametrize(
    "kind",
    [*TYPES.split(), "data-note", "agent-execution-event-text-delta", "workflow-execution-event-workflow-finish"],
)
def test_every_type_is_known(kind):
    stream = load(chunk("start"), delta("a"), chunk(kind, text="b", reason="some words", result="some words"), finish())
    assert stream.text().startswith("a")
    assert not any("unknown" in problem.message for problem in stream.problems)


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (chunk("file", data="AAAA", mimeType="image/png"), "image/png, 3 bytes"),
        (chunk("reasoning-file", data="AAAA", mimeType="image/png"), "image/png, 3 bytes"),
        ({**chunk("object-result"), "object": {"a": "b c"}}, ""),
        (chunk("goal", reason="Not yet dry"), "Not yet dry"),
        (chunk("is-task-complete", reason="Dry enough"), "Dry enough"),
        (chunk("workflow-step-result", "WORKFLOW", status="success", output={"mm": 4}), '{"mm":4}'),
        (chunk("tool-output", output="half way", toolCallId="c"), "half way"),
        (
            chunk("workflow-step-output", "WORKFLOW", output=chunk("workflow-step-output", output=delta("inner"))),
            "inner",
        ),
        (chunk("background-task-output", payload=chunk("tool-output", output=delta("inner"))), "inner"),
        ({"type": "data-note", "runId": "r", "from": "AGENT", "data": {"note": "It may rain"}}, "It may rain"),
        (chunk("tool-output-denied", toolCallId="c", approval={"approved": False, "reason": "Too late"}), "Too late"),
    ],
)
def test_what_stands_beside_the_message_is_shown_and_is_no_result_of_a_tool(payload, shown):
    stream = load(delta("Dry"), payload, finish())
    assert (stream.text(), stream.text("other"), stream.problems, stream.tool_steps) == ("Dry", shown, [], [])


def test_results_of_background_tasks_and_of_a_network_are_results_of_tools():
    stream = load(
        delta("Dry"),
        chunk("background-task-completed", toolCallId="c", toolName="a", result={"mm": 4}),
        chunk("background-task-failed", toolCallId="d", toolName="a", error={"message": "no"}),
        chunk("tool-execution-end", "NETWORK", toolCallId="e", toolName="a", result="wet"),
        chunk("tool-result", toolCallId="f", toolName="a", result="bad", isError=True),
        finish(),
    )
    steps = [(step.id, step.text, step.is_error) for step in stream.tool_steps]
    assert steps == [("c", '{"mm":4}', False), ("d", '{"message":"no"}', True), ("e", "wet", False), ("f", "bad", True)]


@pytest.mark.parametrize("kind", ["workflow-paused", "agent-execution-suspended", "tool-execution-approval"])
def test_a_run_that_pauses_is_complete(kind):
    assert load(chunk("start"), delta("a"), chunk(kind)).complete


@pytest.mark.parametrize("kind", ["routing-agent-abort", "tool-execution-abort", "workflow-canceled"])
def test_a_run_that_is_aborted_has_an_error(kind):
    assert load(chunk("start"), delta("a"), chunk(kind, "NETWORK")).error.type == kind


def test_an_empty_piece_is_no_argument():
    """`Agent` of @mastra/client-js 1.47.0 gives the arguments {"b": 1}."""
    start = chunk("tool-call-input-streaming-start", toolCallId="c", toolName="a")
    piece = chunk("tool-call-delta", toolCallId="c", argsTextDelta="")
    stream = load(start, piece, chunk("tool-call", toolCallId="c", toolName="a", args={"b": 1}), finish())
    assert calls(stream) == [("c", "a", '{"b":1}')]


def test_an_answer_that_was_not_streamed_is_read():
    """The fields of what `generate` of @mastra/core 1.71.0 returns."""
    payload = {
        "text": "Dry",
        "reasoningText": "Hm.",
        "steps": [{"text": "Dry"}],
        "finishReason": "stop",
        "usage": {"inputTokens": 1, "outputTokens": 1},
        "totalUsage": COUNTS,
        "toolCalls": [chunk("tool-call", toolCallId="c", toolName="a", args={"b": 1})],
        "toolResults": [chunk("tool-result", toolCallId="c", toolName="a", result=4)],
        "response": {"modelId": "gpt-x"},
    }
    response = Response(200, headers=Headers([("Content-Type", "application/json")]), body=json.dumps(payload).encode())
    answer = read_answer(Interaction(Request("POST", "https://example.org/"), response), think_tags=False)
    assert (answer.protocol, answer.model, answer.text, answer.reasoning) == ("mastra", "gpt-x", "Dry", "Hm.")
    assert (calls(answer), answer.finish_reason, answer.usage.total) == ([("c", "a", '{"b":1}')], "stop", 8)


def test_an_unknown_chunk_with_a_text_is_shown_and_reported():
    stream = load(delta("a"), chunk("murmur", text="psst"), finish())
    assert "psst" in stream.text("other")
    assert "murmur" in stream.problems[0].message


def test_the_same_types_with_a_delta_are_of_the_ai_sdk():
    assert load({"type": "text-delta", "id": "1", "delta": "a"}).protocol == "ai-sdk"
    assert load({"type": "start", "messageId": "m"}, {"type": "finish"}).protocol == "ai-sdk"
    assert load({"type": "text-delta", "payload": {"text": "a"}}).protocol == "mastra"


def test_json_lines_are_read_like_events():
    lines = "".join(f"{json.dumps(payload)}\n" for payload in (delta("Dry"), finish()))
    stream = viewer.load(lines.encode()).streams[0]
    assert (stream.protocol, stream.text(), stream.complete) == ("mastra", "Dry", True)


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"data: {json.dumps(delta(text))}\n\n" for text in ("a", "b"))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_chunk_does_not_affect_others(odd):
    fields = ("text", "toolCallId", "toolName", "args", "argsTextDelta", "output", "stepResult", "usage", "result")
    fields += ("error", "reason", "modelId", "response", "metadata", "workflowStatus", "totalUsage")
    kinds = ("text-delta", "tool-call", "tool-call-delta", "tool-output", "workflow-step-output", "finish", "error")
    kinds += ("tripwire", "tool-result", "step-finish", "source")
    payloads = [chunk(kind, **{name: odd}) for kind in kinds for name in fields]
    payloads += [odd, chunk(odd), {**delta("x"), "payload": odd}, {"type": "finish", "payload": odd}]
    payloads += [chunk("tool-output", output={"type": "text-delta", "payload": odd})]
    stream = load(delta("still"), *payloads, delta(" here"))
    assert stream.protocol == "mastra"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
