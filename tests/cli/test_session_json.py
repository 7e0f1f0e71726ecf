"""Where a call stands in its session, as programs get it."""

import viewer
from tests.conftest import SAMPLES
from viewer.cli.session_json import place_json

CASSETTE = viewer.load(SAMPLES / "rain-gauge_claude-code.jsonl")


def test_a_call_of_a_subagent_names_its_turn_its_agent_and_the_call_that_started_it():
    place = place_json(CASSETTE.session, 1)
    assert (place["program"], place["turn"], place["agent"]) == ("Claude Code", 0, 1)
    assert (place["agent_name"], place["started_in"]) == ("Explore", 0)
    assert place["given_at_s"] < place["first_at_s"] <= place["ended_at_s"]


def test_a_call_has_the_runs_of_its_own_tools():
    runs = [place_json(CASSETTE.session, index)["tool_runs"] for index in range(len(CASSETTE.interactions))]
    assert [(run["id"], run["is_error"], run["ran_s"]) for run in runs[0]] == [
        ("toolu_01", True, None),
        ("toolu_02", False, 6.52),
    ]
    assert sum(map(len, runs)) == len(CASSETTE.session.tool_runs)


def test_a_recording_that_is_no_session_has_no_place():
    assert place_json(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml").session, 0) is None
