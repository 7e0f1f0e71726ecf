"""The messages of `codex app-server`, opened as one interaction for each call.

The order of the lines is that of versions 0.104, 0.130 and 0.171 of Codex, run against a server that answered with the same items.
"""

import json

import pytest

import viewer
from viewer.conversation.agent import calls_of

START = 1770091500000


def told(method, second=None, /, thread="t1", **params):
    line = {"method": method, "params": {"threadId": thread, "turnId": "u", **params}}
    return line if second is None else {**line, "emittedAtMs": START + round(1000 * second)}


def item(step, second, kind, identity, /, thread="t1", **fields):
    return told(f"item/{step}", second, thread=thread, item={"type": kind, "id": identity, **fields})


def text(second, identity, *pieces, thread="t1"):
    yield item("started", second, "agentMessage", identity, thread=thread, text="")
    for place, piece in enumerate(pieces):
        yield told("item/agentMessage/delta", second + 0.25 * (place + 1), thread=thread, itemId=identity, delta=piece)
    end = second + 0.25 * (len(pieces) + 1)
    yield item("completed", end, "agentMessage", identity, thread=thread, text="".join(pieces))


def tool(begin, end, identity, thread="t1", **fields):
    command = {"command": "cat gauge", "thread": thread}
    yield item("started", begin, "commandExecution", identity, **command, status="inProgress")
    yield told("item/commandExecution/outputDelta", end, thread=thread, itemId=identity, delta="no gauge")
    outcome = {"aggregatedOutput": "no gauge", "exitCode": 1, "durationMs": 1250, "status": "failed", **fields}
    yield item("completed", end, "commandExecution", identity, **command, **outcome)


def asks(second, prompt, thread="t1"):
    content = [{"type": "text", "text": prompt}]
    return [
        item(step, second, "userMessage", f"p{second}", thread=thread, content=content)
        for step in ("started", "completed")
    ]


def tokens(given, output):
    return {
        "inputTokens": given,
        "cachedInputTokens": given // 2,
        "outputTokens": output,
        "totalTokens": given + output,
    }


def counts(second, total, last, thread="t1"):
    usage = {"total": tokens(*total), "last": tokens(*last)}
    return told("thread/tokenUsage/updated", second, thread=thread, tokenUsage=usage)


def ends(second, status="completed", thread="t1", **turn):
    return told("turn/completed", second, thread=thread, turn={"id": "u", "status": status, "durationMs": 7000, **turn})


def without_stamps(lines):
    return [{name: value for name, value in line.items() if name != "emittedAtMs"} for line in lines]


def load(*lines):
    return viewer.load("".join(json.dumps(line) + "\n" for line in lines).encode(), "server.jsonl")


HEAD = (
    {"id": 1, "result": {"userAgent": "t"}},
    {"id": 2, "result": {"thread": {"id": "t1", "cliVersion": "0.171.0"}, "model": "gpt-5.1-codex"}},
    {"method": "thread/started", "params": {"thread": {"id": "t1"}}, "emittedAtMs": START},
)
NEWEST = (
    *HEAD,
    *asks(0, "Is it dry?"),
    *text(1, "m1", "I ", "look."),
    *tool(2, 4, "c1"),
    *tool(2.5, 3, "c2", exitCode=0, status="completed"),
    counts(4, (100, 20), (100, 20)),
    *text(5, "m2", "Not ", "yet."),
    counts(6, (250, 30), (150, 10)),
    ends(6),
    *asks(30, "Thanks."),
    *text(31, "m3", "Gladly."),
    counts(32, (410, 37), (160, 7)),
    ends(32),
)


def test_each_call_is_a_stream_with_its_own_usage():
    cassette = load(*NEWEST)
    assert (cassette.format, cassette.format_version, cassette.problems) == ("codex-app-server", "0.171.0", [])
    assert [(one.text(), len(one.tool_calls)) for one in cassette.streams] == [
        ("I look.", 2),
        ("Not yet.", 0),
        ("Gladly.", 0),
    ]
    assert [(one.usage.input, one.usage.output) for one in cassette.streams] == [(100, 20), (150, 10), (160, 7)]
    assert {(one.model, one.complete) for one in cassette.streams} == {("gpt-5.1-codex", True)}
    session = cassette.session
    assert ([place.turn for place in session.calls], session.reported.usage.input) == ([0, 0, 1], 410)
    assert [turn.reported.whole_s for turn in session.turns] == [7.0, 7.0]


