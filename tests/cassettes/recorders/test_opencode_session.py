"""opencode: exports, lines of a run and saved events, opened as one interaction for each step."""

import json

import viewer
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import opencode_session

START_MS = 1_770_091_500_000


def part(kind, identity, message, session="s1", **fields):
    return {"id": identity, "sessionID": session, "messageID": message, "type": kind, **fields}


def said(identity, message, words, begin=0, end=0, kind="text", **fields):
    return part(kind, identity, message, text=words, time={"start": START_MS + begin, "end": START_MS + end}, **fields)


def tool(identity, message, call_id, begin, end, name="bash", **state):
    whole = {"status": "completed", "input": {"command": "ls"}, "output": "dry", "title": "", "metadata": {}}
    whole |= {"time": {"start": START_MS + begin, "end": START_MS + end}} | state
    return part("tool", identity, message, callID=call_id, tool=name, state=whole)


def tokens(fresh=10, output=50, reasoning=5, read=100, write=20):
    return {"input": fresh, "output": output, "reasoning": reasoning, "cache": {"read": read, "write": write}}


def finish(identity, message, reason="stop", cost=0.25, **fields):
    return part("step-finish", identity, message, reason=reason, cost=cost, tokens=tokens(), **fields)


def user(identity, at, *parts, session="s1"):
    info = {"id": identity, "sessionID": session, "role": "user", "time": {"created": START_MS + at}, "agent": "build"}
    return {"info": info, "parts": list(parts)}


def answer(identity, at, *parts, session="s1", **fields):
    info = {"id": identity, "sessionID": session, "role": "assistant", "modelID": "claude-sonnet-4-5"}
    info |= {"providerID": "anthropic", "cost": 0.25, "tokens": tokens()}
    return {
        "info": info | {"time": {"created": START_MS + at, "completed": START_MS + at + 900}} | fields,
        "parts": list(parts),
    }


MESSAGES = (
    user("u1", 1000, part("text", "p1", "u1", text="Is it dry?")),
    answer(
        "m1",
        1100,
        part("step-start", "a", "m1"),
        said("b", "m1", "Look.", 2000, 3000, "reasoning"),
        tool("c", "m1", "c1", 4000, 9000),
        finish("d", "m1", "tool-calls"),
    ),
    answer(
        "m2",
        9500,
        part("step-start", "e", "m2"),
        said("f", "m2", "It is dry.", 10_000, 12_000),
        finish("g", "m2", cost=0.5),
    ),
    user("u2", 30_000, part("text", "p2", "u2", text="Thanks.")),
    answer("m3", 30_100, part("step-start", "h", "m3"), said("i", "m3", "Gladly.", 31_000, 32_000), finish("j", "m3")),
)


def export(*messages, **info):
    session = {"id": "s1", "version": "1.1.2", "directory": "/w", "time": {"created": START_MS}, **info}
    return viewer.load(json.dumps({"info": session, "messages": messages}, indent=2).encode(), "export.json")


def event(kind, **properties):
    return {"type": kind, "properties": properties}


def updated(one):
    return event("message.part.updated", part=one)


def noted(message, **fields):
    return event("message.updated", sessionID=message["info"]["sessionID"], info=message["info"] | fields)


def saved(*events):
    return viewer.load("".join(f"data: {json.dumps(one)}\n\n" for one in events).encode(), "events.sse")


def run(*parts):
    names = {"step-start": "step_start", "step-finish": "step_finish", "tool": "tool_use"}
    return [
        {"type": names.get(one["type"], one["type"]), "timestamp": START_MS + 100 * at, "sessionID": "s1", "part": one}
        for at, one in enumerate(parts)
    ]


def load(*lines):
    return viewer.load("".join(json.dumps(line) + "\n" for line in lines).encode(), "run.jsonl")


def test_each_step_of_an_export_is_a_call_with_its_own_tokens_and_cost():
    cassette = export(*MESSAGES)
    assert (cassette.format, cassette.format_version, cassette.session.id) == ("opencode", "1.1.2", "s1")
    assert [stream.text() for stream in cassette.streams] == ["", "It is dry.", "Gladly."]
    assert cassette.streams[0].text("reasoning") == "Look."
    usage = cassette.streams[0].usage
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.cache_write) == (130, 55, 5, 100, 20)
    assert [stream.cost.usd for stream in cassette.streams] == [0.25, 0.5, 0.25]
    assert [stream.finish_reason for stream in cassette.streams] == ["tool-calls", "stop", "stop"]
    assert all(stream.complete and stream.model == "claude-sonnet-4-5" for stream in cassette.streams)
    assert ([place.turn for place in cassette.session.calls], len(cassette.problems)) == ([0, 0, 1], 1)


def test_parts_and_tools_have_their_own_times():
    cassette = export(*MESSAGES)
    (ran,) = cassette.session.tool_runs
    assert (ran.ran_s, ran.called.epoch_s * 1000 - START_MS, ran.returned.epoch_s * 1000 - START_MS) == (
        5.0,
        4000,
        9000,
    )
    given = [place.given.epoch_s * 1000 - START_MS for place in cassette.session.calls]
    assert given == [1000, 9000, 30_000]
    assert {stream.timing.grade for stream in cassette.streams} == {"stamped"}
    assert cassette.streams[0].chunks.query("kind in ['reasoning', 'tool_call']")["t"].tolist() == [0.0, 1.0]


