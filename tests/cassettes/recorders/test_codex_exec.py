"""What `codex exec --json` writes, opened as one interaction for each turn, and its older output as one for each call.

The order of the lines is that of versions 0.20, 0.39, 0.58 and 0.171 of Codex.
"""

import json

import pytest

import viewer
from viewer.conversation.agent import calls_of
from viewer.conversation.conversation import conversation_of

NO_CALLS = "The file does not tell the calls of a model apart, so each turn is shown as one stream."


def start(thread="t1"):
    return {"type": "thread.started", "thread_id": thread}


def item(kind, step="completed", /, **fields):
    return {"type": f"item.{step}", "item": {"id": "item_0", "type": kind, **fields}}


def says(text):
    return item("agent_message", id="m", text=text)


def done(given, output, **fields):
    return {
        "type": "turn.completed",
        "usage": {"input_tokens": given, "cached_input_tokens": 0, "output_tokens": output},
        **fields,
    }


def command(step, **fields):
    return item("command_execution", step, id="c", command="cat gauge", **fields)


TURN = {"type": "turn.started"}
RAN = (
    command("started", aggregated_output="", exit_code=None, status="in_progress"),
    command("completed", aggregated_output="no gauge", exit_code=1, status="failed"),
)


def load(*lines):
    return viewer.load("".join(json.dumps(line) + "\n" for line in lines).encode(), "exec.jsonl")


def test_each_turn_is_a_stream_and_the_usage_of_the_thread_is_taken_apart():
    cassette = load(start(), TURN, *RAN, says("Not yet."), done(100, 20), TURN, says("Gladly."), done(250, 30))
    assert (cassette.format, cassette.session.id, cassette.session.program) == ("codex-exec", "t1", "Codex")
    assert [one.text() for one in cassette.streams] == ["Not yet.", "Gladly."]
    assert [place.turn for place in cassette.session.calls] == [0, 1]
    used = [(turn.reported.usage.input, turn.reported.usage.output) for turn in cassette.session.turns]
    assert used == [(100, 20), (150, 10)]
    whole = cassette.session.reported.usage
    assert (whole.input, whole.output) == (250, 30)
    # The second usage counts the first turn too, so it is not that of the second stream.
    assert [one.usage.input if one.usage else None for one in cassette.streams] == [100, None]
    assert all(one.complete for one in cassette.streams)


def test_a_note_says_once_that_the_calls_of_a_turn_cannot_be_told_apart():
    with_tools = load(start(), TURN, *RAN, says("a"), done(9, 2), TURN, *RAN, says("b"), done(19, 4))
    assert [(one.severity, one.message) for one in with_tools.problems] == [("note", NO_CALLS)]
    assert load(start(), TURN, says("a"), done(9, 2)).problems == []


def test_a_tool_and_its_result_stand_in_the_stream_of_their_turn():
    cassette = load(start(), TURN, *RAN, says("Not yet."), done(100, 20))
    stream = cassette.streams[0]
    assert [(step.id, step.text) for step in stream.tool_steps] == [("c", "no gauge")]
    (run,) = cassette.session.tool_runs
    assert (run.interaction, run.call_id, run.is_error) == (0, "c", True)


def test_turns_that_use_the_ids_of_items_again_have_runs_of_their_own():
    ran = command("completed", aggregated_output="dry", exit_code=0, status="completed")
    session = load(
        start(), TURN, *RAN, says("a"), done(9, 2), start(), TURN, RAN[0], ran, says("b"), done(19, 4)
    ).session
    assert [(run.interaction, run.call_id, run.is_error) for run in session.tool_runs] == [
        (0, "c", True),
        (1, "c", False),
    ]


def test_a_program_that_resumes_a_thread_starts_it_again():
    cassette = load(start(), TURN, says("a"), done(100, 20), start(), TURN, says("b"), done(250, 30))
    assert [turn.reported.usage.input for turn in cassette.session.turns] == [100, 150]
    assert cassette.session.reported.usage.input == 250
    other = load(start(), TURN, says("a"), done(100, 20), start("t2"), TURN, says("b"), done(250, 30))
    assert [one.usage.input for one in other.streams] == [100, 250]
    assert other.session.reported.usage.input == 350


def test_a_thread_that_counts_again_is_summed_up():
    session = load(start(), TURN, says("a"), done(100, 20), TURN, says("b"), done(40, 3)).session
    assert [turn.reported.usage.input for turn in session.turns] == [100, 40]
    assert (session.reported.usage.input, session.reported.usage.output) == (140, 23)


def test_a_turn_that_fails_ends():
    failed = {"type": "turn.failed", "error": {"message": "No quota"}}
    cassette = load(start(), TURN, {"type": "error", "message": "No quota"}, failed, TURN, says("b"), done(9, 2))
    assert [one.error.message if one.error else None for one in cassette.streams] == ["No quota", None]
    assert cassette.session.turns[0].reported is None


