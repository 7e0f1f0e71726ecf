"""Gemini CLI: saved chats and `stream-json`, opened as one interaction for each call."""

import json

import pytest

import viewer
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import gemini_cli_session

META = {
    "sessionId": "s1",
    "projectHash": "ab",
    "startTime": "2026-02-03T04:05:00Z",
    "lastUpdated": "2026-02-03T04:05:30Z",
}


def stamp(second):
    return f"2026-02-03T04:05:{second:06.3f}Z"


def message(kind, identity, second, content="", **fields):
    return {"id": identity, "timestamp": stamp(second), "type": kind, "content": content, **fields}


def answer(identity, second, content="", **fields):
    tokens = {"input": 100, "output": 20, "cached": 40, "thoughts": 5, "tool": 2, "total": 127}
    return message("gemini", identity, second, content, **{"model": "gemini-2.5-pro", "tokens": tokens, **fields})


def response(call_id, **fields):
    return {"functionResponse": {"id": call_id, "name": "read_file", "response": fields}}


def ran(call_id, second, status="success", **fields):
    given = {
        "id": call_id,
        "name": "read_file",
        "args": {"path": call_id},
        "status": status,
        "timestamp": stamp(second),
    }
    return given | {"result": [response(call_id, **(fields or {"output": "dry"}))]}


CHAT = (
    message("user", "u1", 1, "Is it dry?"),
    answer(
        "g1",
        4,
        "Looking.",
        thoughts=[{"subject": "Look", "description": "at the gauge", "timestamp": stamp(3)}],
        toolCalls=[ran("t1", 6), ran("t2", 7, "error", error="no file")],
    ),
    answer("g2", 9, "It is dry."),
    message("user", "u2", 20, [{"text": "Thanks."}]),
    answer("g3", 22, "Gladly."),
)


def load(*lines, end="\n"):
    return viewer.load(("\n".join(map(json.dumps, lines)) + end).encode(), "session.jsonl")


def document(*messages, **fields):
    return viewer.load(json.dumps({**META, "messages": messages, **fields}, indent=2).encode(), "session.json")


@pytest.mark.parametrize("cassette", [document(*CHAT), load(META, *CHAT)])
def test_each_message_of_the_model_is_a_call_with_its_own_tokens(cassette):
    assert (cassette.format, cassette.session.program, cassette.session.id) == (
        "gemini-cli-session",
        "Gemini CLI",
        "s1",
    )
    assert [stream.text() for stream in cassette.streams] == ["Looking.", "It is dry.", "Gladly."]
    assert cassette.streams[0].text("reasoning") == "Look\nat the gauge\n"
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    usage = cassette.streams[1].usage
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.total) == (102, 25, 5, 40, 127)
    assert (usage.checks[0].passed, cassette.streams[1].model) == (True, "gemini-2.5-pro")
    assert all(stream.complete and stream.timing.grade == "stamped" for stream in cassette.streams)
    assert b"Thanks." in cassette.interactions[2].request.body


def test_results_stand_with_the_calls_and_have_their_own_times():
    cassette = document(*CHAT)
    first, second = cassette.session.tool_runs
    assert (first.returned.epoch_s - first.called.epoch_s, first.is_error) == (2.0, False)
    assert (second.returned.epoch_s - second.called.epoch_s, second.is_error) == (3.0, True)
    assert [step.text for step in cassette.streams[0].tool_steps] == ["dry", "no file"]
    # The next call is given them, though its request has no line.
    place = cassette.session.calls[1]
    assert (place.given, place.first.epoch_s - place.given.epoch_s) == (second.returned, 2.0)


def test_only_a_document_is_rewritten_and_says_so():
    assert [one.severity for one in document(*CHAT).problems] == ["note"]
    assert load(META, *CHAT).problems == []


def test_a_message_that_is_written_again_is_the_same_call():
    before = {**CHAT[1], "toolCalls": [], "tokens": None}
    returned = message("user", "r1", 8, [response("t1", output="dry")])
    cassette = load(META, CHAT[0], before, {"$set": {"lastUpdated": "x"}}, CHAT[1], returned, CHAT[2])
    assert [stream.text() for stream in cassette.streams] == ["Looking.", "It is dry."]
    assert [call.id for call in cassette.streams[0].tool_calls] == ["t1", "t2"]
    assert (cassette.streams[0].usage.total, len(cassette.session.turns)) == (127, 1)
    assert (b"r1" in cassette.interactions[1].request.body, cassette.problems) == (True, [])


def test_a_conversation_that_was_compressed_is_noted():
    masked = {"$set": {"messages": [*CHAT[:3]]}}
    shorter = {"$set": {"messages": [message("user", "x", 10, "Summary"), CHAT[2]]}}
    assert load(META, *CHAT[:3], masked, *CHAT[3:]).session.compacted_before == ()
    assert load(META, *CHAT[:3], shorter, *CHAT[3:]).session.compacted_before == (2,)


