"""The session of an agent, derived from its recorded requests."""

import json

import pytest

import viewer
from viewer.conversation.sessions.derived import derive_session, session_of
from viewer.conversation.sessions.times import session_times

PROMPT = "Search the sources for every place that sets rain, and say which."


def user(text):
    return {"role": "user", "content": text}


def called(call_id, name="look", **arguments):
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def said(text):
    return {"role": "assistant", "content": text}


def returned(call_id, text="dry"):
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def entry(second, messages, answer, length_s=1.0):
    """Return a call of a HAR file, which has when each request was sent and how long it took."""
    body = {
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": answer, "finish_reason": "stop"}],
    }
    return {
        "startedDateTime": f"2026-02-03T04:05:{second:06.3f}Z",
        "time": length_s * 1000,
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": [],
            "postData": {"mimeType": "application/json", "text": json.dumps({"model": "m", "messages": messages})},
        },
        "response": {
            "status": 200,
            "headers": [],
            "content": {"mimeType": "application/json", "text": json.dumps(body)},
        },
        "timings": {"send": 0, "wait": length_s * 1000, "receive": 0},
    }


def load(*entries):
    return viewer.load(json.dumps({"log": {"version": "1.2", "entries": [*entries]}}).encode(), "agent.har")


ASKED = [user("Is it dry?")]
LOOKED = [*ASKED, called("t1"), returned("t1")]
THANKED = [*LOOKED, said("It is."), user("Thanks. And tomorrow?")]


def test_requests_that_repeat_each_other_are_one_conversation_and_prompts_begin_turns():
    cassette = load(
        entry(1, ASKED, called("t1")),
        entry(4, LOOKED, said("It is.")),
        entry(30, THANKED, said("Rain.")),
    )
    session = derive_session(cassette)
    assert [(place.agent, place.turn) for place in session.calls] == [(0, 0), (0, 0), (0, 1)]
    assert len(session.turns) == 2
    times = session_times(session)
    assert (times.shares.model.value, times.shares.model.grade) == (pytest.approx(3.0), "measured")
    assert (times.shares.tools.value, times.shares.tools.low, times.shares.tools.grade) == (
        pytest.approx(2.0),
        0,
        "bounded",
    )
    assert times.shares.waiting.value == pytest.approx(25.0)


def test_a_conversation_that_begins_with_the_words_of_a_tool_call_is_a_subagents():
    task = called("t1", "task", prompt=PROMPT, subagent_type="explore")
    cassette = load(
        entry(1, ASKED, task),
        entry(2, [user(PROMPT)], called("t2")),
        entry(3, [user(PROMPT), called("t2"), returned("t2")], said("Here.")),
        entry(5, [*ASKED, task, returned("t1", "Here.")], said("Done.")),
    )
    session = derive_session(cassette)
    agent = session.agents[1]
    assert (agent.name, agent.parent, agent.started_in, agent.started_by) == ("explore", 0, 0, "t1")
    assert [place.agent for place in session.calls] == [0, 1, 1, 0]


def test_a_single_call_beside_the_conversation_is_an_agent_that_nobody_started():
    cassette = load(
        entry(1, [user("Give this a title")], said("Rain")),
        entry(2, ASKED, called("t1")),
        entry(3, LOOKED, said("It is.")),
    )
    session = derive_session(cassette)
    assert [place.agent for place in session.calls] == [1, 0, 0]
    assert (session.agents[1].parent, session.calls[0].turn) == (None, 0)


def test_a_request_that_is_sent_again_begins_no_turn():
    cassette = load(entry(1, ASKED, said("")), entry(2, ASKED, called("t1")), entry(4, LOOKED, said("It is.")))
    assert len(derive_session(cassette).turns) == 1


def test_a_request_that_brings_only_a_result_continues_the_conversation_of_its_call():
    cassette = load(entry(1, ASKED, called("t1")), entry(4, [returned("t1")], said("It is.")))
    assert [place.agent for place in derive_session(cassette).calls] == [0, 0]


