"""Session files of Codex, opened as one interaction for each call.

The order of the lines is the one in which versions 0.20, 0.39, 0.58, 0.104 and 0.171 of Codex wrote them when they ran against a
server that answered with the same items.
"""

import json

import pytest

import viewer

OUTPUT = "Chunk ID: 1\nWall time: 0.8571 seconds\nProcess exited with code 1\nOutput:\nno gauge\nExit code: 0"


def line(kind, second=0.0, /, **payload):
    return {"timestamp": f"2026-02-03T04:05:{second:06.3f}Z", "type": kind, "payload": payload}


def item(kind, second=0.0, /, **fields):
    return line("response_item", second, type=kind, **fields)


def event(kind, second=0.0, /, **fields):
    return line("event_msg", second, type=kind, **fields)


def says(second, text, role="assistant"):
    part = "output_text" if role == "assistant" else "input_text"
    return item("message", second, role=role, content=[{"type": part, "text": text}])


def thinks(second, text):
    return item("reasoning", second, summary=[{"type": "summary_text", "text": text}], encrypted_content="x")


def calls(second, call_id):
    return item("function_call", second, name="exec_command", call_id=call_id, arguments='{"cmd":"cat gauge"}')


def returns(second, call_id, output="dry"):
    return item("function_call_output", second, call_id=call_id, output=output)


def tokens(given, output):
    return {
        "input_tokens": given,
        "cached_input_tokens": given // 2,
        "output_tokens": output,
        "total_tokens": given + output,
    }


def counts(second, total, last):
    return event(
        "token_count",
        second,
        info={"total_token_usage": tokens(*total), "last_token_usage": tokens(*last)},
        rate_limits={},
    )


def prompt(second, text):
    return says(second, text, "user"), event("user_message", second, message=text, kind="plain")


def load(*lines, end="\n"):
    return viewer.load(("\n".join(map(json.dumps, lines)) + end).encode(), "rollout.jsonl")


META = line("session_meta", id="s1", cwd="/w", cli_version="0.104.0", source="cli")
CONTEXT = line("turn_context", 1.5, model="gpt-5.1-codex", cwd="/w")
NEWER = (
    META,
    says(1, "<environment_context>\n  <cwd>/w</cwd>", "user"),
    event("task_started", 1, turn_id="t"),
    *prompt(1, "Is it dry?"),
    CONTEXT,
    event("token_count", 1.6, info=None, rate_limits={}),
    event("agent_reasoning", 3, text="Look"),
    thinks(3, "Look"),
    calls(4, "c1"),
    calls(4.5, "c2"),
    counts(4.5, (100, 20), (100, 20)),
    returns(9, "c1", OUTPUT),
    returns(9.5, "c2"),
    counts(9.6, (100, 20), (100, 20)),
    says(11, "Not yet."),
    counts(11, (250, 30), (150, 10)),
    event("task_complete", 11, duration_ms=10000),
    *prompt(30, "Thanks."),
    says(32, "Gladly."),
    counts(32, (410, 37), (160, 7)),
    event("task_complete", 32),
)
OLDER = (
    META,
    *prompt(1, "Is it dry?"),
    CONTEXT,
    event("agent_reasoning", 3, text="Look"),
    counts(9, (100, 20), (100, 20)),
    thinks(9.1, "Look"),
    calls(9.1, "c1"),
    returns(9.1, "c1", OUTPUT),
    calls(9.1, "c2"),
    returns(9.1, "c2"),
    counts(9.2, (100, 20), (100, 20)),
    event("agent_message", 11, message="Not yet."),
    counts(11, (250, 30), (150, 10)),
    says(11.1, "Not yet."),
    *prompt(30, "Thanks."),
    event("agent_message", 32, message="Gladly."),
    counts(32, (410, 37), (160, 7)),
    says(32.1, "Gladly."),
)


