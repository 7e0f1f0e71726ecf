import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.agent_sessions import SESSION, load, without_times
from viewer.conversation.agent import calls_of
from viewer.conversation.sessions.totals import CallSums
from viewer.display.sessions.view import session_view, shown_session
from viewer.display.sessions.words import cost_in_words, shares_in_words, tokens_in_words


def view_of(cassette):
    return session_view(cassette, shown_session(cassette), calls_of(cassette))


@pytest.fixture(scope="module")
def view():
    return view_of(load(*SESSION))


def test_rows_have_words_for_turns_calls_and_subagents(view):
    assert [(row.kind, row.title, row.detail) for row in view.rows] == [
        ("turn", "Fix the failing test, <b>please</b>.", ""),
        ("call", "Bash", ""),
        ("call", "Task", "result of Bash"),
        ("agent", "Explore", "Search for rain"),
        ("call", "Grep", ""),
        ("call", "It is set in src/weather.py.", "result of Grep"),
        ("call", "Edit", "result of Task"),
        ("call", "Fixed: it is dry by default.", "result of Edit"),
        ("turn", "Thanks. Now run everything.", ""),
        ("call", "Bash", ""),
        ("call", "All 12 tests pass.", "result of Bash"),
    ]


def test_rows_have_times_in_which_the_model_comes_before_the_tools(view):
    turn, first, *_ = view.rows
    assert (turn.times.whole.value, turn.times.model.value, turn.times.tools.value) == pytest.approx((30, 12.2, 17.8))
    assert (first.times.whole.value, first.times.model.value) == pytest.approx((8, 3))
    # The tool says that it ran for 4 of the 5 seconds.
    assert (first.times.tools.low, first.times.tools.value, first.times.tools.high) == pytest.approx((4, 5, 5))
    assert {one.grade for row in view.rows for one in (row.times.whole, row.times.model)} == {"stamped"}
    explore = view.rows[3]
    assert (explore.times.whole.value, explore.times.model.value) == pytest.approx((3.9, 3.4))


def test_turns_and_subagents_have_the_sums_of_their_calls(view):
    turn, explore = view.rows[0], view.rows[3]
    assert (turn.sums.calls, turn.sums.input_tokens, turn.sums.output_tokens, turn.failed) == (6, 6060, 130, 1)
    assert (explore.sums.calls, explore.failed) == (2, 0)
    assert tokens_in_words(explore.sums) == "2,020 in (2,000 cached), 20 out"
    assert cost_in_words(turn.sums).startswith("$0.0")


def test_the_time_of_the_session_is_told_in_words_with_grades(view):
    assert shares_in_words(view.times) == "model 15.2 s ◐ · tools 19.8 s ◐ · waiting for you 5 min 0 s ◐"


def test_a_session_without_times_has_none_in_any_row():
    view = view_of(load(*without_times(*SESSION)))
    assert [row.kind for row in view.rows].count("turn") == 2
    assert {one.value for row in view.rows for one in (row.times.whole, row.times.model, row.times.tools)} == {None}
    assert shares_in_words(view.times) == ""


def test_a_recording_that_is_no_session_is_not_shown_as_one():
    assert shown_session(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")) is None
    assert shown_session(viewer.load(SAMPLES / "grok-code-fast-1_simple_streaming.yaml")) is None


def test_output_that_no_call_reports_is_not_called_zero_and_a_plus_marks_a_part():
    assert tokens_in_words(CallSums(calls=2, input_tokens=28_009, without_output=2)) == "28,009 in, output not known"
    assert tokens_in_words(CallSums(calls=2, input_tokens=9, output_tokens=5, without_output=1)) == "9 in, 5+ out"
    assert tokens_in_words(CallSums(calls=2, without_input=2, without_output=2)) == ""


def test_a_turn_without_its_prompt_is_not_called_one_without_a_call():
    lines = [line for line in SESSION if line["type"] == "assistant" and not line.get("isSidechain")]
    view = view_of(cassette := load(*lines))
    assert len(cassette.interactions) > 1
    assert [row.title for row in view.rows if row.kind == "turn"] == ["prompt not recorded"]