def test_calls_of_subagents_count_as_those_of_the_session():
    task = called("t1", "task", prompt=PROMPT)
    cassette = load(
        entry(1, ASKED, task),
        entry(2, [user(PROMPT)], called("t2")),
        entry(3, [user(PROMPT), called("t2"), returned("t2")], said("Here.")),
        entry(5, [*ASKED, task, returned("t1", "Here.")], said("Done.")),
        *(entry(second, [user(f"Question {second}")], said("Yes.")) for second in (6, 7, 8)),
    )
    assert [place.agent for place in derive_session(cassette).calls] == [0, 1, 1, 0, 2, 3, 4]


def test_a_call_whose_length_was_not_measured_has_no_end():
    first, second = entry(1, ASKED, called("t1")), entry(4, LOOKED, said("It is."))
    del first["time"], first["timings"]
    calls = derive_session(load(first, second)).calls
    assert [place.given is None for place in calls] == [False, False]
    assert [place.ended is None for place in calls] == [True, False]


@pytest.mark.parametrize(
    "entries",
    [
        [entry(1, ASKED, said("Yes."))],
        [entry(1, ASKED, said("Yes.")), entry(2, ASKED, said("Yes."))],
        [entry(second, [user(f"Question {second}")], said("Yes.")) for second in range(4)],
        # Most calls have nothing to do with the conversation.
        [
            *(entry(1, ASKED, called("t1")), entry(2, LOOKED, said("It is."))),
            *(entry(second, [user(f"Question {second}")], said("Yes.")) for second in (3, 4)),
        ],
        # Two conversations that have nothing to do with each other.
        [
            *(entry(1, ASKED, called("t1")), entry(2, LOOKED, said("It is.")), entry(3, THANKED, said("Rain."))),
            *(entry(4, [user("Hi")], said("Hello")), entry(5, [user("Hi"), said("Hello"), user("Bye")], said("Bye"))),
        ],
    ],
)
def test_calls_that_do_not_fit_together_tell_no_session(entries):
    assert session_of(load(*entries)) is None


def test_the_session_of_a_file_comes_first():
    line = {
        "type": "assistant",
        "sessionId": "s",
        "message": {"id": "m", "role": "assistant", "content": [{"type": "text", "text": "a"}]},
    }
    cassette = viewer.load(json.dumps(line).encode() + b"\n")
    assert session_of(cassette) is cassette.session is not None


def test_a_request_that_holds_another_answer_is_another_conversation():
    first = entry(1, ASKED, said("It is dry.\n\nI looked."))
    other = [*ASKED, said("Where?"), user("Here.")]
    assert derive_session(load(first, entry(4, other, said("Yes.")))) is None
    # Programs trim answers, and leave parts of them out.
    for kept in ("It is dry. I looked.", " I looked. ", "> It is dry. I looked. <"):
        same = derive_session(load(first, entry(4, [*ASKED, said(kept), user("Thanks.")], said("Gladly."))))
        assert [place.turn for place in same.calls] == [0, 1]


def test_a_request_that_was_sent_again_goes_on_from_any_of_its_answers():
    cassette = load(
        entry(1, ASKED, said("It is.")),
        entry(3, ASKED, said("No.")),
        entry(5, [*ASKED, said("It is."), user("Thanks.")], said("Gladly.")),
    )
    assert [place.agent for place in derive_session(cassette).calls] == [0, 0, 0]


def test_two_subagents_that_were_given_the_same_words_are_two():
    both = {**called("t1"), "tool_calls": [called(one, prompt=PROMPT)["tool_calls"][0] for one in ("t1", "t2")]}
    session = derive_session(
        load(
            entry(1, ASKED, both),
            entry(3, [user(PROMPT)], said("a.py")),
            entry(4, [user(PROMPT)], said("b.py")),
            entry(5, [user(PROMPT), said("b.py"), user("Sure?")], said("Yes.")),
            entry(7, [*ASKED, both, returned("t1"), returned("t2")], said("Both.")),
        )
    )
    assert [place.agent for place in session.calls] == [0, 1, 2, 2, 0]
    assert {one.started_by for one in session.agents[1:]} == {"t1", "t2"}