@pytest.mark.parametrize("lines", [NEWER, OLDER], ids=["usage last", "usage first"])
def test_each_call_is_a_stream_with_its_own_usage(lines):
    cassette = load(*lines)
    assert (cassette.format, cassette.format_version, cassette.problems) == ("codex-session", "0.104.0", [])
    assert [stream.text() for stream in cassette.streams] == ["", "Not yet.", "Gladly."]
    assert cassette.streams[0].text("reasoning") == "Look"
    assert [[one.id for one in stream.tool_calls] for stream in cassette.streams] == [["c1", "c2"], [], []]
    assert [(one.usage.input, one.usage.output) for one in cassette.streams] == [(100, 20), (150, 10), (160, 7)]
    assert {stream.model for stream in cassette.streams} == {"gpt-5.1-codex"}
    assert all(stream.complete for stream in cassette.streams)
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    whole = cassette.session.reported.usage
    assert (cassette.session.id, whole.input, whole.output, whole.total) == ("s1", 410, 37, 447)


def test_every_line_stands_in_one_place():
    cassette = load(*NEWER)
    bodies = [one.request.body + one.response.body for one in cassette.interactions]
    assert sorted(b"".join(bodies).splitlines()) == sorted(json.dumps(one).encode() for one in NEWER)


def test_the_stamps_of_lines_are_times_of_models_and_tools():
    session = load(*NEWER).session
    place = session.calls[0]
    assert (place.first.epoch_s - place.given.epoch_s, place.ended.epoch_s - place.given.epoch_s) == (2.0, 3.5)
    first, second = session.tool_runs
    assert (first.returned.epoch_s - first.called.epoch_s, first.ran_s, first.is_error) == (5.0, 0.8571, True)
    assert (second.ran_s, second.is_error) == (None, False)
    assert (session.turns[0].reported.whole_s, session.turns[1].reported) == (10.0, None)
    assert session.turns[1].asked.epoch_s - session.turns[0].asked.epoch_s == 29.0


def test_an_item_that_was_written_after_its_tools_had_run_has_no_time():
    session = load(*OLDER).session
    first, last = session.calls[0], session.calls[1]
    assert first.first.epoch_s - first.given.epoch_s == first.ended.epoch_s - first.given.epoch_s == 2.0
    assert last.ended.epoch_s - session.turns[0].asked.epoch_s == 10.0
    assert [run.called for run in session.tool_runs] == [None, None]


def test_the_newest_versions_write_usage_on_a_line_of_its_own():
    def record(second, total, last):
        names = {"usage": tokens(*last), "thread_token_usage": tokens(*total), "turn_token_usage": tokens(*total)}
        return line("token_usage_record", second, **names)

    ran = {"type": "CommandExecution", "id": "c1", "exit_code": 2, "duration": {"secs": 1, "nanos": 500000000}}
    asked = event(
        "item_completed", 1, item={"type": "UserMessage", "id": "u", "content": [{"type": "text", "text": "Dry?"}]}
    )
    cassette = load(
        META,
        says(1, "Dry?", "user"),
        asked,
        CONTEXT,
        event("item_completed", 2, item={"type": "Reasoning", "summary_text": ["Look"]}),
        thinks(2, "Look"),
        calls(3, "c1"),
        event("item_completed", 5, item=ran),
        calls(5.5, "c2"),
        record(5.6, (100, 20), (100, 20)),
        returns(6, "c1"),
        returns(7, "c2"),
        counts(7.1, (100, 20), (100, 20)),
        says(9, "Dry."),
        record(9, (250, 30), (150, 10)),
        counts(9.1, (250, 30), (150, 10)),
        event("task_complete", 9.2, duration_ms=8200),
    )
    assert [(one.usage.input, len(one.tool_calls), one.text()) for one in cassette.streams] == [
        (100, 2, ""),
        (150, 0, "Dry."),
    ]
    run = cassette.session.tool_runs[0]
    assert (run.returned.epoch_s - run.called.epoch_s, run.ran_s, run.is_error) == (2.0, 1.5, True)
    assert (cassette.session.turns[0].reported.usage.input, cassette.session.turns[0].reported.whole_s) == (250, 8.2)
    place = cassette.session.calls[0]
    assert abs(place.ended.epoch_s - place.given.epoch_s - 4.6) < 1e-6


