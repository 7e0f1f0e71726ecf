"""Codex: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
START = {"type": "thread.started", "thread_id": "t"}
TURN = {"type": "turn.started"}
COUNTS = {"input_tokens": 30, "cached_input_tokens": 20, "output_tokens": 9}


def item(kind, step="completed", identity="i", **fields):
    return {"type": f"item.{step}", "item": {"id": identity, "type": kind, **fields}}


def says(text, identity="a"):
    return item("agent_message", identity=identity, text=text)


def done(**counts):
    return {"type": "turn.completed", "usage": {**COUNTS, **counts}}


def load(*lines):
    """Read the lines as one stream. As a file, `viewer.cassettes.recorders.codex_exec` makes a stream of each turn."""
    return read("".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.name, call.arguments) for call in stream.tool_calls]


def test_reasoning_text_and_usage_are_read():
    stream = load(START, TURN, item("reasoning", text="**Look**"), says("Dry."), done(reasoning_output_tokens=4))
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("codex-exec", "**Look**", "Dry.")
    usage = stream.usage
    assert (usage.input, usage.cache_read, usage.output, usage.reasoning) == (30, 20, 9, 4)
    assert (stream.finish_reason, stream.complete, stream.problems) == ("completed", True, [])


def test_the_usage_of_the_last_turn_is_that_of_the_thread():
    stream = load(START, TURN, says("a"), done(), TURN, says("b", "b"), done(input_tokens=70))
    assert (stream.text(), stream.usage.input) == ("ab", 70)
    # Without the start of the thread, earlier turns are not in the lines.
    assert load(TURN, says("b", "b"), done(input_tokens=70)).usage is None


def test_items_that_run_something_are_calls():
    command = {"command": "ls", "exit_code": 0, "status": "completed"}
    stream = load(
        *(START, TURN),
        item("command_execution", "started", command="ls", aggregated_output=""),
        item("command_execution", "updated", command="ls", aggregated_output="one"),
        item("command_execution", **command, aggregated_output="one\ntwo"),
        item("file_change", identity="f", changes=[{"path": "a", "kind": "add"}]),
        item("web_search", identity="w", query="rain", action={"type": "search"}),
        item(
            "mcp_tool_call",
            identity="m",
            server="s",
            tool="radar",
            arguments={"km": 5},
            result={"content": [{"text": "ok"}]},
        ),
        item("collab_tool_call", identity="c", tool="spawn_agent", prompt="Go on"),
        {"type": "request_user_input", "id": "t", "call_id": "q", "questions": [{"question": "Now?"}]},
        done(),
    )
    assert calls(stream) == [
        ("command_execution", '{"command":"ls"}'),
        ("file_change", '{"changes":[{"path":"a","kind":"add"}]}'),
        ("web_search", '{"query":"rain","action":{"type":"search"}}'),
        ("radar", '{"km":5}'),
        ("spawn_agent", '{"prompt":"Go on"}'),
        ("request_user_input", '{"questions":[{"question":"Now?"}]}'),
    ]
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["one", "one\ntwo", "ok"]


def test_an_updated_text_and_a_plan_grow():
    plan = [{"type": "item.plan.delta", "item_id": "p", "delta": one} for one in ("1. ", "Look")]
    stream = load(
        START,
        item("agent_message", "updated", "a", text="Dr"),
        says("Dry. "),
        *plan,
        item("plan", identity="p", text="1. Look"),
    )
    assert [value for kind, value in rows(stream) if kind == "content"] == ["Dr", "y. ", "1. ", "Look"]


def test_lists_and_errors_that_end_nothing_are_of_kind_other():
    todo = {"items": [{"text": "First", "completed": True}, {"text": "Then", "completed": False}]}
    stream = load(START, TURN, item("todo_list", **todo), item("error", identity="e", message="No hook"), done())
    assert [value for kind, value in rows(stream) if kind == "other"] == ["First\nThen", "No hook"]
    assert (stream.error, stream.complete) == (None, True)


def test_a_turn_that_fails_has_an_error():
    stream = load(
        START, TURN, {"type": "error", "message": "a"}, {"type": "turn.failed", "error": {"message": "No quota"}}
    )
    assert (stream.error.message, stream.complete) == ("No quota", False)
    alone = load(TURN, {"type": "turn.failed", "error": {"message": "No quota"}})
    assert (alone.protocol, alone.error.message) == ("codex-exec", "No quota")


def test_an_error_before_the_end_of_a_turn_was_overcome():
    stream = load(START, TURN, {"type": "error", "message": "Reconnecting 1/5"}, says("a"), done())
    assert (stream.error, stream.complete, rows(stream)[2]) == (None, True, ("error", "Reconnecting 1/5"))


def test_the_names_of_the_first_version_are_read():
    lines = [{"type": "session.created", "session_id": "s"}]
    for kind, fields in (("reasoning", {"text": "Hm"}), ("assistant_message", {"text": "Dry"})):
        lines.append({"type": "item.completed", "item": {"id": kind, "item_type": kind, **fields}})
    stream = load(*lines)
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("codex-exec", "Hm", "Dry")


def test_lines_with_stamps_are_timed():
    stamped = [
        {**line, "timestamp": 1770091445123 + 10 * place}
        for place, line in enumerate((START, says("a"), says("b", "b")))
    ]
    assert load(*stamped).timing.grade == "stamped"


def test_unknown_events_and_items_with_text_are_shown_and_reported():
    stream = load(START, {"type": "murmur", "text": "psst"}, item("whisper", text="hush"), {"type": "tick"}, done())
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["psst", "hush"]
    assert [("murmur" in one.message, "whisper" in one.message) for one in stream.problems] == [
        (True, False),
        (False, True),
    ]


def test_others_are_not_taken_for_it():
    note = {"type": "turn.started", "player": "white"}
    assert load({"type": "item.completed", "item": {"id": 1, "type": "order"}}, note).protocol != "codex-exec"
    delta = {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "a"}
    assert load(delta, delta).protocol == "openai-responses"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"data: {json.dumps(line)}\n\n" for line in (START, says("a"), says("b", "b")))[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_line_does_not_affect_others(odd):
    kinds = (
        "agent_message",
        "command_execution",
        "file_change",
        "mcp_tool_call",
        "web_search",
        "todo_list",
        "error",
        "x",
    )
    names = (
        "text",
        "command",
        "aggregated_output",
        "changes",
        "arguments",
        "result",
        "query",
        "items",
        "message",
        "tool",
    )
    lines = [
        odd,
        {"type": odd},
        {"type": "item.completed", "item": odd},
        item(odd),
        item("agent_message", identity=odd),
    ]
    lines += [item(kind, identity="o", **{name: odd}) for kind in kinds for name in names]
    lines += [
        {"type": kind, "item": odd, "error": odd, "usage": odd} for kind in ("turn.failed", "error", "turn.completed")
    ]
    lines += [{"type": "item.plan.delta", "item_id": odd, "delta": odd}, {"type": "turn.started", "timestamp": odd}]
    lines += [{"type": "request_user_input", "call_id": odd, "questions": odd}]
    lines = [START, says("still"), *lines, says(" here", "b")]
    stream = load(*lines)
    assert stream.protocol == "codex-exec"
    assert stream.chunks["event"].nunique() == len(lines)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
