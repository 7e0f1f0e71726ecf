"""How long a session of a day takes. `benchmarks/case_claude_code.py` holds the target of one second."""

import time

import pytest

import viewer
from benchmarks.claude_sessions import claude_session
from viewer.conversation.agent import calls_of
from viewer.conversation.sessions.times import session_times
from viewer.conversation.sessions.totals import session_totals
from viewer.types.http import Moment
from viewer.types.sessions import Agent, CallPlace, Session, ToolRun, Turn


@pytest.mark.process
def test_ten_megabytes_open_in_two_seconds_of_cpu_with_the_list_of_calls():
    data = claude_session(10_000_000)
    begin_s = time.process_time()
    cassette = viewer.load(data, "session.jsonl")
    opened_s = time.process_time() - begin_s
    assert len(calls_of(cassette)) > 700
    assert opened_s < 2
    assert time.process_time() - begin_s < 4


def test_the_times_and_sums_of_thousands_of_turns_take_seconds_of_cpu():
    turns, at = 5_000, tuple(Moment(1.7e9 + second, 0.001) for second in range(20_001))
    session = Session(
        "Program",
        agents=tuple(Agent(str(number)) for number in range(turns)),
        turns=tuple(Turn(at[4 * turn], at[4 * turn + 3]) for turn in range(turns)),
        calls=tuple(CallPlace(turn, turn, at[4 * turn], at[4 * turn + 1], at[4 * turn + 1]) for turn in range(turns)),
        tool_runs=tuple(ToolRun(turn, str(turn), at[4 * turn + 1], at[4 * turn + 2]) for turn in range(turns)),
    )
    begin_s = time.process_time()
    times, totals = session_times(session), session_totals(viewer.load(claude_session(1_000), "session.jsonl"), session)
    # It took half a minute when each turn looked at all calls.
    assert time.process_time() - begin_s < 4
    assert {(one.model.value, one.tools.value) for one in times.turns} == {(1.0, 1.0)}
    assert (times.shares.waiting.value, totals.whole.calls, totals.turns[9].calls) == (turns - 1.0, turns, 1)