def test_files_of_the_first_versions_have_items_alone():
    state = {"record_type": "state"}
    failed = json.dumps({"output": "no gauge", "metadata": {"exit_code": 1, "duration_seconds": 0.2}})
    older = [
        one["payload"] for one in (says(0, "Dry?", "user"), thinks(0, "Look"), calls(0, "c1"), returns(0, "c1", failed))
    ]
    more = [one["payload"] for one in (calls(0, "c2"), returns(0, "c2"), says(0, "Dry."), says(0, "Thanks.", "user"))]
    first = {"id": "s0", "timestamp": "2025-07-03T04:05:06Z", "instructions": None}
    cassette = load(
        first,
        state,
        older[0],
        state,
        *older[1:],
        *more[:2],
        state,
        more[2],
        state,
        more[3],
        says(0, "Gladly.")["payload"],
    )
    assert (cassette.format, cassette.session.id) == ("codex-session", "s0")
    assert [(len(one.tool_calls), one.text()) for one in cassette.streams] == [(2, ""), (0, "Dry."), (0, "Gladly.")]
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    run = cassette.session.tool_runs[0]
    assert (run.called, run.returned, run.ran_s, run.is_error) == (None, None, 0.2, True)


def test_results_stand_beneath_the_calls_that_asked_for_them():
    from viewer.conversation.agent import calls_of

    first, second, _ = calls_of(load(*NEWER))
    assert [one.answered_by for one in first.tool_calls] == [1, 1]
    assert second.label


def test_what_the_program_says_in_the_name_of_the_user_begins_no_turn():
    injected = (
        says(10, "<turn_aborted>\nThe user stopped it.", "user"),
        says(10, "# AGENTS.md instructions for /w", "user"),
    )
    assert len(load(*NEWER[:15], *injected, *NEWER[15:18]).session.turns) == 1


def test_a_call_whose_summary_replaced_the_conversation_has_its_usage_and_no_text():
    compacted = (
        counts(12, (300, 70), (50, 40)),
        event("token_count", 12, info={"total_token_usage": tokens(300, 70), "last_token_usage": tokens(0, 0)}),
        line("compacted", 12, message="So far: dry.", replacement_history=[]),
        event("agent_message", 12, message="Compact task completed"),
        event("context_compacted", 12),
    )
    cassette = load(*NEWER[:17], *compacted, says(15, "On."), counts(15, (320, 72), (20, 2)))
    assert [one.text() for one in cassette.streams] == ["", "Not yet.", "", "On."]
    assert [one.usage.input for one in cassette.streams] == [100, 150, 50, 20]
    assert cassette.session.compacted_before == (3,)
    assert b"So far" in cassette.interactions[3].request.body
    assert sum(one.usage.input for one in cassette.streams) == cassette.session.reported.usage.input


def test_calls_without_usage_are_told_apart_by_results():
    cassette = load(*(one for one in NEWER if one["payload"].get("type") != "token_count"))
    assert [one.text() for one in cassette.streams] == ["", "Not yet.", "Gladly."]
    assert cassette.session.reported is None


def test_a_turn_that_was_stopped_or_failed_ends():
    stopped = load(*NEWER[:10], event("turn_aborted", 5, reason="interrupted"))
    assert (len(stopped.streams), stopped.streams[0].finish_reason) == (1, "interrupted")
    assert stopped.session.tool_runs[0].returned is None
    failed = load(META, *prompt(1, "Dry?"), event("error", 2, message="No quota"), event("task_complete", 2))
    assert (failed.streams[0].error.message, len(failed.session.turns)) == ("No quota", 1)


def test_lines_that_a_fork_copied_have_no_times():
    other = line("session_meta", 50, id="s0", cwd="/w", cli_version="0.90.0")
    copies = [{**one, "timestamp": f"2026-02-03T04:05:50.{place:03d}Z"} for place, one in enumerate(NEWER[1:])]
    meta = {**META, "timestamp": other["timestamp"]}
    cassette = load(meta, other, *copies, *prompt(55, "More."), says(57, "On."), counts(57, (420, 39), (10, 2)))
    assert (cassette.session.id, cassette.format_version) == ("s1", "0.104.0")
    assert [place.ended is None for place in cassette.session.calls] == [True, True, True, False]
    assert sum(one.usage.output for one in cassette.streams) == cassette.session.reported.usage.output
    assert cassette.streams[0].timing.grade == "paced"


