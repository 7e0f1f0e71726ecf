"""How spans become agents, turns and runs of tools, whichever format they come from."""

import json
from dataclasses import replace

import pytest

from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.spans import Span, times_of
from viewer.types.http import Interaction, Moment, Request, Response
from viewer.types.problems import CassetteError

SOURCE = Source("otlp", "Program")


def at(seconds):
    return Moment(seconds, 0.0)


def call(own, begin_s, *calls, parent="", trace="t", length_s=1.0):
    parts = [
        {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments} for call_id, name, arguments in calls
    ]
    body = json.dumps({"gen_ai.output.messages": [{"parts": parts}]}).encode()
    interaction = Interaction(Request(), Response(body=body), times_of(at(begin_s), at(begin_s + length_s)))
    return Span("model", own, parent, trace, "chat", at(begin_s), at(begin_s + length_s), interaction)


def tool(name, begin_s, call_id="", arguments="", *, trace="t", parent=""):
    return Span("tool", f"{name}{begin_s}", parent, trace, name, at(begin_s), at(begin_s + 1), None, call_id, arguments)


def agent(own, name, parent="", trace="t"):
    return Span("agent", own, parent, trace, name, at(0), at(9))


def session_of(*spans):
    return recording_of(spans, SOURCE, (), "file").session


def runs_of(*spans):
    return [(run.interaction, run.call_id) for run in session_of(*spans).tool_runs]


def test_without_agents_there_is_one_main_agent_and_without_several_traces_no_turn():
    session = session_of(call("a", 0), call("b", 2))
    assert len(session.agents) == 1
    assert (session.call_grade, session.tool_grade) == ("measured", "measured")
    assert [(one.agent, one.turn, one.given, one.ended) for one in session.calls] == [
        (0, None, at(0), at(1)),
        (0, None, at(2), at(3)),
    ]
    assert (session.turns, session.tool_runs, session.id) == ((), (), "t")


def test_an_agent_around_all_calls_is_the_main_agent_in_every_trace():
    session = session_of(
        agent("x", "Guide"),
        call("a", 0, parent="x"),
        agent("y", "Guide", trace="u"),
        call("b", 2, parent="y", trace="u"),
    )
    assert [one.name for one in session.agents] == ["Guide"]
    assert [one.agent for one in session.calls] == [0, 0]


def test_times_are_measured_and_as_well_known_as_the_least_known_span():
    asked, ran = call("a", 0, ("c1", "f", {})), tool("f", 2, "c1")
    session = session_of(asked, ran)
    assert (session.call_grade, session.tool_grade) == ("measured", "measured")
    session = session_of(asked, replace(call("b", 4), grade="stamped"), ran)
    assert (session.call_grade, session.tool_grade) == ("stamped", "measured")
    session = session_of(asked, replace(ran, grade="bounded"))
    assert (session.call_grade, session.tool_grade) == ("measured", "bounded")


def test_a_tool_runs_from_the_start_of_its_span_to_its_end():
    (run,) = session_of(call("a", 0, ("c1", "f", {})), tool("f", 2, "c1")).tool_runs
    assert (run.called, run.returned, run.ran_s) == (at(2), at(3), 1.0)


def test_agents_beside_each_other_are_told_apart_and_have_no_parent():
    session = session_of(
        agent("x", "A"), agent("y", "B"), call("a", 0, parent="x"), call("b", 2, parent="y"), call("c", 4)
    )
    assert [(one.name, one.parent) for one in session.agents] == [("", None), ("A", None), ("B", None)]
    assert [one.agent for one in session.calls] == [1, 2, 0]


def test_each_run_of_a_subagent_is_an_agent_of_its_own():
    spans = [
        agent("x", "A"),
        agent("y", "B", "x"),
        agent("z", "B", "x"),
        call("a", 0, parent="y"),
        call("b", 2, parent="z"),
    ]
    session = session_of(*spans)
    assert [(one.name, one.parent, one.id) for one in session.agents] == [("A", None, ""), ("B", 0, "y"), ("B", 0, "z")]
    assert [one.agent for one in session.calls] == [1, 2]


def test_the_turn_of_a_trace_is_as_long_as_its_root():
    root = Span("other", "r", "", "u", "root", at(5), at(20))
    session = session_of(call("a", 0), root, call("b", 6, parent="r", trace="u"))
    assert [(turn.asked, turn.ended) for turn in session.turns] == [(at(0), at(1)), (at(5), at(20))]


