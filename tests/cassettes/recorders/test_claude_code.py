"""Claude Code: its session files and the stream of `claude -p`, opened as one interaction for each call."""

import json

import viewer
from tests.support.agent_sessions import call, line, returned, text, user


def answer(second, message_id, *blocks, **fields):
    usage = {"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": int(second)}
    message = {"id": message_id, "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [*blocks]}
    message |= {"stop_reason": fields.pop("stop_reason", None), "usage": usage}
    return line("assistant", second, message=message, **fields)


def live(value):
    """Return a line as `claude -p` writes it: without a stamp, and with another name for the session."""
    return {name: one for name, one in value.items() if name not in ("sessionId", "timestamp")} | {"session_id": "s1"}


def load(*lines, end="\n"):
    return viewer.load(("\n".join(map(json.dumps, lines)) + end).encode(), "session.jsonl")


SESSION = (
    user(1, "Is it dry?"),
    answer(3, "m1", {"type": "thinking", "thinking": "Look.", "signature": "x"}),
    answer(4, "m1", call("t1", command="cat gauge"), stop_reason="tool_use"),
    user(9, returned("t1", "dry"), toolUseResult={"stdout": "dry", "durationMs": 4800}),
    answer(11, "m2", text("It is dry."), stop_reason="end_turn"),
    user(30, "Thanks."),
    answer(32, "m3", text("Gladly."), stop_reason="end_turn"),
)


def test_each_message_of_the_model_is_a_stream_with_its_own_usage():
    cassette = load(*SESSION)
    assert (cassette.format, cassette.format_version, len(cassette.interactions)) == ("claude-code", "2.1.0", 3)
    assert [stream.text() for stream in cassette.streams] == ["", "It is dry.", "Gladly."]
    assert cassette.streams[0].text("reasoning") == "Look."
    assert [(one.usage.input, one.usage.output) for one in cassette.streams] == [(110, 4), (110, 11), (110, 32)]
    assert [one.finish_reason for one in cassette.streams] == ["tool_use", "end_turn", "end_turn"]
    assert all(one.complete for one in cassette.streams)
    assert cassette.problems == []


def test_the_stamps_of_lines_are_times():
    cassette = load(*SESSION)
    assert {stream.timing.grade for stream in cassette.streams} == {"stamped"}
    assert cassette.streams[0].chunks["t"].tolist() == [0.0, 1.0, 1.0]
    place = cassette.session.calls[0]
    assert (place.first.epoch_s - place.given.epoch_s, place.ended.epoch_s - place.given.epoch_s) == (2.0, 3.0)
    (run,) = cassette.session.tool_runs
    assert (run.returned.epoch_s - run.called.epoch_s, run.ran_s) == (5.0, 4.8)


def test_prompts_begin_turns_and_results_do_not():
    cassette = load(*SESSION)
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    # What the program writes in the name of the user is no prompt.
    quiet = user(31, "<local-command-stdout>ok</local-command-stdout>"), user(31.5, "Caveat: …", isMeta=True)
    assert len(load(*SESSION[:6], *quiet, SESSION[6]).session.turns) == 2
    assert len(load(*SESSION[:5], user(12, [text("[Request interrupted by user]")])).session.turns) == 1


def test_blocks_of_one_message_join_though_a_result_comes_between():
    cassette = load(
        answer(1, "m1", call("a")),
        user(2, returned("a", "one")),
        answer(3, "m1", call("b"), stop_reason="tool_use"),
        user(4, returned("b", "two")),
        answer(5, "m2", text("Both."), stop_reason="end_turn"),
    )
    assert [[one.id for one in stream.tool_calls] for stream in cassette.streams] == [["a", "b"], []]


def test_subagents_of_a_session_file_are_tied_to_the_call_that_started_them():
    task = call("t1", "Task", description="Search", prompt="Find rain", subagent_type="Explore")
    inside = {"isSidechain": True, "agentId": "ab12"}
    lines = (
        user(1, "Go"),
        answer(2, "m1", task, stop_reason="tool_use"),
        user(3, "Find rain", **inside),
        answer(4, "s1", text("Here."), stop_reason="end_turn", **inside),
        user(5, returned("t1", "Here."), toolUseResult={"agentId": "ab12", "totalDurationMs": 2500}),
        answer(6, "m2", text("Done."), stop_reason="end_turn"),
    )
    cassette = load(*lines)
    agent = cassette.session.agents[1]
    assert (agent.id, agent.name, agent.parent, agent.started_in, agent.started_by) == ("ab12", "Explore", 0, 0, "t1")
    assert [place.agent for place in cassette.session.calls] == [0, 1, 0]
    assert [stream.text() for stream in cassette.streams] == ["", "Here.", "Done."]
    # Before they had names, only the chain of lines told them apart.
    chained = [
        {**one, "agentId": None, "parentUuid": f"u{before}"} for one, before in zip(lines[2:4], (1, 3), strict=True)
    ]
    older = load(*lines[:2], *chained, user(5, returned("t1", "Here.")), lines[5]).session
    assert (older.agents[1].name, older.agents[1].started_by, older.calls[1].agent) == ("Explore", "t1", 1)


def test_subagents_of_the_live_stream_are_tied_to_the_call_that_started_them():
    task = call("t1", "Task", description="Search", prompt="Find rain", subagent_type="Explore")
    cassette = load(
        live(answer(2, "m1", task)),
        live(user(3, "Find rain", parent_tool_use_id="t1")),
        live(answer(4, "s1", text("Here."), parent_tool_use_id="t1")),
        live(user(5, returned("t1", "Here."))),
        live(answer(6, "m2", text("Done."))),
    )
    assert (cassette.session.agents[1].name, cassette.session.agents[1].started_in) == ("Explore", 0)
    assert [stream.text() for stream in cassette.streams] == ["", "Here.", "Done."]


def test_a_result_gives_the_totals_of_its_turn_and_of_the_session():
    def result(cost, **fields):
        return live(line("result", subtype="success", total_cost_usd=cost, duration_ms=9000, **fields))

    models = {"a": {"inputTokens": 5, "outputTokens": 7, "cacheReadInputTokens": 100, "costUSD": 0.3}}
    cassette = load(
        live(answer(1, "m1", text("a"))),
        result(0.25, usage={"input_tokens": 3, "output_tokens": 2}, duration_api_ms=8000),
        live(answer(2, "m2", text("b"))),
        result(0.75, usage={"input_tokens": 4, "output_tokens": 5}, duration_api_ms=1000, modelUsage=models),
    )
    first, second = (turn.reported for turn in cassette.session.turns)
    assert (first.cost_usd, first.model_s, first.usage.input, first.with_subagents) == (0.25, 8.0, 3, False)
    assert (second.cost_usd, second.usage.output) == (0.5, 5)
    whole = cassette.session.reported
    assert (whole.cost_usd, whole.model_s, whole.whole_s) == (0.75, 9.0, 18.0)
    assert (whole.usage.input, whole.usage.output, whole.with_subagents) == (105, 7, True)


def test_the_usage_of_a_result_is_that_of_a_call_only_if_it_counts_the_same():
    own = live(line("result", usage={"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": 7}))
    of_all = live(line("result", usage={"input_tokens": 40, "output_tokens": 9}, total_cost_usd=0.5, num_turns=2))
    assert load(live(answer(1, "m1", text("a"))), own).streams[0].usage.output == 7
    stream = load(live(answer(1, "m1", text("a"))), of_all).streams[0]
    assert (stream.usage.input, stream.usage.output, "own figure" in stream.cost.source) == (110, None, False)


def test_lines_of_unknown_types_are_counted_and_kept():
    cassette = load(*SESSION[:4], line("murmur", 10, text="psst"), line("murmur", 10.5), SESSION[4])
    (note,) = cassette.problems
    assert (note.severity, note.message) == ("note", "2 lines of unknown types: 2 murmur.")
    assert b"psst" in cassette.interactions[1].request.body


def test_a_file_that_was_cut_opens_up_to_its_last_whole_line():
    cassette = load(*SESSION[:3], end='\n{"type": "user", "mess')
    warnings = [one.message for one in cassette.problems if one.severity == "warning"]
    assert "The last line is cut off." in warnings
    assert cassette.streams[0].tool_calls[0].name == "Bash"
    assert b'"mess' in cassette.interactions[-1].response.body + cassette.interactions[-1].request.body


def test_a_prompt_without_an_answer_is_shown():
    cassette = load(*SESSION[:6])
    assert (len(cassette.interactions), len(cassette.streams)) == (3, 2)
    assert b"Thanks." in cassette.interactions[2].request.body


def test_lines_that_a_resumed_session_repeats_add_nothing():
    cassette = load(*SESSION[:5], *SESSION[:5], *SESSION[5:])
    assert [stream.text() for stream in cassette.streams] == ["", "It is dry.", "Gladly."]


def test_a_conversation_that_was_compacted_is_noted():
    boundary = line("system", 20, subtype="compact_boundary")
    summary = user(21, "This session is being continued…", isCompactSummary=True)
    assert load(*SESSION[:5], boundary, summary, *SESSION[5:]).session.compacted_before == (2,)


def test_an_error_of_the_api_is_a_call_that_failed_and_other_messages_of_the_program_are_none():
    failed = answer(40, "x1", text("API Error: 529"), isApiErrorMessage=True)
    failed["message"]["model"] = "<synthetic>"
    cassette = load(*SESSION, user(39, "More?"), failed)
    assert cassette.streams[-1].error.message == "API Error: 529"
    silent = answer(40, "x1", text("No response requested."))
    silent["message"]["model"] = "<synthetic>"
    assert len(load(*SESSION, silent).streams) == 3


def counted(message_id, *outputs, second=10, **fields):
    """Return the lines of one message, each with the output tokens that it reports."""
    lines = [answer(second + at, message_id, text("x"), **fields) for at in range(len(outputs))]
    for one, output in zip(lines, outputs, strict=True):
        one["message"]["usage"]["output_tokens"] = output
    return lines


def test_the_output_of_a_message_is_that_of_its_last_line_if_it_grew_or_the_model_stopped():
    # https://github.com/ccusage/ccusage/issues/901: the first lines have the count of the start.
    assert load(*counted("m", 2, 2, 159)).streams[0].usage.output == 159
    # https://github.com/ccusage/ccusage/pull/771: a later line may have less.
    assert load(*counted("m", 2, 159, 1)).streams[0].usage.output == 159
    stopped = counted("m", 7, stop_reason="end_turn")
    assert load(*stopped).streams[0].usage.output == 7
    cassette = load(user(1, "Hi"), *counted("m", 3, 3), *counted("n", 8, second=20, stop_reason="end_turn"))
    assert [one.usage.output for one in cassette.streams] == [None, 8]
    (note,) = cassette.problems
    assert note.severity == "note"
    assert note.message.startswith("The output tokens of 1 of 2 answers are not known")


def test_the_last_state_of_costs_gives_the_totals_of_a_session():
    # The fields of `cost-state` are those that the program in the Agent SDK writes.
    counts = {"inputTokens": 5, "outputTokens": 7, "cacheReadInputTokens": 100, "cacheCreationInputTokens": 30}

    def state(cost, **fields):
        of_models = {
            "claude-sonnet-4-5": {**counts, "webSearchRequests": 0, "costUSD": cost},
            "claude-haiku-4-5": counts,
        }
        times = {"totalAPIDuration": 8000, "totalDuration": 60_000, "startTime": 1770091500000}
        return line("cost-state", 40, totalCostUSD=cost, modelUsage=of_models, **times, **fields)

    cassette = load(*SESSION[:5], state(0.25), *SESSION[5:], state(0.5))
    whole = cassette.session.reported
    assert (whole.cost_usd, whole.model_s, whole.whole_s, whole.with_subagents) == (0.5, 8.0, 60.0, True)
    assert (whole.usage.input, whole.usage.output, whole.usage.cache_read) == (270, 14, 200)
    assert cassette.problems == []
    # The program marks a sum in which a price is missing.
    assert load(*SESSION, state(0.5, hasUnknownModelCost=True)).session.reported.cost_usd is None


def test_every_type_that_the_agent_sdk_and_session_files_know_is_known():
    kinds = ("active_goal", "conversation_reset", "worktree-state", "file-history-delta", "tag", "agent-color", "mode")
    assert load(*SESSION[:5], *(line(kind, 20, text="x") for kind in kinds), *SESSION[5:]).problems == []


def test_lines_of_a_subagent_that_are_repeated_count_once():
    inside = {"isSidechain": True, "agentId": "ab12"}
    lines = (
        user(1, "Go"),
        answer(2, "m1", call("t1", "Task", prompt="p", description="d"), stop_reason="tool_use"),
        user(3, "p", **inside),
        answer(4, "s1", text("Here."), stop_reason="end_turn", **inside),
        user(5, returned("t1", "Here.")),
        answer(6, "m2", text("Done."), stop_reason="end_turn"),
    )
    repeated = load(*lines, *lines, user(7, "More"), answer(8, "m3", text("Yes."), stop_reason="end_turn"))
    assert [(one.text(), one.usage.input) for one in repeated.streams] == [
        ("", 110),
        ("Here.", 110),
        ("Done.", 110),
        ("Yes.", 110),
    ]
    at_end = load(*lines, *lines)
    assert [(one.text(), one.usage.input) for one in at_end.streams] == [("", 110), ("Here.", 110), ("Done.", 110)]


def test_lines_say_when_a_block_was_complete_so_nothing_is_said_of_how_fast_it_came():
    lines = (
        answer(1, "m", {"type": "thinking", "thinking": "Hm. " * 50, "signature": "x"}),
        answer(2, "m", text("Long. " * 50)),
        answer(40, "m", call("t"), stop_reason="tool_use"),
    )
    stream = load(user(0, "Go"), *lines).streams[0]
    names = ("thinking_time", "tokens_per_second", "time_per_output_token", "inter_chunk_p50", "longest_stall")
    assert [stream.metrics[name].value for name in names] == [None] * len(names)
    assert all("complete" in stream.metrics[name].source for name in names)
    assert stream.metrics["stream_time"].value == 39
    assert stream.silences.stalls == ()


def test_streams_that_a_session_quotes_are_not_interactions_of_it():
    quoted = "".join(f'data: {{"choices": [{{"delta": {{"content": "{word}"}}}}]}}\n\n' for word in "abc")
    cassette = load(
        user(1, "Write a stream."),
        answer(2, "m1", call("t1", "Write", content=quoted), text(quoted), stop_reason="tool_use"),
        user(3, returned("t1", "written")),
        answer(4, "m2", text("A stream."), stop_reason="end_turn"),
    )
    assert (cassette.format, len(cassette.interactions), cassette.problems) == ("claude-code", 2, [])
    assert cassette.streams[0].text() == quoted
