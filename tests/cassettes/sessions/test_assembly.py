"""How the lines of a session become calls, turns, agents and runs of tools."""

from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.lines import AgentFacts, SessionFacts, SessionLine, ToolReturn
from viewer.conversation.sessions.times import session_times
from viewer.types.http import Moment
from viewer.types.sessions import Totals


def at(second):
    return Moment(float(second), 0.001)


def line(text, role, second=None, **fields):
    return SessionLine(text.encode(), role, at=None if second is None else at(second), **fields)


def assembled(*lines, agents=None, reported=None):
    return assemble(lines, SessionFacts("Program", "s1", agents or {}, reported))


def bodies(interactions):
    return [(one.request.body.decode().split(), one.response.body.decode().split()) for one in interactions]


def test_a_request_holds_what_was_given_since_the_last_call_and_every_line_stands_once():
    found = assembled(
        line("settings", "about"),
        line("prompt", "prompt"),
        line("thought", "answer", call="m1"),
        line("call", "answer", call="m1"),
        line("result", "given"),
        line("text", "answer", call="m2"),
        line("end", "end"),
        line("later", "about"),
    )
    assert bodies(found.interactions) == [
        (["settings", "prompt"], ["thought", "call"]),
        (["result"], ["text", "end", "later"]),
    ]


def test_lines_of_one_call_join_it_though_results_come_between():
    found = assembled(
        line("call1", "answer", call="m1", tool_calls=("a",)),
        line("result1", "given", returns=(ToolReturn("a"),)),
        line("call2", "answer", call="m1", tool_calls=("b",)),
        line("result2", "given", returns=(ToolReturn("b"),)),
        line("text", "answer", call="m2"),
    )
    assert bodies(found.interactions) == [([], ["call1", "call2"]), (["result1", "result2"], ["text"])]
    assert [run.interaction for run in found.session.tool_runs] == [0, 0]


def test_lines_without_a_call_belong_to_the_one_before_until_the_agent_is_given_something():
    found = assembled(line("a", "answer"), line("b", "answer"), line("r", "given"), line("c", "answer"))
    assert bodies(found.interactions) == [([], ["a", "b"]), (["r"], ["c"])]


def test_a_question_without_an_answer_is_a_call_without_a_response():
    found = assembled(line("a", "answer", call="m"), line("more?", "prompt", 9), line("note", "about"))
    assert bodies(found.interactions) == [([], ["a"]), (["more?", "note"], [])]
    assert found.session.turns[1].asked == at(9)


def test_a_turn_begins_with_the_first_answer_after_a_prompt():
    found = assembled(
        line("clear", "prompt", 1),
        line("prompt", "prompt", 5),
        line("a", "answer", 7, call="m1"),
        line("end", "end", 8, reported=Totals(cost_usd=0.5)),
        line("b", "answer", 20, call="m2"),
    )
    first, second = found.session.turns
    assert (first.asked, first.ended, first.reported.cost_usd) == (at(5), at(8), 0.5)
    assert (second.asked, second.ended) == (None, at(20))
    assert [call.turn for call in found.session.calls] == [0, 1]


def test_calls_of_a_subagent_name_the_call_that_started_it_and_belong_to_its_turn():
    found = assembled(
        line("prompt", "prompt"),
        line("task", "answer", call="m1", tool_calls=("t",)),
        line("sub prompt", "given", agent="x"),
        line("sub", "answer", agent="x", call="s1"),
        line("result", "given", returns=(ToolReturn("t"),)),
        line("sub", "answer", agent="y", call="s1"),
        agents={"x": AgentFacts("Explore", "t")},
    )
    main, known, unknown = found.session.agents
    assert (known.name, known.parent, known.started_in, known.started_by) == ("Explore", 0, 0, "t")
    assert (main.parent, unknown.parent, unknown.started_in) == (None, None, None)
    assert [(call.agent, call.turn) for call in found.session.calls] == [(0, 0), (1, 0), (2, 0), (0, 0)]