def test_calls_are_in_the_order_in_which_they_started_if_all_have_a_time():
    spans = [call("a", 4), call("b", 2)]
    assert [one.given.epoch_s for one in session_of(*spans).calls] == [2, 4]
    without = Span("model", "c", "", "t", interaction=spans[0].interaction)
    assert [one.given and one.given.epoch_s for one in session_of(*spans, without).calls] == [4, 2, None]


def test_a_tool_run_is_found_by_the_id_of_its_call_in_its_own_trace():
    first, second = call("a", 0, ("c1", "f", {})), call("b", 4, ("c1", "f", {}), trace="u")
    assert runs_of(first, second, tool("f", 6, "c1", trace="u"), tool("f", 2, "c1")) == [(0, "c1"), (1, "c1")]


def test_a_tool_run_with_an_id_that_no_call_has_is_left_out():
    assert runs_of(call("a", 0, ("c1", "f", {})), tool("f", 2, "c9")) == []


def test_without_an_id_a_run_is_found_by_name_only_if_there_is_one_call_that_fits():
    both = call("a", 0, ("c1", "f", {"x": 1}), ("c2", "f", {"x": 2}), ("c3", "g", {}))
    assert runs_of(both, tool("g", 2)) == [(0, "c3")]
    assert runs_of(both, tool("f", 2)) == []
    assert runs_of(both, tool("f", 2, arguments='{"x": 2}')) == [(0, "c2")]
    assert runs_of(both, tool("g", 0.5)) == [], "it began before the call ended"
    assert runs_of(both, tool("g", 2, trace="u")) == [], "it is of another trace"


def test_a_call_is_answered_once():
    assert runs_of(call("a", 0, ("c1", "f", {})), tool("f", 2, "c1"), tool("f", 3, "c1")) == [(0, "c1")]


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]}}]},
        {"content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {}}]},
        {"output": [{"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}]},
        {"output": {"message": {"content": [{"toolUse": {"toolUseId": "c1", "name": "f", "input": {}}}]}}},
        {"candidates": [{"content": {"parts": [{"functionCall": {"id": "c1", "name": "f", "args": {}}}]}}]},
    ],
    ids=["openai-chat", "anthropic", "openai-responses", "bedrock", "gemini"],
)
def test_tool_calls_are_found_in_the_answer_of_every_provider(body):
    one = Interaction(Request(), Response(body=json.dumps(body).encode()))
    asked = Span("model", "a", "", "t", "chat", at(0), at(1), one)
    assert runs_of(asked, tool("f", 2, "c1")) == [(0, "c1")]
    assert runs_of(asked, tool("f", 2)) == [(0, "c1")]


def test_spans_in_a_circle_are_no_endless_loop():
    first, second = agent("x", "A", "y"), agent("y", "B", "x")
    session = session_of(first, second, call("a", 0, parent="x"), Span("other", "o", "o"), call("b", 2, parent="o"))
    assert len(session.calls) == 2


def test_a_trace_of_many_spans_names_the_most_frequent_others():
    spans = [call("a", 0), *(Span("other", name=name) for name in "xxxyyzw")]
    notes = [problem.message for problem in recording_of(spans, SOURCE, (), "file").problems]
    assert "7 spans of the trace are neither calls of a model nor runs of a tool: 3 × x, 2 × y, 1 × z, …." in notes


def test_spans_without_a_call_are_refused():
    with pytest.raises(CassetteError, match="this file of Program holds 0 spans"):
        session_of()


@pytest.mark.parametrize(
    "spans",
    [
        [call("a", 1, parent="a")],
        [call("a", 1, parent="b"), call("b", 2, parent="a")],
        [call("a", 1, parent="b"), call("b", 2, parent="c"), call("c", 3, parent="a")],
    ],
)
def test_calls_that_stand_in_each_other_in_a_circle_are_all_shown(spans):
    assert len(recording_of(spans, SOURCE, (), "file").interactions) == len(spans)


def test_a_span_that_an_exporter_sent_again_is_counted_once():
    spans = [call("a", 1, ("c1", "f", "{}")), tool("f", 2, "c1"), call("b", 4)]
    once, twice = (recording_of(given, SOURCE, (), "file") for given in (spans, [*spans, *spans[:2]]))
    assert (len(twice.interactions), len(twice.session.tool_runs)) == (2, 1)
    said = [one.message for one in twice.problems if one not in once.problems]
    assert said == ["2 spans stand in the file again."]
    # Without ids, nothing tells whether they are the same.
    assert len(recording_of([call("", 1), call("", 1)], SOURCE, (), "file").interactions) == 2
