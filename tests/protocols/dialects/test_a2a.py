"""Agent2Agent: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

DEEP = "[" * 1000 + "]" * 1000


def status(state, *texts, at=None, **fields):
    message = {"role": "agent", "messageId": "m", "parts": [text(one) for one in texts]}
    value = {"state": state, **({"message": message} if texts else {}), **({"timestamp": at} if at else {})}
    return {"kind": "status-update", "taskId": "t", "contextId": "c", "status": value, **fields}


def artifact(*parts, name="a", **fields):
    return {"kind": "artifact-update", "taskId": "t", "artifact": {"artifactId": name, "parts": list(parts)}, **fields}


def text(content, **fields):
    return {"kind": "text", "text": content, **fields}


def rpc(result):
    return {"jsonrpc": "2.0", "id": 1, "result": result}


def load(*results, wrap=rpc):
    return read("".join(f"data: {json.dumps(wrap(result))}\r\n\r\n" for result in results).replace('"@deep@"', DEEP))


def read(body):
    return read_stream(interaction(body, "text/event-stream"), 0)


def interaction(body, content_type):
    response = Response(200, headers=Headers([("Content-Type", content_type)]), body=body.encode())
    return Interaction(Request("POST", "https://example.org/"), response)


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_pieces_of_an_artifact_are_joined_and_the_last_state_is_the_finish_reason():
    stream = load(
        status("submitted", at="2025-10-09T08:00:00Z"),
        status("working", at="2025-10-09T08:00:00.250Z", final=False),
        artifact(text("Thun"), append=False, lastChunk=False),
        artifact(text("der"), append=True, lastChunk=True),
        status("completed", at="2025-10-09T08:00:02.750Z", final=True),
    )
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("a2a", "Thunder", "completed")
    assert [kind for kind, _ in rows(stream)] == ["silent", "silent", "content", "content", "finish"]
    assert stream.chunks["stamp"].dropna().tolist() == [1759996800.0, 1759996800.25, 1759996802.75]
    assert (stream.timing.grade, stream.complete, stream.problems) == ("stamped", True, [])


def test_version_1_0_names_the_sort_by_a_key_over_json_rpc_and_rest():
    results = [
        {"task": {"id": "t", "contextId": "c", "status": {"state": "TASK_STATE_SUBMITTED"}}},
        {"statusUpdate": {"taskId": "t", "status": {"state": "TASK_STATE_WORKING"}}},
        {"artifactUpdate": {"taskId": "t", "artifact": {"artifactId": "a", "parts": [{"text": "Gus"}]}}},
        {"artifactUpdate": {"taskId": "t", "artifact": {"artifactId": "a", "parts": [{"text": "ts"}]}, "append": True}},
        {"statusUpdate": {"taskId": "t", "status": {"state": "TASK_STATE_COMPLETED"}}},
    ]
    for stream in (load(*results), load(*results, wrap=dict)):
        assert (stream.protocol, stream.text(), stream.finish_reason) == ("a2a", "Gusts", "TASK_STATE_COMPLETED")
        assert (stream.complete, stream.problems) == (True, [])


def test_the_first_drafts_have_neither_kind_nor_key():
    stream = load(
        {"id": "t", "status": {"state": "working"}, "final": False},
        {"id": "t", "artifact": {"index": 0, "append": False, "parts": [{"type": "text", "text": "Mi"}]}},
        {"id": "t", "artifact": {"index": 0, "append": True, "parts": [{"type": "text", "text": "st"}]}},
        {"id": "t", "status": {"state": "completed"}, "final": True},
    )
    assert (stream.protocol, stream.text(), stream.finish_reason) == ("a2a", "Mist", "completed")


def test_a_message_is_a_whole_answer():
    stream = load({"kind": "message", "role": "agent", "messageId": "m", "parts": [text("Dry "), text("today.")]})
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Dry today.", None, True)


def test_an_artifact_that_is_sent_again_replaces_the_one_before():
    stream = load(
        artifact(text("draft")),
        artifact(text("other"), name="b"),
        artifact(text("done")),
        status("completed"),
    )
    assert (stream.text(), stream.text("other")) == ("otherdone", "draft")
    stream = load(artifact(text("Fog")), artifact(text("Rain")), status("completed"))
    assert (stream.text(), stream.text("other")) == ("Rain", "Fog")
    assert [problem.severity for problem in stream.problems] == ["note"]


def test_a_task_repeats_its_artifacts():
    whole = {"kind": "task", "id": "t", "status": {"state": "completed"}}
    whole["artifacts"] = [{"artifactId": "a", "parts": [text("Fog."), text(" Rain.")]}]
    stream = load(artifact(text("Fog.")), whole, status("completed", final=True))
    assert (stream.text(), stream.finish_reason) == ("Fog. Rain.", "completed")
    assert [kind for kind, _ in rows(stream)].count("finish") == 1


def test_messages_of_a_task_that_goes_on_are_progress():
    stream = load(status("working", "Looking…"), artifact(text("Dew.")), status("completed"))
    assert rows(stream) == [("other", "Looking…"), ("content", "Dew."), ("finish", "")]
    paused = load(status("working", "Looking…"), status("input-required", "Where?", final=True))
    assert (paused.text(), paused.finish_reason, paused.complete) == ("Where?", "input-required", True)


def test_an_artifact_that_is_sent_again_replaces_its_thoughts_too():
    thought = {"adk_thought": True}
    pieces = [artifact(text("H", metadata=thought)), artifact(text("m.", metadata=thought), text("D"), append=True)]
    stream = load(*pieces, artifact(text("Hm.", metadata=thought), text("Dry")), status("completed"))
    assert (stream.text("reasoning"), stream.text(), stream.problems) == ("Hm.", "Dry", [])


def test_the_rest_binding_of_version_0_3_calls_the_parts_of_a_message_its_content():
    said = {"messageId": "m", "role": "ROLE_AGENT", "content": [text("Dry")]}
    assert (load({"message": said}, wrap=dict).protocol, load({"message": said}, wrap=dict).text()) == ("a2a", "Dry")
    end = {"statusUpdate": {"status": {"state": "TASK_STATE_COMPLETED", "message": said}, "final": True}}
    assert load(end, wrap=dict).text() == "Dry"


@pytest.mark.parametrize(("data", "shown"), [("wet", "wet"), (7, "7"), ([1], "[1]"), ({"mm": 4}, '{"mm":4}')])
def test_data_of_any_kind_is_shown_and_never_the_answer(data, shown):
    working = {"statusUpdate": {"status": {"state": "TASK_STATE_WORKING", "message": {"parts": [{"data": data}]}}}}
    stream = load(working, {"statusUpdate": {"status": {"state": "TASK_STATE_COMPLETED"}}})
    assert (stream.text(), stream.text("other")) == ("", shown)


def test_the_result_of_an_adk_tool_belongs_to_its_call():
    returned = {
        "data": {"id": "c", "name": "radar", "response": {"mm": 4}},
        "metadata": {"adk_type": "function_response"},
    }
    stream = load(artifact(returned), status("completed"))
    assert [(step.id, step.name, step.text) for step in stream.tool_steps] == [("c", "radar", '{"mm":4}')]


def test_progress_is_the_content_of_a_completed_task_without_other_text():
    assert load(status("working", "Dew."), status("completed")).text() == "Dew."
    assert load(status("working", "Looking…")).text() == ""


def test_data_is_shown_and_files_are_not_text():
    file = {"kind": "file", "file": {"name": "map.png", "bytes": "eA=="}}
    stream = load(artifact({"kind": "data", "data": {"mm": 4}}, file), status("completed"))
    assert rows(stream)[:2] == [("other", '{"mm":4}'), ("other", "")]


def test_thoughts_calls_and_usage_of_adk_are_read():
    call = {"kind": "data", "data": {"id": "c1", "name": "radar", "args": {"at": "sea"}}}
    call["metadata"] = {"adk_type": "function_call"}
    counts = {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 13}
    working = status("working", metadata={"adk_usage_metadata": counts})
    thought = text("Hm.", metadata={"adk_thought": True})
    working["status"]["message"] = {"role": "agent", "parts": [thought, call]}
    stream = load(working, artifact(call, text("Calm.")), status("completed"))
    assert (stream.text("reasoning"), stream.text()) == ("Hm.", "Calm.")
    assert [(one.id, one.name, one.arguments) for one in stream.tool_calls] == [("c1", "radar", '{"at":"sea"}')]
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 4, 13)


@pytest.mark.parametrize(
    ("payload", "message", "kind", "code"),
    [
        ({"jsonrpc": "2.0", "id": 1, "error": {"code": -32001, "message": "No task"}}, "No task", "", "-32001"),
        (rpc(status("failed", "Out of range", final=True)), "Out of range", "failed", ""),
        (rpc(status("TASK_STATE_REJECTED")), "The task is rejected.", "rejected", ""),
    ],
)
def test_an_error_is_read(payload, message, kind, code):
    stream = load(rpc(artifact(text("Fo"))), payload, wrap=dict)
    assert (stream.text(), stream.complete) == ("Fo", False)
    assert (stream.error.message, stream.error.type, stream.error.code) == (message, kind, code)


def test_a_response_that_was_not_streamed_is_an_answer():
    task = {"kind": "task", "id": "t", "status": {"state": "completed"}}
    task["artifacts"] = [{"artifactId": "a", "parts": [text("Hail.")]}]
    answer = read_answer(interaction(json.dumps(rpc(task)), "application/json"))
    assert (answer.protocol, answer.text, answer.finish_reason) == ("a2a", "Hail.", "completed")


def test_json_lines_are_read_like_events():
    lines = [rpc(artifact(text("Dry"))), rpc(status("completed"))]
    stream = viewer.load("".join(f"{json.dumps(line)}\n" for line in lines).encode()).streams[0]
    assert (stream.protocol, stream.text(), stream.complete) == ("a2a", "Dry", True)


def test_other_json_rpc_is_not_recognised():
    tool = {"content": [{"type": "text", "text": "a"}]}
    assert load(tool).protocol == "mcp-jsonrpc"
    assert load({"task": {"taskId": "t", "status": "working"}}).protocol != "a2a"
    assert load({"message": {"role": "assistant", "content": "Hi"}, "done": False}, wrap=dict).protocol == "ollama-chat"


def test_a_request_is_shown_as_it_is():
    ask = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": {"message": {"parts": [text("Dry?")]}}}
    stream = load(ask, rpc(artifact(text("Yes"))), rpc(status("completed")), wrap=dict)
    assert (stream.text(), "Dry?" in stream.text("other"), stream.problems) == ("Yes", True, [])


def test_an_unknown_result_with_a_text_is_shown_and_reported():
    stream = load(artifact(text("Dry")), {"kind": "news", "text": "wet"}, status("completed"))
    assert stream.text("other") == "wet"
    assert "unknown" in stream.problems[0].message


def test_a_truncated_event_is_reported():
    body = "".join(f"data: {json.dumps(rpc(artifact(text(one))))}\n\n" for one in ("a", "b"))
    stream = read(body[:-20])
    assert (stream.text(), stream.complete) == ("a", False)
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    results = [odd, {"kind": odd}, artifact(odd), artifact(text(odd)), artifact(text("x", metadata=odd), append=odd)]
    results += [{"kind": kind, "artifact": odd, "status": odd, "parts": odd, "metadata": odd} for kind in ("task", "x")]
    results += [{"kind": "status-update", "status": {"state": odd, "timestamp": odd, "message": odd}, "final": odd}]
    results += [{"statusUpdate": odd}, {"artifactUpdate": odd}, {"task": odd}, {"message": {"parts": odd}}]
    results += [artifact({"data": odd, "metadata": {"adk_type": "function_call"}}, name=odd), {"kind": "task"}]
    results += [{"kind": "task", "artifacts": [odd]}, artifact({"data": {"id": odd, "name": odd, "args": odd}})]
    stream = load(artifact(text("still"), name="1"), *results, artifact(text(" here"), name="2"))
    assert stream.protocol == "a2a"
    assert stream.chunks["event"].nunique() == len(results) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
