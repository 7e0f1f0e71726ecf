import json

import pytest

from tests.support.agent_sessions import SESSION, answer, call, load, returned, text, user, without_times
from viewer.conversation.agent import calls_of
from viewer.display.sessions.view import session_view, shown_session
from viewer.pages.recording.session_rail import session_rail_rows
from viewer.pages.recording.session_table import session_table


def view_of(cassette):
    return session_view(cassette, shown_session(cassette), calls_of(cassette))


def table_of(*lines):
    return session_table(view_of(load(*lines)))


@pytest.fixture(scope="module")
def table():
    return table_of(*SESSION)


def test_a_call_has_a_bar_of_its_model_and_one_of_its_tool_with_the_time_that_it_ran(table):
    model, tool = table["rows"][1]["bars"]
    assert [model[0], *model[1:3]] == ["model", pytest.approx(0), pytest.approx(3)]
    # The answer was written in one moment, so nothing of it is certain.
    assert model[3] == pytest.approx(3)
    assert [tool[0], *tool[1:4]] == ["tool", pytest.approx(3), pytest.approx(8), pytest.approx(4)]
    assert model[6] == "model: at most 3.00 s ◐; 0 s after the start"
    assert tool[6] == "Bash: 5.00 s ◐ from its call to its result; ran 4.00 s; 3.00 s after the start"


def test_a_failed_tool_is_marked_and_its_run_time_is_not_made_up(table):
    edit = next(row for row in table["rows"] if row["words"] == "Edit")
    _, tool = edit["bars"]
    assert (edit["status"], edit["note"], tool[0]) == ("tool", "tool failed", "failed")
    assert "Edit failed: 12.0 s ◐ from its call to its result; how long it ran is not recorded" in tool[6]
    assert tool[3] == tool[2]


def test_tools_that_run_at_once_stand_in_lanes_below_each_other():
    table = table_of(
        user(1, "Look"),
        answer(2, "m1", call("a"), call("b"), call("c", "Read")),
        user(4, returned("a", "1")),
        user(5, returned("b", "2")),
        user(6, returned("c", "3")),
        answer(7, "m2", text("Done")),
    )
    _, *tools = table["rows"][1]["bars"]
    assert [(bar[4], bar[5]) for bar in tools] == [(0, 3), (1, 3), (2, 3)]


def test_the_wait_for_the_user_is_cut_on_the_axis_and_named_in_the_shares(table):
    assert [piece[4] for piece in table["axis"]["pieces"]] == [False, True, False]
    assert table["axis"]["end"] < 50
    assert [share[:3] for share in table["shares"]] == [
        ["model", "model", "15.2 s ◐"],
        ["tools", "tools", "19.8 s ◐"],
        ["waiting", "waiting for you", "5 min 0 s ◐"],
    ]


def test_rows_of_turns_have_sums_which_can_be_sorted(table):
    turn = table["rows"][0]
    assert (turn["type"], turn["calls"], turn["note"], turn["input"]) == (
        "turn",
        6,
        "1 failed",
        ["6,060", "6,060", 6060],
    )
    assert turn["cached"][2] == 6000
    assert turn["time"][::2] == ["30.0 s ◐", pytest.approx(30)]
    assert table["columns"] == ["time", "model", "tools", "input", "cached", "output", "cost"]


def test_without_times_the_bars_are_tokens_and_no_column_has_seconds():
    table = table_of(*without_times(*SESSION))
    assert table["axis"]["unit"] == "tokens"
    # Nor is there a price: those of which day hold is not known.
    assert table["columns"] == ["input", "cached", "output"]
    assert table["shares"] == []
    first, second = table["rows"][1]["bars"]
    assert (first[:3], second[:3]) == (["input", 0, 1010], ["output", 1010, 1090])


def test_what_the_program_reports_is_compared_with_the_sums():
    result = {"type": "result", "subtype": "success", "session_id": "s1", "num_turns": 2, "total_cost_usd": 9.0}
    table = table_of(*without_times(*SESSION), result)
    [[agrees, words]] = table["agreements"]
    assert not agrees
    assert table["rows"][8]["cost"] == ["$9.00", "as Claude Code reports it", 9.0]
    assert words == "Claude Code reports $9.00. The calls cannot be added up: 8 calls have no price."


def test_the_rail_has_turns_and_subagents_with_what_they_cost():
    cassette = load(*SESSION)
    rows = session_rail_rows(cassette, view_of(cassette))
    assert [(row["type"], row["depth"]) for row in rows[:5]] == [
        ("turn", 0),
        ("call", 0),
        ("call", 0),
        ("agent", 1),
        ("call", 1),
    ]
    turn, explore = rows[0], rows[3]
    assert (turn["number"], turn["note"], turn["figures"].split(" · ")[::2]) == ("1", "1 failed", ["6 calls", "30.0 s"])
    assert (explore["words"], explore["detail"]) == ("Explore", "Search for rain")
    assert rows[1]["time"] == "3.00 s"


def test_half_a_surrogate_pair_in_a_prompt_can_be_written():
    table = table_of(user(1, "a \ud83d"), answer(2, "m1", text("b")), user(5, "c"), answer(6, "m2", text("d")))
    json.dumps(table, ensure_ascii=False).encode()
