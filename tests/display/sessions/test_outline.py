import pytest

from viewer.display.sessions.outline import outline
from viewer.types.sessions import Agent, CallPlace, Session, Turn


def rows(session):
    return [(row.kind, row.index, row.depth) for row in outline(session)]


def test_calls_are_in_their_turn_and_subagents_beneath_the_call_that_started_them():
    session = Session(
        "Program",
        agents=(Agent(), Agent("a", "Explore", 0, 0), Agent("b", "Plan", 1, 1)),
        turns=(Turn(), Turn()),
        calls=(CallPlace(0, 0), CallPlace(1, 0), CallPlace(2, 0), CallPlace(1, 0), CallPlace(0, 0), CallPlace(0, 1)),
    )
    assert rows(session) == [
        ("turn", 0, 0),
        ("call", 0, 0),
        ("agent", 1, 1),
        ("call", 1, 1),
        ("agent", 2, 2),
        ("call", 2, 2),
        ("call", 3, 1),
        ("call", 4, 0),
        ("turn", 1, 0),
        ("call", 5, 0),
    ]


def test_a_subagent_that_works_on_into_the_next_turn_stays_where_it_was_started():
    session = Session(
        "Program",
        agents=(Agent(), Agent("a", "", 0, 0)),
        turns=(Turn(), Turn()),
        calls=(CallPlace(0, 0), CallPlace(0, 1), CallPlace(1, 1)),
    )
    assert rows(session) == [
        ("turn", 0, 0),
        ("call", 0, 0),
        ("agent", 1, 1),
        ("call", 2, 1),
        ("turn", 1, 0),
        ("call", 1, 0),
    ]


def test_a_subagent_that_nothing_is_known_of_stands_where_its_first_call_does():
    session = Session(
        "Program",
        agents=(Agent(), Agent("a")),
        turns=(Turn(), Turn()),
        calls=(CallPlace(0, 0), CallPlace(1, 1), CallPlace(0, 1)),
    )
    assert rows(session) == [
        ("turn", 0, 0),
        ("call", 0, 0),
        ("turn", 1, 0),
        ("agent", 1, 1),
        ("call", 1, 1),
        ("call", 2, 0),
    ]


def test_without_turns_there_is_no_row_of_a_turn():
    assert rows(Session("Trace", calls=(CallPlace(), CallPlace()))) == [("call", 0, 0), ("call", 1, 0)]


@pytest.mark.parametrize("count", [2, 3000])
def test_agents_that_started_each_other_in_a_circle_or_very_deep_are_each_shown_once(count):
    circle = Session(
        "Program",
        agents=(Agent(), *(Agent(str(one), "", None, (one + 1) % count + 1) for one in range(count))),
        calls=(CallPlace(0), *(CallPlace(one + 1) for one in range(count))),
    )
    deep = Session(
        "Program",
        agents=(Agent(), *(Agent(str(one), "", one, one) for one in range(count))),
        calls=tuple(CallPlace(one) for one in range(count + 1)),
    )
    for session in (circle, deep):
        shown = rows(session)
        assert sorted(index for kind, index, _ in shown if kind == "call") == list(range(count + 1))
        assert sorted(index for kind, index, _ in shown if kind == "agent") == list(range(1, count + 1))
    assert rows(deep)[-1] == ("call", count, count)
