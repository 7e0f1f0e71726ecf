"""Spans of a session: invocations of agents, calls of models, runs of tools and subagents, nested."""

import json
from dataclasses import replace

import pytest

from tests.support.otlp_requests import attributes_of, records_of, resource_of, spans_of
from tests.support.sessions import EPOCH_S, SESSION, at, cassette_of
from viewer.display.otlp import otlp_records, otlp_spans
from viewer.types.sessions import Agent, CallPlace, ToolRun

INTERNAL, CLIENT = 1, 3
ERROR = 2


def spans_by_name(session, **options):
    """Return the spans with numbers behind names that come up more than once."""
    found = {}
    for span in spans_of(otlp_spans(cassette_of(session), **options).text):
        count = sum(name.partition("#")[0] == span.name for name in found)
        found[f"{span.name}#{count}" if count else span.name] = span
    return found


def lasted(span):
    """Return when a span began and ended, in seconds of the session."""
    return tuple(round(time / 1e9 - EPOCH_S, 3) for time in (span.start_time_unix_nano, span.end_time_unix_nano))


@pytest.fixture(scope="module")
def spans():
    return spans_by_name(SESSION)


def test_a_turn_is_a_trace_in_which_agents_hold_their_calls_and_tools(spans):
    main, later = spans["invoke_agent Claude Code"], spans["invoke_agent Claude Code#1"]
    tool, helper = spans["execute_tool Task"], spans["invoke_agent Explore"]
    parents = {name: span.parent_span_id for name, span in spans.items()}
    assert parents == {
        "invoke_agent Claude Code": b"",
        "invoke_agent Explore": tool.span_id,
        "invoke_agent Claude Code#1": b"",
        "execute_tool Task": main.span_id,
        "chat gpt-4o": main.span_id,
        "chat gpt-4o#1": helper.span_id,
        "chat gpt-4o#2": main.span_id,
        "chat gpt-4o#3": later.span_id,
    }
    assert spans["chat gpt-4o#1"].trace_id == helper.trace_id == main.trace_id
    assert spans["chat gpt-4o#3"].trace_id == later.trace_id != main.trace_id
    assert len({span.span_id for span in spans.values()}) == len(spans)
    kinds = {name.partition(" ")[0]: span.kind for name, span in spans.items()}
    assert kinds == {"invoke_agent": INTERNAL, "execute_tool": INTERNAL, "chat": CLIENT}


def test_times_are_those_that_the_program_wrote(spans):
    assert lasted(spans["chat gpt-4o"]) == (1, 3)
    assert lasted(spans["execute_tool Task"]) == (3, 8)
    # From the prompt to the end of the turn.
    assert lasted(spans["invoke_agent Claude Code"]) == (0.5, 10)
    assert attributes_of(spans["invoke_agent Claude Code"])["cassette.time.length_known"] == "whole"
    assert lasted(spans["invoke_agent Explore"]) == (4, 6)
    about = attributes_of(spans["chat gpt-4o"])
    assert (about["cassette.time.grade"], about["cassette.time.length_known"]) == ("stamped", "whole")
    assert about["cassette.time.length_low_s"] == pytest.approx(1.999)
    assert about["cassette.time.length_high_s"] == pytest.approx(2.001)


def test_an_end_that_was_not_written_is_not_made_up(spans):
    # Only its first part is known, and nothing of the end of its turn.
    about = attributes_of(spans["chat gpt-4o#3"])
    assert (lasted(spans["chat gpt-4o#3"]), about["cassette.time.length_known"]) == ((21, 22), "at least")
    assert "cassette.time.length_high_s" not in about
    assert lasted(spans["invoke_agent Claude Code#1"]) == (20, 22)


