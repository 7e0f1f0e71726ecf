"""Dify: a small synthetic stream for each rule."""

import json

import pytest

from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000
COUNTS = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13, "total_price": "0.1", "latency": 1.5}


def event(name, **fields):
    return {"event": name, "task_id": "t", "created_at": 1760000000, **fields}


def says(text, name="message"):
    return event(name, answer=text)


def thought(identity="1", **fields):
    return event("agent_thought", id=identity, **fields)


def step(name, **data):
    return {"event": name, "task_id": "t", "workflow_run_id": "w", "data": data}


END = event("message_end", metadata={"usage": COUNTS})


def load(*payloads):
    return read("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).replace('"@deep@"', DEEP))


def interaction(body, content_type="text/event-stream"):
    response = Response(200, headers=Headers([("Content-Type", content_type)]), body=body.encode())
    return Interaction(Request("POST", "https://example.org/v1/chat-messages"), response)


def read(body):
    return read_stream(interaction(body), 0)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_text_usage_and_times_are_read():
    stream = read(
        f"event: ping\n\ndata: {json.dumps(says('Dry'))}\n\ndata: {json.dumps(says(' today'))}\n\ndata: {json.dumps(END)}\n\n"
    )
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("dify", "Dry today", None)
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 4, 13)
    assert [kind for kind, _ in rows(stream)] == ["keep_alive", "content", "content", "finish", "usage"]
    assert stream.chunks["stamp"].dropna().unique().tolist() == [1760000000.0]
    assert (stream.timing.grade, stream.complete, stream.problems) == ("span", True, [])


def test_an_agent_thinks_calls_and_answers():
    stream = load(
        thought(thought="", position=1),
        says("Let me ", "agent_message"),
        says("look.", "agent_message"),
        thought(thought="Let me look.", tool="radar", tool_input='{"radar": {"at": "sea"}}'),
        thought(thought="Let me look.", tool="radar", tool_input='{"radar": {"at": "sea"}}', observation="4 mm"),
        thought("2", thought="So it rains."),
        says(" Dry.", "agent_message"),
        END,
    )
    assert (stream.text(), stream.text("reasoning")) == ("Let me look. Dry.", "So it rains.")
    assert calls(stream) == [("1", "radar", '{"radar": {"at": "sea"}}')]
    assert (stream.text("other"), stream.complete) == ("4 mm", True)


def test_a_replacement_takes_back_what_it_leaves_out():
    stream = load(says("Dry"), says(" and rude"), event("message_replace", answer="Dry."), END)
    assert (stream.text(), stream.complete) == ("Dry.", True)
    assert [problem.severity for problem in stream.problems] == ["note"]


def test_the_outputs_of_a_workflow_are_content_if_no_text_was_streamed():
    end = step("workflow_finished", status="succeeded", outputs={"text": "Dry"}, total_tokens=13, elapsed_time=1.5)
    silent = load(
        step("workflow_started", id="w"), step("node_started"), step("node_finished", outputs={"text": "Dry"}), end
    )
    assert (silent.text(), silent.finish_reason, silent.usage.total) == ("Dry", "succeeded", 13)
    assert (silent.timing.grade, silent.complete, silent.problems) == ("span", True, [])
    streamed = load(step("workflow_started"), step("text_chunk", text="Dr"), step("text_chunk", text="y"), end)
    assert (streamed.text(), [kind for kind, _ in rows(streamed)].count("finish")) == ("Dry", 1)
    several = load(
        step("workflow_started"), step("workflow_finished", outputs={"a": "x", "b": "y"}, status="succeeded")
    )
    assert (several.text(), several.text("other")) == ("", '{"a":"x","b":"y"}')


def test_a_chat_with_a_workflow_has_one_finish():
    end = step("workflow_finished", status="succeeded", outputs={"answer": "Dry"}, total_tokens=13)
    stream = load(step("workflow_started"), says("Dry"), end, END)
    assert (stream.text(), stream.usage.input, [kind for kind, _ in rows(stream)].count("finish")) == ("Dry", 9, 1)


def test_a_workflow_that_waits_is_complete():
    assert load(step("workflow_started"), step("workflow_paused", reasons=["human"])).complete