def test_the_counts_of_a_fork_without_the_calls_before_are_those_of_its_own_calls():
    lines = (
        META,
        *prompt(1, "More."),
        says(3, "On."),
        counts(3, (420, 39), (10, 2)),
        says(5, "Off."),
        counts(5, (450, 40), (30, 1)),
    )
    cassette = load(*lines)
    whole = cassette.session.reported.usage
    assert (whole.input, whole.output) == (40, 3)
    assert [(one.severity, one.message) for one in cassette.problems] == [
        ("note", "410 input tokens that the thread counts are of calls before those in the file.")
    ]


def test_a_subagent_has_a_name():
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": "s0", "depth": 1, "agent_role": "explorer"}}}
    meta = line("session_meta", id="s2", cwd="/w", cli_version="0.104.0", source=spawn)
    assert load(meta, *NEWER[1:]).session.agents[0].name == "explorer"
    review = line("session_meta", id="s2", cwd="/w", cli_version="0.104.0", source={"subagent": "review"})
    assert load(review, *NEWER[1:]).session.agents[0].name == "review"


def test_lines_of_unknown_types_are_counted_in_a_note_and_kept():
    new = line("murmur", 2, text="psst"), event("whisper", 2), event("whisper", 2), item("hum", 2), {"type": 7}
    cassette = load(*NEWER[:5], *new, *NEWER[5:])
    (problem,) = cassette.problems
    assert problem.severity == "note"
    assert problem.message == ("5 lines of unknown types: 2 event_msg whisper, 1 murmur, 1 response_item hum and 1 7.")
    assert b"psst" in cassette.interactions[0].request.body


def test_a_file_that_was_cut_in_a_line_keeps_the_rest():
    text = "\n".join(map(json.dumps, NEWER[:11]))[:-20].encode()
    cassette = viewer.load(text)
    assert [one.id for one in cassette.streams[0].tool_calls] == ["c1"]
    assert cassette.problems[0].message == "The last line is cut off."
    # Cut after the results, the call that would answer them is there without an answer.
    assert [bool(one.response.body) for one in load(*NEWER[:14]).interactions] == [True, False]


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"type": []}])
def test_odd_values_affect_no_other_line(odd):
    names = (
        "type",
        "role",
        "content",
        "output",
        "call_id",
        "info",
        "item",
        "kind",
        "duration",
        "exit_code",
        "id",
        "model",
    )
    lines = [
        {**NEWER[0], "payload": odd},
        {**NEWER[3], "timestamp": odd},
        {"type": odd},
        {"type": "response_item", "payload": odd},
    ]
    for kind in ("message", "function_call_output", "reasoning", "function_call"):
        lines += [item(kind, 2) | {"payload": {"type": kind, name: odd}} for name in names]
    for kind in (
        "token_count",
        "user_message",
        "item_completed",
        "exec_command_end",
        "mcp_tool_call_end",
        "task_complete",
    ):
        lines += [event(kind, 2) | {"payload": {"type": kind, name: odd}} for name in names]
    info = {"total_token_usage": {"input_tokens": odd}, "last_token_usage": odd}
    lines += [
        event("token_count", 2, info=info),
        line("turn_context", 2, model=odd),
        line("token_usage_record", 2, usage=odd),
    ]
    cassette = load(*NEWER[:5], *lines, *NEWER[5:])
    assert cassette.format == "codex-session"
    assert [stream.text() for stream in cassette.streams if stream.text()] == ["Not yet.", "Gladly."]


def test_others_are_not_taken_for_it():
    log = {"id": 1, "timestamp": "2026-02-03T04:05:06Z", "type": "request", "payload": {"a": 1}}
    assert load(log, log).format != "codex-session"
    note = {"id": 1, "timestamp": "2026-02-03T04:05:06Z", "instructions": "Walk."}
    assert load(note, {"type": "message", "content": "Hi"}, note).format != "codex-session"