def test_subagents_whose_chats_are_elsewhere_are_noted():
    calls = [ran("t1", 6) | {"agentId": "a1"}, ran("t2", 7) | {"agentId": "a1"}]
    (note,) = load(META, CHAT[0], {**CHAT[1], "toolCalls": calls}).problems
    assert note.message == "1 subagent worked in a chat of its own, which is not in this file."


def line(kind, second, **fields):
    return {"type": kind, "timestamp": stamp(second), **fields}


def says(second, text):
    return line("message", second, role="assistant", content=text, delta=True)


def uses(second, call_id):
    return line("tool_use", second, tool_name="radar", tool_id=call_id, parameters={"km": 5})


def result(**stats):
    counts = {"total_tokens": 60, "input_tokens": 40, "output_tokens": 15, "cached": 8, "duration_ms": 5000}
    return line("result", 9, status="success", stats=counts | stats)


LIVE = (
    line("init", 0, session_id="s1", model="gemini-2.5-pro"),
    line("message", 1, role="user", content="Weather?"),
    uses(2, "a"),
    uses(2.5, "b"),
    line("tool_result", 4, tool_id="a", status="success", output="clear"),
    line("tool_result", 5, tool_id="b", status="error", error={"type": "X", "message": "no signal"}),
    says(6, "All"),
    says(7, " clear."),
    result(tool_calls=2),
)


def test_what_follows_a_result_is_a_new_call_and_parallel_calls_are_one():
    cassette = load(*LIVE)
    assert [[call.id for call in stream.tool_calls] for stream in cassette.streams] == [["a", "b"], []]
    assert (cassette.streams[1].text(), [stream.complete for stream in cassette.streams]) == (
        "All clear.",
        [True, True],
    )
    assert [(run.returned.epoch_s - run.called.epoch_s, run.is_error) for run in cassette.session.tool_runs] == [
        (2.0, False),
        (2.5, True),
    ]


def test_the_statistics_are_those_of_the_session_and_only_of_a_single_call():
    cassette = load(*LIVE)
    assert [stream.usage for stream in cassette.streams] == [None, None]
    reported = cassette.session.reported
    assert (reported.usage.input, reported.usage.output, reported.usage.total, reported.whole_s) == (40, 15, 60, 5.0)
    assert [one.message for one in cassette.problems] == [
        "The file has the tokens of the whole session, not of each call."
    ]
    alone = load(*LIVE[:2], *LIVE[6:8], result(tool_calls=0))
    assert (alone.streams[0].usage.total, alone.problems) == (60, [])


def test_an_error_that_ends_a_session_is_one_of_its_call():
    failed = line("error", 2, severity="error", message="Maximum session turns exceeded")
    assert load(*LIVE[:2], failed).streams[0].error.message == "Maximum session turns exceeded"
    failed = message("error", "e1", 3, "[API Error: quota]")
    assert load(META, CHAT[0], failed, CHAT[1]).streams[0].error.message == "[API Error: quota]"


def test_unknown_types_are_counted_and_a_file_that_was_cut_opens():
    cassette = load(META, *CHAT[:2], message("murmur", "m", 8, "psst"), CHAT[2], end='\n{"id": "u2", "ty')
    messages = [one.message for one in cassette.problems]
    assert "1 line of unknown types: 1 murmur." in messages
    assert "The last line is cut off." in messages
    assert cassette.streams[1].text() == "It is dry."
    whole = json.dumps({**META, "messages": CHAT}, indent=2)
    cut = viewer.load(whole[: whole.index("Gladly")].encode(), "session.json")
    assert [stream.text() for stream in cut.streams][:2] == ["Looking.", "It is dry."]
    assert any(one.severity == "warning" for one in cut.problems)


def test_other_sessions_are_not_taken_for_it():
    claude = {"type": "assistant", "session_id": "s", "uuid": "u", "message": {"id": "m", "content": []}}
    for other in (claude, line("result", 1, subtype="success", session_id="s"), {"projectHash": "x", "messages": []}):
        assert gemini_cli_session.recognise(Document(json.dumps(other).encode(), "a.json")) == 0


@pytest.mark.parametrize("missing", [0, 1, 2, 4])
def test_a_chat_whose_first_lines_are_missing_opens_too(missing):
    cut = load(*CHAT[missing:])
    assert (cut.format, cut.session.program) == ("gemini-cli-session", "Gemini CLI")
    assert [one.text() for one in cut.streams] == [one["content"] for one in CHAT[missing:] if one["type"] == "gemini"]
