"""When models worked, tools ran and the agent waited, by the times of a session's file."""

from dataclasses import replace

import pytest

from viewer.conversation.sessions.times import session_times
from viewer.types.http import Moment
from viewer.types.sessions import Agent, CallPlace, Session, ToolRun, Totals, Turn

START = 1_700_000_000.0


def at(second):
    return None if second is None else Moment(START + second, 0.001)


def place(given, first, ended, **fields):
    return CallPlace(given=at(given), first=at(first), ended=at(ended), **fields)


def turn(asked, ended, **fields):
    return Turn(at(asked), at(ended), **fields)


def run(interaction, called, returned, **fields):
    return ToolRun(interaction, f"t{interaction}", at(called), at(returned), **fields)


def figures(shares):
    return [
        (one.value, one.low, one.high)
        for one in (shares.whole, shares.model, shares.tools, shares.waiting, shares.rest)
    ]


SESSION = Session(
    "Program",
    turns=(turn(0, 12), turn(60, 63)),
    calls=(place(0, 2, 3, turn=0), place(9, 11, 12, turn=0), place(60, 63, 63, turn=1)),
    tool_runs=(run(0, 3, 8, ran_s=4.0),),
)


def test_every_moment_counts_once_and_the_shares_add_up_to_the_whole():
    times = session_times(SESSION)
    assert times.origin_epoch_s == START
    assert figures(times.shares) == [
        *((63.0, 63.0, 63.0), (9.0, 2.0, 9.0), (5.0, 4.0, 5.0), (48.0, 48.0, 48.0)),
        (1.0, 1.0, None),
    ]
    assert {one.grade for one in (times.shares.model, times.shares.tools, times.shares.rest)} == {"stamped"}


def test_each_turn_has_its_own_shares():
    first, second = session_times(SESSION).turns
    assert figures(first)[:3] == [(12.0, 12.0, 12.0), (6.0, 2.0, 6.0), (5.0, 4.0, 5.0)]
    assert figures(second) == [(3.0, 3.0, 3.0), (3.0, 0.0, 3.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, None)]


def test_a_tool_is_drawn_from_its_call_to_its_result():
    (tool,) = [span for span in session_times(SESSION).spans if span.kind == "tool"]
    assert (tool.interaction, tool.begin_s, tool.end_s, tool.certain_s) == (0, 3.0, 8.0, 4.0)
    (wait,) = session_times(SESSION).waits
    assert wait == (0, 12.0, 60.0)


def test_a_model_of_a_subagent_counts_as_a_model_and_not_as_the_tool_that_started_it():
    session = Session(
        "Program",
        agents=(Agent(), Agent("a", parent=0, started_in=0)),
        calls=(place(0, 1, 1), place(1, 4, 5, agent=1), place(8, 9, 9)),
        tool_runs=(run(0, 1, 8, ran_s=7.0),),
    )
    shares = session_times(session).shares
    assert (shares.model.value, shares.tools.value, shares.tools.low) == (6.0, 3.0, 3.0)


def test_of_tools_at_the_same_time_the_longest_is_certain():
    runs = (run(0, 1, 6, ran_s=2.0), run(0, 1, 7, ran_s=3.0), run(0, 7, 9, ran_s=1.0))
    shares = session_times(Session("Program", calls=(place(0, 1, 1), place(9, 10, 10)), tool_runs=runs)).shares
    assert (shares.tools.value, shares.tools.low) == (8.0, 4.0)


def test_what_a_trace_measured_is_exact():
    calls = (place(0, None, 3), place(5, None, 6))
    runs = (run(0, 3, 5),)
    trace = Session("Trace", calls=calls, tool_runs=runs, call_grade="measured", tool_grade="measured")
    shares = session_times(trace).shares
    assert (shares.model.value, shares.model.low, shares.model.grade) == (4.0, 4.0, "measured")
    assert (shares.tools.value, shares.tools.low, shares.tools.grade) == (2.0, 2.0, "measured")
    assert [span.certain_s for span in session_times(trace).spans if span.kind == "model"] == [3.0, 1.0]
    between = session_times(replace(trace, tool_grade="bounded")).shares.tools
    assert (between.value, between.low, between.grade) == (2.0, 0.0, "bounded")


def test_calls_of_a_trace_without_an_end_leave_only_a_lower_bound():
    trace = Session("Trace", calls=(place(0, None, 3), place(5, None, None)), call_grade="measured")
    shares = session_times(trace).shares
    assert (shares.model.value, shares.model.low, shares.model.high) == (None, 3.0, None)
    assert shares.model.source == "1 call without times"


def test_starts_alone_do_not_say_how_long_a_session_took():
    times = session_times(Session("Trace", calls=(place(0, None, None), place(5, None, None)), call_grade="measured"))
    assert times.origin_epoch_s == START
    assert figures(times.shares) == [(None, None, None)] * 5


@pytest.mark.parametrize(
    ("calls", "runs"),
    [
        ((place(None, None, None),), ()),
        ((place(5, None, None), place(None, 6, None)), ()),
        ((place(5, 4, 3),), (run(0, 9, 3),)),
        ((), (run(0, 1, 2),)),
    ],
)
def test_times_that_are_missing_or_run_backwards_give_no_span(calls, runs):
    assert session_times(Session("Program", calls=calls, tool_runs=runs)).spans == ()


def test_a_file_without_times_has_only_the_totals_that_its_program_reports():
    totals = Totals(model_s=8.0, whole_s=9.5)
    session = Session("Program", turns=(Turn(reported=totals),), calls=(CallPlace(turn=0),), reported=totals)
    times = session_times(session)
    assert (times.origin_epoch_s, times.spans) == (None, ())
    for shares in (times.shares, *times.turns):
        assert (shares.model.value, shares.model.grade, shares.whole.value) == (8.0, "span", 9.5)
        assert (shares.tools.value, shares.tools.low, shares.tools.high) == (None, 0.0, 1.5)
        assert (shares.waiting.value, shares.waiting.grade) == (None, None)
    # Calls at the same time count each, so together they can be longer than the whole.
    longer = session_times(Session("Program", reported=Totals(model_s=10.0, whole_s=9.5))).shares
    assert (longer.tools.high, longer.tools.grade) == (None, None)


def test_calls_and_tools_without_times_leave_only_a_lower_bound():
    calls = (place(0, 2, 3, turn=0), CallPlace(turn=0), place(20, None, None, turn=1))
    runs = (run(0, 3, 8, ran_s=4.0), run(0, 3, None))
    session = Session("Program", turns=(turn(0, 9), turn(20, None)), calls=calls, tool_runs=runs)
    for shares in (session_times(session).shares, session_times(session).turns[0]):
        assert (shares.model.value, shares.model.low, shares.model.high) == (None, 1.0, None)
        # At least no time at all is not known.
        assert (shares.tools.value, shares.tools.low, shares.tools.high) == (None, None, None)
        assert shares.model.source == "1 call without times"
        assert (shares.rest.value, shares.rest.high) == (None, None)


def test_a_tool_that_outlives_its_turn_counts_only_up_to_its_end():
    session = Session(
        "Program", turns=(turn(0, 5),), calls=(place(0, 1, 1, turn=0),), tool_runs=(run(0, 1, 21, ran_s=18.0),)
    )
    tools = session_times(session).turns[0].tools
    assert (tools.value, tools.low, tools.high) == (4.0, 2.0, 4.0)
