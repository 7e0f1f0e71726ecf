"""opencode: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
CONNECTED = {"type": "server.connected", "properties": {}}
IDLE = {"type": "session.idle", "properties": {"sessionID": "s"}}


def part(kind, identity="p", message="m", **fields):
    return {"id": identity, "sessionID": "s", "messageID": message, "type": kind, **fields}


def updated(kind, identity="p", message="m", delta=None, **fields):
    properties = {"part": part(kind, identity, message, **fields), **({"delta": delta} if delta else {})}
    return {"type": "message.part.updated", "properties": properties}


def delta(content, identity="p", **fields):
    return {
        "type": "message.part.delta",
        "properties": {"partID": identity, "field": "text", "delta": content, **fields},
    }


def message(role="assistant", identity="m", **fields):
    info = {"id": identity, "sessionID": "s", "role": role, **fields}
    return {"type": "message.updated", "properties": {"info": info}}


def tool(**state):
    return updated("tool", "t", callID="c", tool="bash", state=state)


def step(identity="f", reason="stop", cost=0.25, **tokens):
    counts = {"input": 10, "output": 4, "reasoning": 3, "cache": {"read": 20, "write": 5}, **tokens}
    return updated("step-finish", identity, reason=reason, cost=cost, tokens=counts)


def line(kind, at_ms=0, **fields):
    return {
        "type": kind,
        "timestamp": 1770091445123 + at_ms,
        "sessionID": "s",
        "part": part(kind.replace("_", "-"), **fields),
    }


def load(*events, framing="data: {}\n\n"):
    return read("".join(framing.format(json.dumps(one)) for one in events).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_growing_parts_are_read():
    stream = load(
        CONNECTED,
        message(modelID="model-x", providerID="x"),
        updated("reasoning", "r", text="Hm"),
        updated("text", text="Dry", delta="Dry"),
        updated("text", text="Dry now.\n", delta=" now.\n"),
        updated("text", text="Dry now.", time={"start": 1, "end": 2}),
        step(),
        IDLE,
    )
    assert (stream.protocol, stream.model, stream.text("reasoning")) == ("opencode", "model-x", "Hm")
    assert (stream.text(), stream.finish_reason, stream.complete, stream.problems) == ("Dry now.\n", "stop", True, [])


def test_parts_that_grow_by_deltas_are_read():
    begun = [updated("reasoning", "r", text=""), delta("Hm", "r"), updated("text", text=""), delta("Dry"), delta(".")]
    stream = load(*begun, updated("text", text="Dry."), step())
    assert (stream.text("reasoning"), stream.text(), stream.problems) == ("Hm", "Dry.", [])


def test_the_users_parts_are_of_kind_other():
    events = (
        message("user", "u"),
        updated("text", "q", "u", text="Dry?"),
        message(),
        updated("text", text="Yes"),
        step(),
    )
    # With the id of its session, `viewer.cassettes.recorders.opencode_session` makes a request of what the user asked.
    for one in (events[0], events[2]):
        del one["properties"]["info"]["sessionID"]
    stream = load(*events)
    assert (stream.text(), stream.text("other")) == ("Yes", "Dry?")


def test_the_states_of_a_tool_are_one_call():
    stream = load(
        tool(status="pending", input={}),
        tool(status="running", input={"command": "ls"}),
        tool(status="completed", input={"command": "ls"}, output="two files"),
        updated("tool", "v", callID="d", tool="read", state={"status": "error", "input": {}, "error": "No file"}),
        step(),
    )
    assert [(one.id, one.name, one.arguments) for one in stream.tool_calls] == [
        ("c", "bash", '{"command":"ls"}'),
        ("d", "read", ""),
    ]
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["two files", "No file"]


def test_usage_and_cost_are_those_of_all_steps():
    stream = load(step("f", "tool-calls"), step("f", "tool-calls"), updated("text", text="a"), step("g", cost=0.5))
    usage, cost = stream.usage, stream.cost
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.cache_write) == (70, 14, 6, 40, 10)
    assert (cost.usd, cost.source, cost.is_estimate) == (0.75, "as opencode states it in `cost`", False)
    assert (stream.finish_reason, stream.complete) == ("stop", True)


def test_a_step_that_calls_tools_does_not_end_the_session():
    assert load(updated("text", text="a"), step(reason="tool-calls")).complete is False


def test_the_lines_of_a_run_are_read():
    lines = [
        line("step_start"),
        line("text", 10, text="Dry."),
        line("step_finish", 20, reason="stop", cost=0.1, tokens={"input": 3}),
    ]
    called = {"type": "tool_use", "timestamp": 1770091445138, "sessionID": "s", "part": tool()["properties"]["part"]}
    stream = load(*lines[:2], called, lines[2], framing="{}\n")
    assert (stream.protocol, stream.text(), stream.complete, stream.timing.grade) == (
        "opencode",
        "Dry.",
        True,
        "stamped",
    )
    assert (stream.tool_calls[0].name, stream.usage.input, stream.usage.output, stream.cost.usd) == (
        "bash",
        3,
        None,
        0.1,
    )


def test_the_stream_of_all_folders_wraps_its_events():
    stream = load(*({"directory": "/w", "payload": one} for one in (CONNECTED, updated("text", text="Dry"), step())))
    assert (stream.protocol, stream.text(), stream.complete) == ("opencode", "Dry", True)


def test_errors_are_read():
    failed = {"name": "APIError", "data": {"message": "No quota", "statusCode": 429}}
    for one in ({"type": "session.error", "properties": {"sessionID": "s", "error": failed}}, message(error=failed)):
        stream = load(updated("text", text="a"), one)
        assert (stream.error.message, stream.error.type, stream.complete) == ("No quota", "APIError", False)
    stream = load(
        line("text", text="a"), {"type": "error", "timestamp": 1, "sessionID": "s", "error": failed}, framing="{}\n"
    )
    assert stream.error.message == "No quota"


def test_other_events_and_parts_keep_their_text():
    todo = {
        "type": "todo.updated",
        "properties": {"sessionID": "s", "todos": [{"content": "Look", "status": "pending"}]},
    }
    stream = load(updated("subtask", prompt="Go on", description="d e", agent="a"), todo, step())
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["Go on\nd e", "Look"]
    assert stream.problems == []


def test_unknown_parts_and_messages_with_text_are_shown_and_reported():
    murmur = {"type": "message.murmur", "properties": {"text": "psst"}}
    stream = load(murmur, updated("whisper", text="hush"), delta("lost", "unknown"), updated("text", text="a"), step())
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["psst", "hush", "lost"]
    assert len(stream.problems) == 3


def test_others_are_not_taken_for_it():
    tracked = {"type": "session.started", "properties": {"plan": "free"}}
    assert load(tracked, tracked).protocol != "opencode"
    assert load({"type": "text", "part": {"text": "a"}}, framing="data: {}\n\n").protocol != "opencode"
    assert load({"type": "text-delta", "id": "0", "delta": "a"}).protocol == "ai-sdk"


def test_a_recording_that_breaks_off_is_reported():
    events = (updated("text", text="a"), updated("text", text="ab"), updated("text", text="abc"))
    stream = read("".join(f"data: {json.dumps(one)}\n\n" for one in events)[:-20])
    assert (stream.text(), stream.complete) == ("ab", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    kinds = ("text", "reasoning", "tool", "step-finish", "retry", "x")
    names = ("text", "state", "tokens", "cost", "reason", "callID", "messageID", "error")
    events = [odd, {"type": odd}, {"payload": odd}, {"type": "message.part.updated", "properties": odd}]
    events += [updated(kind, "o", **{name: odd}) for kind in kinds for name in names if name != "messageID"]
    events += [
        updated("text", odd, odd, text=odd),
        updated(odd),
        delta(odd, odd),
        delta("x", field=odd),
        tool(input=odd, output=odd),
    ]
    events += [
        message(odd, odd, modelID=odd),
        {"type": "session.error", "properties": {"error": odd}},
        step(input=odd, cache=odd),
    ]
    events += [{**line("text"), "timestamp": odd, "part": odd}, {"type": "error", "error": odd}, step(cost=odd)]
    events = [updated("text", "1", text="still"), *events, updated("text", "2", text=" here")]
    stream = load(*events)
    assert stream.protocol == "opencode"
    assert stream.chunks["event"].nunique() == len(events)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