def test_the_stamps_of_notifications_are_times():
    cassette = load(*NEWEST)
    assert {one.timing.grade for one in cassette.streams} == {"stamped"}
    content = cassette.streams[1].chunks
    assert content[content["kind"] == "content"]["t"].diff().dropna().tolist() == [0.25]
    place, run = cassette.session.calls[0], cassette.session.tool_runs[0]
    assert (place.first.epoch_s - place.given.epoch_s, place.ended.epoch_s - place.given.epoch_s) == (1.0, 2.5)
    assert (run.returned.epoch_s - run.called.epoch_s, run.ran_s, run.is_error) == (2.0, 1.25, True)
    assert cassette.session.tool_runs[1].is_error is False


def test_results_stand_beneath_the_calls_that_asked_for_them():
    first, second, _ = calls_of(load(*NEWEST))
    assert [one.answered_by for one in first.tool_calls] == [1, 1]
    assert "commandExecution" in second.label


def test_tools_that_start_after_the_usage_belong_to_the_call_before():
    lines = [
        *HEAD,
        *asks(0, "Dry?"),
        *text(1, "m1", "I look."),
        counts(2, (100, 20), (100, 20)),
        *tool(3, 4, "c1"),
        # The same counts again begin the next call, whose first tool is done before its usage.
        counts(4, (100, 20), (100, 20)),
        *tool(5, 6, "c2"),
        counts(7, (250, 30), (150, 10)),
        *tool(8, 9, "c3"),
        counts(9, (250, 30), (150, 10)),
        *text(10, "m2", "No."),
        counts(11, (410, 37), (160, 7)),
        ends(11),
    ]
    cassette = load(*without_stamps(lines))
    assert [[one.id for one in stream.tool_calls] for stream in cassette.streams] == [["c1"], ["c2", "c3"], []]
    assert [one.usage.input for one in cassette.streams] == [100, 150, 160]


def test_the_counts_that_a_resumed_thread_reports_are_no_call():
    before, own = counts(0, (900, 90), (80, 8)), counts(2, (910, 92), (10, 2))
    cassette = load(
        *HEAD, before, told("turn/started", 0, turn={}), *asks(0, "On"), *text(1, "m", "Yes."), own, ends(2)
    )
    assert [one.usage.input for one in cassette.streams] == [10]
    assert (cassette.session.reported.usage.input, cassette.session.reported.usage.output) == (10, 2)
    assert [one.message[:16] for one in cassette.problems] == ["900 input tokens"]


def test_subagents_are_tied_to_the_call_that_started_them():
    spawn = {"tool": "spawnAgent", "prompt": "Find rain", "model": "gpt-5-mini"}
    cassette = load(
        *HEAD,
        *asks(0, "Go"),
        item("started", 1, "collabAgentToolCall", "s1", **spawn, receiverThreadIds=[], status="inProgress"),
        *asks(2, "Find rain", "t2"),
        item("completed", 2, "collabAgentToolCall", "s1", **spawn, receiverThreadIds=["t2"], status="completed"),
        counts(2, (100, 20), (100, 20)),
        *text(3, "x1", "Here.", thread="t2"),
        *text(3, "m2", "Done."),
        counts(4, (70, 5), (70, 5), "t2"),
        counts(4, (250, 30), (150, 10)),
        ends(4, thread="t2"),
        ends(5),
    )
    agent = cassette.session.agents[1]
    assert (agent.id, agent.parent, agent.started_in, agent.started_by) == ("t2", 0, 0, "s1")
    assert [(one.text(), one.usage.input) for one in cassette.streams] == [("", 100), ("Here.", 70), ("Done.", 150)]
    assert [place.agent for place in cassette.session.calls] == [0, 1, 0]
    assert (cassette.streams[1].model, len(cassette.session.turns)) == ("gpt-5-mini", 1)
    assert cassette.session.reported.usage.input == 250


def test_a_named_thread_names_its_agent():
    other = {
        "method": "thread/started",
        "params": {"thread": {"id": "t2", "parentThreadId": "t1", "agentRole": "explorer"}},
    }
    cassette = load(*HEAD, other, *asks(0, "Go", "t2"), *text(1, "x", "Here.", thread="t2"), *text(2, "m", "Done."))
    assert [agent.name for agent in cassette.session.agents] == ["", "explorer"]


