"""What is known of the times of a recording is still known, and no more, once it was exported and opened again."""

from dataclasses import replace

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.har_files import asked, chat, entry, har
from tests.support.sessions import EPOCH_S, SESSION, at, cassette_of
from tests.support.spans import export, span
from viewer.display.otlp import otlp_spans

START_S = 1_735_689_600
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}


def opened_again(cassette):
    return viewer.load(otlp_spans(cassette).text.encode(), "spans.json")


def test_a_measured_call_is_as_long_as_before():
    again = opened_again(viewer.load(har(entry(asked(), chat("Hello")) | {"time": 1500.0}), "calls.har"))
    (place,) = again.session.calls
    times = again.interactions[0].times
    assert (times.started.epoch_s, times.whole_s) == (START_S, pytest.approx(1.5))
    assert place.ended.epoch_s - place.given.epoch_s == pytest.approx(1.5)
    assert again.session.call_grade == "measured"


def test_a_call_of_which_only_the_start_is_known_has_no_length():
    one = entry(asked(), chat("Hi"))
    one["response"]["headers"].append({"name": "Date", "value": "Wed, 01 Jan 2025 00:00:00 GMT"})
    del one["startedDateTime"], one["time"]
    again = opened_again(viewer.load(har(one), "calls.har"))
    (place,) = again.session.calls
    times = again.interactions[0].times
    assert (times.started.epoch_s, times.whole_s, times.ended, place.ended) == (START_S, None, None, None)


def test_calls_that_lasted_longer_than_their_spans_have_no_length():
    again = opened_again(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml"))
    assert [one.times.whole_s for one in again.interactions] == [None] * 3
    assert [(bool(place.given), place.ended) for place in again.session.calls] == [(True, None)] * 3


def test_a_start_in_whole_seconds_is_no_finer_than_before():
    span_of = {**CHAT, "cassette.time.start_resolution_s": 1.0}
    (interaction,) = viewer.load(export(span(span_of))).interactions
    assert interaction.times.started.resolution_s == 1.0


def test_the_times_of_a_session_are_those_that_its_program_wrote():
    again = opened_again(cassette_of(SESSION)).session
    assert (again.call_grade, again.tool_grade) == ("stamped", "stamped")
    first = again.calls[0]
    assert (first.given.epoch_s - EPOCH_S, first.ended.epoch_s - EPOCH_S) == (pytest.approx(1), pytest.approx(3))


def test_a_tool_ran_as_long_as_the_program_measured_and_not_as_long_as_it_waited():
    run = replace(SESSION.tool_runs[0], ran_s=0.25)
    waited = replace(SESSION, tool_runs=(run, *SESSION.tool_runs[1:]))
    (again,) = [one for one in opened_again(cassette_of(waited)).session.tool_runs if one.call_id == run.call_id]
    assert again.ran_s == 0.25
    assert again.returned.epoch_s - again.called.epoch_s == pytest.approx(5)


def test_a_tool_without_a_result_has_not_returned():
    run = replace(SESSION.tool_runs[0], returned=None, ran_s=None)
    cut = replace(SESSION, tool_runs=(run,))
    (again,) = [one for one in opened_again(cassette_of(cut)).session.tool_runs if one.call_id == run.call_id]
    assert (again.called.epoch_s - EPOCH_S, again.returned, again.ran_s) == (pytest.approx(3), None, None)
    assert run.called == at(3)


def test_a_grade_that_is_none_says_nothing():
    loaded = viewer.load(export(span({**CHAT, "cassette.time.grade": ["perfect"]})))
    assert loaded.session.call_grade == "measured"