def test_stamps_of_a_wrapper_are_times_of_chunks_but_not_of_a_model():
    stamped = [
        {**one, "timestamp": f"2026-02-03T04:05:{place + 0.25:06.3f}Z"}
        for place, one in enumerate((start(), TURN, *RAN, says("Dry."), done(9, 2)))
    ]
    cassette = load(*stamped)
    assert cassette.streams[0].timing.grade == "stamped"
    assert cassette.session.calls[0].first is None
    assert cassette.session.turns[0].ended is not None


def older(kind, /, **fields):
    return {"id": "0", "msg": {"type": kind, **fields}}


def counts(total, last):
    return older(
        "token_count",
        info={
            "total_token_usage": {"input_tokens": total[0], "output_tokens": total[1]},
            "last_token_usage": {"input_tokens": last[0], "output_tokens": last[1]},
        },
    )


OLDER = (
    {"model": "gpt-5", "provider": "openai", "workdir": "/w"},
    {"prompt": "Is it dry?"},
    older("task_started"),
    older("agent_reasoning", text="Look"),
    older("exec_command_begin", call_id="c1", command=["cat", "gauge"]),
    older("exec_command_output_delta", call_id="c1", stream="stderr", chunk="bm8="),
    older(
        "exec_command_end",
        call_id="c1",
        stdout="",
        stderr="no gauge",
        exit_code=1,
        duration={"secs": 1, "nanos": 250000000},
    ),
    counts((100, 20), (100, 20)),
    counts((100, 20), (100, 20)),
    older("agent_message", message="Not yet."),
    counts((250, 30), (150, 10)),
    older("task_complete", last_agent_message="Not yet."),
)


def test_the_older_output_tells_calls_apart():
    cassette = load(*OLDER)
    assert (cassette.format, cassette.problems) == ("codex-exec", [])
    assert [(one.protocol, one.text(), one.model) for one in cassette.streams] == [
        ("codex-session", "", "gpt-5"),
        ("codex-session", "Not yet.", "gpt-5"),
    ]
    assert [(one.usage.input, one.usage.output, one.complete) for one in cassette.streams] == [
        (100, 20, True),
        (150, 10, True),
    ]
    assert (len(cassette.session.turns), cassette.session.reported.usage.input) == (1, 250)
    (run,) = cassette.session.tool_runs
    assert (run.call_id, run.ran_s, run.is_error) == ("c1", 1.25, True)


def test_the_prompt_and_the_results_of_the_older_output_are_what_the_next_call_was_given():
    cassette = load(*OLDER)
    texts = [
        part.text
        for one in cassette.interactions
        for message in conversation_of(one, None).messages
        for part in message.parts
    ]
    assert texts[:2] == ["Is it dry?", "no gauge"]
    first, _ = calls_of(cassette)
    assert first.tool_calls[0].answered_by == 1


def test_the_first_versions_count_single_calls():
    flat = older("token_count", input_tokens=100, output_tokens=20, total_tokens=120)
    again = older("token_count", input_tokens=100, output_tokens=20, total_tokens=120)
    cassette = load(*OLDER[:5], OLDER[6], flat, OLDER[9], again)
    assert [one.usage.input for one in cassette.streams] == [100, 100]
    assert cassette.session.reported is None


def test_unknown_types_are_counted_and_kept():
    cassette = load(start(), TURN, {"type": "murmur", "text": "psst"}, item("hum", text="hush"), says("a"), done(9, 2))
    assert [problem.message for problem in cassette.problems if problem.message.startswith("2 lines")] == [
        "2 lines of unknown types: 1 murmur and 1 item hum."
    ]
    assert b"psst" in cassette.interactions[-1].request.body + cassette.interactions[0].response.body


def test_a_file_that_was_cut_keeps_the_rest():
    text = "".join(json.dumps(one) + "\n" for one in (start(), TURN, *RAN, says("Not yet.")))
    cassette = viewer.load(text[:-9].encode())
    assert (cassette.problems[0].message, cassette.streams[0].complete) == ("The last line is cut off.", False)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"type": []}])
def test_odd_values_affect_no_other_line(odd):
    lines = [
        odd,
        {"type": odd},
        {"type": "item.completed", "item": odd},
        {"type": "thread.started", "thread_id": odd},
        {"id": odd, "msg": odd},
    ]
    lines += [
        item("command_execution", **{name: odd})
        for name in ("id", "exit_code", "duration", "status", "error", "result")
    ]
    lines += [
        older(kind, **{name: odd})
        for kind in ("token_count", "exec_command_begin", "exec_command_end")
        for name in ("info", "call_id", "duration", "input_tokens")
    ]
    lines += [
        {"type": "turn.completed", "usage": odd},
        {"type": "turn.failed", "error": odd},
        {"type": "item.completed", "item": {"type": odd, "id": odd}},
    ]
    cassette = load(start(), TURN, says("Not yet."), done(100, 20), *lines, TURN, says("Gladly."), done(150, 30))
    assert cassette.format == "codex-exec"
    assert [one.text() for one in cassette.streams if one.text()] == ["Not yet.", "Gladly."]


def test_others_are_not_taken_for_it():
    note = {"type": "item.completed", "item": {"id": 1, "type": "order"}}
    assert load(note, note).format != "codex-exec"
    log = {"id": 1, "msg": {"type": "hello"}}
    assert load(log, log).format != "codex-exec"