def test_a_message_of_several_steps_is_several_calls():
    parts = [*MESSAGES[1]["parts"], *MESSAGES[2]["parts"]]
    cassette = export(MESSAGES[0], answer("m1", 1100, *parts))
    assert [(stream.text(), stream.cost.usd) for stream in cassette.streams] == [("", 0.25), ("It is dry.", 0.5)]
    assert len(cassette.session.turns) == 1
    assert [(stream.text(), stream.cost.usd) for stream in load(*run(*parts)).streams] == [
        ("", 0.25),
        ("It is dry.", 0.5),
    ]


def test_the_lines_of_a_run_are_split_into_steps():
    cassette = load(
        *run(*MESSAGES[1]["parts"], *MESSAGES[2]["parts"]), {"type": "done", "timestamp": 1, "sessionID": "s1"}
    )
    assert [stream.text() for stream in cassette.streams] == ["", "It is dry."]
    assert ([stream.complete for stream in cassette.streams], cassette.problems) == ([True, True], [])
    assert (cassette.session.id, cassette.session.tool_runs[0].ran_s) == ("s1", 5.0)


def test_events_are_split_into_steps_and_subagents():
    task = {"input": {"prompt": "Find rain", "subagent_type": "explore"}, "metadata": {"sessionId": "s2"}}
    started = tool("c", "m1", "c1", 4000, 9000, "task", status="running", output="", **task)
    child = answer(
        "m9", 5000, said("k", "m9", "Here.", 5000, 6000, session="s2"), finish("l", "m9", session="s2"), session="s2"
    )
    cassette = saved(
        event("server.connected"),
        noted(MESSAGES[0]),
        updated(MESSAGES[0]["parts"][0]),
        noted(MESSAGES[1], time={"created": START_MS}),
        updated(part("tool", "c", "m1", callID="c1", tool="task", state={"status": "pending", "input": {}})),
        updated(started),
        event("session.created", info={"id": "s2", "parentID": "s1"}),
        noted(user("u9", 4500, session="s2")),
        updated(part("text", "p9", "u9", "s2", text="Find rain")),
        noted(child),
        *map(updated, child["parts"]),
        event("session.idle", sessionID="s2"),
        updated(tool("c", "m1", "c1", 4000, 9000, "task", **task)),
        updated(finish("d", "m1", "tool-calls")),
        noted(MESSAGES[1]),
        noted(MESSAGES[0], summary={"title": "Dry"}),
        updated(part("text", "f", "m2", text="It")),
        event("message.part.delta", sessionID="s1", messageID="m2", partID="f", field="text", delta=" is dry."),
        updated(finish("g", "m2")),
        event("session.status", sessionID="s1", status={"type": "idle"}),
        event("session.idle", sessionID="s1"),
    )
    assert [stream.text() for stream in cassette.streams] == ["", "Here.", "It is dry."]
    assert [stream.complete for stream in cassette.streams] == [True, True, True]
    assert [(place.agent, place.turn) for place in cassette.session.calls] == [(0, 0), (1, 0), (0, 0)]
    agent = cassette.session.agents[1]
    assert (agent.id, agent.name, agent.parent, agent.started_in, agent.started_by) == ("s2", "explore", 0, 0, "c1")
    (ran,) = cassette.session.tool_runs
    assert (ran.call_id, ran.ran_s, ran.called.epoch_s * 1000 - START_MS) == ("c1", 5.0, 4000)
    assert b"Find rain" in cassette.interactions[1].request.body
    assert [one.severity for one in cassette.problems] == ["note"]


def test_what_a_session_says_of_itself_is_kept():
    reported = export(*MESSAGES, cost=1.0, tokens=tokens(30, 150, 15, 300, 60)).session.reported
    assert (reported.cost_usd, reported.usage.input, reported.usage.output) == (1.0, 390, 165)
    assert reported.with_subagents is False


def test_an_answer_that_was_stopped_has_the_tokens_of_its_message():
    failed = {"name": "MessageAbortedError", "data": {"message": "Aborted"}}
    stream = export(MESSAGES[0], answer("m1", 1100, said("b", "m1", "Well", 1, 2), error=failed)).streams[0]
    assert (stream.text(), stream.error.message, stream.usage.output) == ("Well", "Aborted", 55)


def test_a_conversation_that_was_compacted_is_noted():
    compaction = user("u3", 29_000, part("compaction", "x", "u3", auto=True))
    assert export(*MESSAGES[:3], compaction, MESSAGES[4]).session.compacted_before == (2,)


def test_unknown_parts_and_lines_are_counted():
    odd = answer("m2", 9500, part("whisper", "w", "m2", text="psst"), *MESSAGES[2]["parts"])
    assert "1 line of unknown types: 1 part whisper." in [one.message for one in export(*MESSAGES[:2], odd).problems]
    murmur = {"type": "murmur", "sessionID": "s1", "timestamp": START_MS}
    (note,) = load(*run(*MESSAGES[2]["parts"]), murmur).problems
    assert note.message == "1 line of unknown types: 1 murmur."


def test_a_file_that_was_cut_opens():
    whole = json.dumps({"info": {"id": "s1"}, "messages": MESSAGES}, indent=2)
    cut = viewer.load(whole[: whole.index("Gladly")].encode(), "export.json")
    assert [stream.text() for stream in cut.streams][:2] == ["", "It is dry."]
    assert any(one.severity == "warning" for one in cut.problems)


def test_others_are_not_taken_for_it():
    for other in (
        {"info": {"id": "x"}, "messages": [{"role": "user"}], "sessionID": "s", "parts": []},
        {"messages": [{"info": {}, "parts": []}], "sessionID": "s"},
        {"type": "text", "part": {"text": "a"}},
    ):
        assert opencode_session.recognise(Document(json.dumps(other).encode(), "a.json")) == 0