def test_agents_tools_and_the_session_are_named(spans):
    agent, tool = attributes_of(spans["invoke_agent Explore"]), attributes_of(spans["execute_tool Task"])
    assert (agent["gen_ai.agent.name"], agent["gen_ai.agent.id"]) == ("Explore", "a-7")
    assert (agent["gen_ai.operation.name"], agent["gen_ai.provider.name"]) == ("invoke_agent", "openai")
    assert (tool["gen_ai.tool.name"], tool["gen_ai.tool.call.id"]) == ("Task", "call_1")
    assert json.loads(tool["gen_ai.tool.call.arguments"]) == {"what": "look"}
    assert tool["gen_ai.tool.call.result"] == "It is there."
    assert tool["cassette.tool.ran_s"] == 4.5
    assert {attributes_of(span)["gen_ai.conversation.id"] for span in spans.values()} == {"session-1"}
    assert resource_of(otlp_spans(cassette_of(SESSION)).text)["service.name"] == "Claude Code"


def test_a_tool_that_failed_has_the_status_of_an_error(spans):
    assert spans["execute_tool Task"].status.code == ERROR
    assert attributes_of(spans["execute_tool Task"])["error.type"] == "tool_error"


def test_texts_of_tools_can_be_left_out():
    text = otlp_spans(cassette_of(SESSION), content=False).text
    assert "It is there" not in text
    assert "look" not in text
    assert "execute_tool Task" in text


def test_a_subagent_of_which_no_tool_run_is_known_is_held_by_its_parent():
    spans = spans_by_name(replace(SESSION, tool_runs=()))
    assert spans["invoke_agent Explore"].parent_span_id == spans["invoke_agent Claude Code"].span_id


def test_a_run_whose_call_was_not_written_has_no_span():
    runs = (ToolRun(0, "call_1", None, at(8)), ToolRun(2, "call_2", at(9)))
    spans = spans_by_name(replace(SESSION, tool_runs=runs))
    (run,) = [span for name, span in spans.items() if name.startswith("execute_tool")]
    assert lasted(run) == (9, 9)
    assert attributes_of(run)["cassette.time.length_known"] == "no"


def test_an_agent_that_is_its_own_parent_is_still_written():
    agents = (Agent("a", "A", 1), Agent("b", "B", 0))
    spans = spans_by_name(replace(SESSION, agents=agents))
    assert {"invoke_agent A", "invoke_agent B"} <= {*spans}


def test_a_call_of_a_session_can_be_chosen_and_stands_alone():
    spans = spans_by_name(SESSION, interaction=1)
    assert [(name, span.parent_span_id) for name, span in spans.items()] == [("chat gpt-4o", b"")]


def test_records_name_the_spans_of_their_calls(spans):
    records = records_of(otlp_records(cassette_of(SESSION)).text)
    calls = [span for name, span in spans.items() if name.startswith("chat")]
    assert [(one.trace_id, one.span_id) for one in records] == [(one.trace_id, one.span_id) for one in calls]


def test_a_call_whose_time_the_program_did_not_write_does_not_take_it_from_another_clock():
    # The HAR file of these calls has times of its own.
    spans = spans_by_name(replace(SESSION, calls=(*SESSION.calls[:3], CallPlace(0, 1))))
    assert sum(name.startswith("chat") for name in spans) == 3


def test_what_a_trace_measured_is_said_to_be_measured():
    trace = replace(SESSION, program="a trace", call_grade="measured", tool_grade="measured")
    spans = spans_by_name(trace)
    about = {name: attributes_of(span) for name, span in spans.items()}
    assert {one["cassette.time.grade"] for one in about.values()} == {"measured"}
    assert not any("written" in value or "wrote" in value for one in about.values() for value in map(str, one.values()))
    # Each call has the times of its own interaction, which its file gives as 100 ms.
    call = spans["chat gpt-4o"]
    assert call.end_time_unix_nano - call.start_time_unix_nano == 100_000_000
    assert lasted(spans["execute_tool Task"]) == (3, 8)


def test_without_times_of_the_program_those_of_the_recorder_are_taken():
    calls = tuple(CallPlace(one.agent, one.turn) for one in SESSION.calls)
    spans = spans_by_name(replace(SESSION, calls=calls, turns=(), tool_runs=()))
    assert sum(name.startswith("chat") for name in spans) == 4
    assert spans["chat gpt-4o#1"].parent_span_id == spans["invoke_agent Explore"].span_id