@pytest.mark.parametrize(
    ("payload", "message", "code"),
    [
        (
            event("error", status=400, code="provider_quota_exceeded", message="No quota"),
            "No quota",
            "provider_quota_exceeded",
        ),
        (step("workflow_finished", status="failed", error="No node"), "No node", ""),
    ],
)
def test_an_error_is_read(payload, message, code):
    stream = load(says("so far"), payload)
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", message, code)
    assert not stream.complete


def test_answers_that_were_not_streamed_are_read():
    blocking = {"event": "message", "task_id": "t", "answer": "Dry", "metadata": {"usage": COUNTS}}
    answer = read_answer(interaction(json.dumps(blocking), "application/json"))
    assert (answer.protocol, answer.text, answer.usage.total) == ("dify", "Dry", 13)
    workflow = {"workflow_run_id": "w", "task_id": "t", "data": {"status": "succeeded", "outputs": {"text": "Wet"}}}
    answer = read_answer(interaction(json.dumps(workflow), "application/json"))
    assert (answer.text, answer.finish_reason) == ("Wet", "succeeded")


def test_an_unknown_event_with_a_text_is_shown_and_reported():
    stream = load(says("a"), event("murmur", text="psst"), END)
    assert "psst" in stream.text("other")
    assert "murmur" in stream.problems[0].message


def test_similar_streams_are_not_recognised():
    assert load({"event": "message", "answer": "a"}).protocol == "generic"
    assert load({"event": "message_start", "task_id": "t"}).protocol == "generic"
    assert load({"event": "on_chat_model_stream", "name": "a", "data": {}}).protocol == "langserve"


def test_a_stream_that_breaks_off_is_reported():
    body = "".join(f"data: {json.dumps(says(text))}\n\n" for text in ("a", "b"))
    stream = read(body[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = (
        "answer",
        "data",
        "metadata",
        "created_at",
        "thought",
        "tool",
        "tool_input",
        "observation",
        "id",
        "message",
    )
    names = ("message", "agent_thought", "text_chunk", "node_finished", "workflow_finished", "error", "ping", "x")
    payloads = [{**event(name), field: odd} for name in names for field in fields] + [odd, event(odd)]
    payloads += [
        event("message_end", metadata={"usage": odd}),
        event("message_end", metadata={"usage": {"latency": odd}}),
    ]
    payloads += [step("workflow_finished", outputs=odd, status=odd, error=odd, total_tokens=odd, elapsed_time=odd)]
    stream = load(says("still"), *payloads, says(" here"))
    assert stream.protocol == "dify"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


def test_parallel_calls_of_one_thought_are_told_apart():
    """Dify's agent with function calling saves them in one thought: `api/core/agent/fc_agent_runner.py`."""
    call = {"tool": "radar;tide", "tool_input": '{"radar":{"at":"sea"},"tide":{}}'}
    stream = load(thought(**call), thought(**call, observation='{"radar":"4 mm","tide":"low"}'), END)
    assert calls(stream) == [("1", "radar", '{"at":"sea"}'), ("1", "tide", "{}")]
    assert [(step.name, step.text) for step in stream.tool_steps] == [("radar", "4 mm"), ("tide", "low")]
    arrays = thought(tool='["radar","tide"]', tool_input='["a","b"]', observation='["c","d"]')
    assert calls(load(arrays, END)) == [("1", "radar", "a"), ("1", "tide", "b")]


def test_what_was_retrieved_is_a_citation():
    resources = [{"position": 1, "document_name": "radar.md", "content": "It rains"}]
    stream = load(says("Dry"), event("message_end", metadata={"usage": COUNTS, "retriever_resources": resources}))
    assert ("citation", json.dumps(resources, separators=(",", ":"))) in rows(stream)


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (
            event("message_file", id="f", type="image", belongs_to="assistant", url="https://e.org/a"),
            "image, https://e.org/a",
        ),
        (step("agent_log", label="ROUND 1", status="success", data={"thought": "It rains"}), "ROUND 1\nIt rains"),
        (step("node_finished", status="failed", error="No radar"), "No radar"),
        (step("human_input_required", form_content="Which city?"), "Which city?"),
        (step("datasource_processing", total=1), ""),
    ],
)
def test_what_stands_beside_the_answer_is_shown(payload, shown):
    stream = load(says("Dry"), payload, END)
    assert (stream.text(), stream.text("other"), stream.problems) == ("Dry", shown, [])


def test_an_error_of_a_data_source_is_read():
    assert str(load(step("workflow_started"), step("datasource_error", error="No disk")).error) == "No disk"
