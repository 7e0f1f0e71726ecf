"""The session of an agent in a report."""

import re

import viewer
from tests.conftest import SAMPLES
from tests.support.agent_sessions import SESSION, answer, load, long_session, text, user, without_times
from tests.support.spans import export, span
from viewer.display.nodes import html
from viewer.display.report.session import session_overview

KEY = "ghp_" + "Ab3dEf6hIj" * 3 + "Ab3dEf"


def rows(written):
    found = re.findall(r'<tr class="(\w+)".*?</tr>', written)
    indented = [one.count('<span class="in">') for one in re.findall(r'<tr class=".*?</tr>', written)]
    return list(zip(found, indented, strict=True))


def test_turns_calls_and_subagents_are_rows_with_their_time_and_cost():
    written = html(session_overview(load(*SESSION)))
    assert rows(written)[:5] == [("turn", 0), ("call", 1), ("call", 1), ("agent", 2), ("call", 3)]
    assert "<b>Fix the failing test, &lt;b&gt;please&lt;/b&gt;.</b>" in written
    assert "waiting for you 5 min 0 s ◐" in written
    assert '<a href="#stream=7">7</a>' in written
    assert 'id="row-7"' in written


def test_a_call_has_a_pale_bar_of_its_whole_time_and_a_solid_one_of_what_is_certain():
    written = html(session_overview(load(*SESSION)))
    first = written[written.index('id="row-0"') : written.index('id="row-1"')]
    bars = [
        (name, float(x), float(width))
        for name, x, width in re.findall(r'class="(fill[^"]*)" x="([\d.]+)" width="([\d.]+)"', first)
    ]
    assert [name for name, _, _ in bars] == ["fill tool_call cached", "fill tool_call", "fill content cached"]
    (_, tool_at, tool_width), (_, ran_at, ran_width), (_, model_at, model_width) = bars
    assert model_at == 0
    assert abs(tool_at - model_width) < 0.2
    assert abs(ran_width / tool_width - 4 / 5) < 0.01
    assert abs(ran_at + ran_width - tool_at - tool_width) < 0.2


def test_a_long_session_shows_its_turns_first_and_its_calls_folded():
    written = html(session_overview(load(*long_session(4, 20))))
    turns, calls = written.split("<details>")
    assert [kind for kind, _ in rows(turns)] == ["turn"] * 4
    assert "<summary>All 84 calls</summary>" in calls
    assert written.count('id="row-0"') == 1


def test_without_times_nothing_is_drawn():
    written = html(session_overview(load(*without_times(*SESSION))))
    assert "<svg" not in written
    assert "Times were not recorded." in written


def test_other_recordings_keep_the_table_of_their_streams():
    assert session_overview(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")) == []


def test_a_secret_in_the_prompt_of_a_turn_is_not_in_the_report():
    cassette = load(
        user(1, f"Use {KEY} please"), answer(3, "m1", text("Done")), user(9, "Go on"), answer(12, "m2", text("Ok"))
    )
    assert KEY in html(session_overview(cassette))
    assert KEY not in viewer.report(cassette)


def test_only_a_session_with_streams_says_how_to_play_one():
    trace = viewer.load(export(span({"gen_ai.operation.name": "chat"}), span({}, own=2, begin_s=2.0)), "trace.json")
    assert "Tick one call" in html(session_overview(load(*SESSION)))
    written = html(session_overview(trace))
    assert "Bars: solid is certain" in written
    assert "Tick one call" not in written