def test_a_turn_that_failed_or_was_stopped_says_so():
    error = {"message": "No quota", "codexErrorInfo": "usageLimitExceeded"}
    failed = load(
        *HEAD, *asks(0, "Dry?"), told("error", 1, error=error, willRetry=False), ends(1, "failed", error=error)
    )
    assert (failed.streams[0].error.message, failed.streams[0].complete) == ("No quota", False)
    stopped = load(*HEAD, *asks(0, "Dry?"), *text(1, "m", "I"), ends(2, "interrupted"))
    assert stopped.streams[0].finish_reason == "interrupted"
    again = load(*HEAD, *asks(0, "Dry?"), told("error", 1, error=error, willRetry=True), *text(2, "m", "Yes."), ends(3))
    assert (len(again.streams), again.streams[0].error) == (1, None)


def test_a_conversation_that_was_replaced_by_a_summary_is_marked():
    compaction = [item(step, 7, "contextCompaction", "k") for step in ("started", "completed")]
    cassette = load(*NEWEST[:-6], *compaction, *NEWEST[-6:])
    assert cassette.session.compacted_before == (2,)


def test_requests_of_the_server_and_lines_of_the_client_are_kept():
    ask = {"id": 0, "method": "item/commandExecution/requestApproval", "params": {"threadId": "t1", "itemId": "c1"}}
    asked = {
        "id": 10,
        "method": "turn/start",
        "params": {"threadId": "t1", "input": [{"type": "text", "text": "Is it dry?"}]},
    }
    lines = (*HEAD, asked, *NEWEST[3:9], ask, {"id": 0, "result": {"decision": "accept"}}, *NEWEST[9:])
    cassette = load(*lines)
    assert ([one.text() for one in cassette.streams], cassette.problems) == (["I look.", "Not yet.", "Gladly."], [])
    bodies = b"".join(one.request.body + one.response.body for one in cassette.interactions)
    assert sorted(bodies.splitlines()) == sorted(json.dumps(one).encode() for one in lines)


def test_unknown_methods_and_items_are_counted_and_kept():
    cassette = load(*HEAD, told("murmur/said", 0, text="psst psst"), item("completed", 0, "hum", "h"), *NEWEST[3:])
    assert [one.message for one in cassette.problems] == ["2 lines of unknown types: 1 murmur/said and 1 item hum."]
    assert b"psst" in cassette.interactions[0].request.body


def test_a_file_that_was_cut_keeps_the_rest():
    data = "".join(json.dumps(line) + "\n" for line in NEWEST[:9]).encode()
    cassette = viewer.load(data[:-9])
    assert (cassette.problems[0].message, cassette.streams[0].complete) == ("The last line is cut off.", False)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"type": []}])
def test_odd_values_affect_no_other_line(odd):
    lines = [
        odd,
        {"method": odd},
        {"method": "item/started", "params": odd},
        {"id": odd, "result": odd},
        {"result": {"thread": odd}},
    ]
    kinds = (
        "agentMessage",
        "reasoning",
        "commandExecution",
        "mcpToolCall",
        "collabAgentToolCall",
        "userMessage",
        "webSearch",
    )
    names = ("id", "text", "summary", "content", "arguments", "status", "durationMs", "result", "tool", "query")
    lines += [
        told("item/completed", 3, item={"type": kind, "id": "o", name: odd})
        for kind in kinds
        if kind != "userMessage"
        for name in names
    ]
    lines += [
        told("item/completed", 3, item=odd),
        told("item/completed", 3, item={"type": odd}),
        {**told("turn/started"), "emittedAtMs": odd},
    ]
    lines += [
        told("thread/tokenUsage/updated", 3, tokenUsage=value)
        for value in (odd, {"total": odd}, {"total": {"inputTokens": odd}})
    ]
    lines += [
        told("item/agentMessage/delta", 3, itemId=odd, delta=odd),
        told("item/reasoning/summaryTextDelta", 3, summaryIndex=odd, delta=odd),
    ]
    lines += [told("thread/settings/updated", 3, threadSettings=odd), told("error", 3, error=odd, willRetry=True)]
    cassette = load(
        *NEWEST,
        *lines,
        ends(39),
        *asks(40, "On"),
        *text(41, "m9", "Still here."),
        counts(42, (999, 99), (9, 9)),
        ends(42),
    )
    assert cassette.format == "codex-app-server"
    assert [one.text() for one in cassette.streams[:3]] == ["I look.", "Not yet.", "Gladly."]
    assert cassette.streams[-1].text().endswith("Still here.")


def test_others_are_not_taken_for_it():
    update = {"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": {}}}
    assert load(update, update).format != "codex-app-server"
    note = {"method": "thread/started", "params": {"thread": 7}}
    assert load(note, note).format != "codex-app-server"