def test_the_times_of_a_call_are_those_of_its_lines():
    found = assembled(
        line("prompt", "prompt", 1),
        line("about", "about", 2),
        line("a", "answer", 4, call="m", tool_calls=("t",)),
        line("b", "answer", 6, call="m"),
        line("result", "given", 9, returns=(ToolReturn("t", is_error=True, ran_s=2.5),)),
        line("again", "given", 11, returns=(ToolReturn("t"),)),
    )
    call = found.session.calls[0]
    assert (call.given, call.first, call.ended) == (at(1), at(4), at(6))
    (run,) = found.session.tool_runs
    assert (run.called, run.returned, run.ran_s, run.is_error) == (at(4), at(9), 2.5, True)


def test_a_summary_of_the_conversation_is_noted_before_the_call_that_gets_it():
    found = assembled(
        line("a", "answer", call="m1"), line("summary", "given", compacts=True), line("b", "answer", call="m2")
    )
    assert found.session.compacted_before == (1,)


def test_an_end_without_a_call_is_a_response():
    assert bodies(assembled(line("prompt", "prompt"), line("end", "end")).interactions) == [(["prompt"], ["end"])]


def test_lines_that_ask_for_nothing_are_a_request():
    found = assembled(line("settings", "about"))
    assert (bodies(found.interactions), found.session.turns[0].asked) == ([(["settings"], [])], None)
    assert assembled().interactions == []


def test_agents_that_started_each_other_in_a_circle_have_no_parent():
    facts = {"a": AgentFacts("Explore", "of b"), "b": AgentFacts("Plan", "of a"), "": AgentFacts(started_by="of a")}
    found = assembled(
        line("one", "answer", agent="a", tool_calls=("of a",)),
        line("two", "answer", agent="b", tool_calls=("of b",)),
        agents=facts,
    )
    assert [(one.id, one.parent) for one in found.session.agents] == [("", None), ("a", None), ("b", 1)]


def test_lines_that_are_repeated_at_the_end_stay_out_of_the_answer():
    found = assembled(
        line("prompt", "prompt"),
        line("text", "answer", call="m1"),
        line("prompt", "repeat"),
        line("text", "repeat"),
        line("later", "about"),
    )
    assert bodies(found.interactions) == [(["prompt", "prompt", "text", "later"], ["text"])]


def test_results_that_stand_with_their_calls_are_given_to_the_next_call():
    found = assembled(
        line("call+result", "answer", 2, call="m1", tool_calls=("a",), returns=(ToolReturn("a", at=at(5)),)),
        line("text", "answer", 7, call="m2"),
    )
    assert found.session.tool_runs[0].returned == at(5)
    assert [place.given for place in found.session.calls] == [None, at(5)]


def test_an_answer_that_begins_before_what_it_was_given_has_no_known_begin():
    found = assembled(
        line("prompt", "prompt", 30), line("a", "answer", 11, call="m"), line("b", "answer", 32, call="m")
    )
    (call,) = found.session.calls
    assert (call.given, call.first, call.ended) == (None, at(11), at(32))
    shares = session_times(found.session).shares
    assert (shares.model.value, shares.model.low, shares.model.high) == (None, 21.0, None)


def test_a_result_belongs_to_the_last_call_with_its_id_though_an_earlier_one_has_none():
    found = assembled(
        line("call1", "answer", 1, call="m1", tool_calls=("a",)),
        line("prompt", "prompt", 2),
        line("call2", "answer", 3, call="m2", tool_calls=("a",)),
        line("result", "given", 4, returns=(ToolReturn("a"),)),
        line("text", "answer", 5, call="m3"),
    )
    runs = [(run.interaction, run.called, run.returned) for run in found.session.tool_runs]
    assert runs == [(0, at(1), None), (1, at(3), at(4))]
