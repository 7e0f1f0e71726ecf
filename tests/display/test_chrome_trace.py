"""The Chrome trace of a cassette, held against the Trace Event Format and against what its recording knows.

https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
"""

import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import viewer
from tests.conftest import SAMPLES, SEED
from tests.support.sessions import SESSION, at, cassette_of
from tests.support.streams import delta
from viewer.conversation.call_times import DecodedInteraction, starts_of
from viewer.display.chrome_trace import chrome_trace, has_recorded_times
from viewer.text.words import explain_grade
from viewer.types.problems import CassetteError
from viewer.types.sessions import CallPlace, ToolRun

# The fields that each phase must have, beside "ph", "pid" and "ts".
FIELDS = {
    "M": {"name", "tid", "args"},
    "X": {"name", "cat", "tid", "dur", "args"},
    "i": {"name", "cat", "tid", "s", "args"},
    "C": {"name", "args"},
}


def trace_of(path, **options):
    return json.loads(chrome_trace(viewer.load(path), **options))


def events_of(trace, phase):
    return [event for event in trace["traceEvents"] if event["ph"] == phase]


def slices_overlap(events):
    """Tell whether two slices of a thread overlap without one holding the other, which viewers draw wrongly or drop."""
    open_ends = []
    for begin, end in sorted(
        ((one["ts"], one["ts"] + one["dur"]) for one in events), key=lambda one: (one[0], -one[1])
    ):
        open_ends = [until for until in open_ends if until > begin]
        if any(until < end - 1e-3 for until in open_ends):
            return True
        open_ends.append(end)
    return False


@pytest.mark.parametrize(
    "name", ["short.har", "streaming.yaml", "ollama.ndjson", "list.sse", "japanese.yml", "curl.trace"]
)
def test_every_sample_with_times_follows_the_format(name):
    trace = trace_of(next(SAMPLES.glob(f"*{name}")))
    assert trace["displayTimeUnit"] == "ms"
    threads = defaultdict(list)
    named = {(one["pid"], one["tid"]) for one in events_of(trace, "M") if one["name"] == "thread_name"}
    for event in trace["traceEvents"]:
        assert event.keys() == {"ph", "pid", "ts"} | FIELDS[event["ph"]]
        assert event["ts"] >= 0
        if event["ph"] in ("X", "i"):
            assert (event["pid"], event["tid"]) in named
        if event["ph"] == "X":
            assert event["dur"] >= 0
            threads[event["pid"], event["tid"]].append(event)
        if event["ph"] == "C":
            assert all(isinstance(value, int | float) for value in event["args"].values())
    assert not any(map(slices_overlap, threads.values()))


def test_measured_chunks_are_instants_at_their_recorded_times():
    path = next(SAMPLES.glob("*short.har"))
    stream = viewer.load(path).streams[0]
    assert stream.timing.grade == "measured"
    trace = trace_of(path)
    content = [event for event in events_of(trace, "i") if event["cat"] == "content"]
    rows = stream.chunks["kind"] == "content"
    assert "".join(event["args"].get("text", "") for event in content) == stream.text()
    assert [event["ts"] for event in content] == pytest.approx(list(stream.chunks["t"][rows] * 1e6), abs=1e-3)
    counted = [one["args"]["tokens"] for one in events_of(trace, "C") if one["name"] == "tokens so far: content"]
    assert all(before < after for before, after in pairwise(counted))
    assert counted[-1] == pytest.approx(stream.chunks["tokens"][rows].sum(), abs=1e-2)


def test_chunks_known_within_whole_seconds_are_slices_from_the_lower_to_the_upper_bound():
    trace, stream = trace_of(SEED), viewer.load(SEED).streams[0]
    content = [event for event in events_of(trace, "X") if event["cat"] == "content"]
    rows = stream.chunks["kind"] == "content"
    low, high = stream.chunks["t_low"][rows], stream.chunks["t_high"][rows]
    assert len(content) == len(np.unique(low))
    # The first chunk is drawn as early as it can have come: when the headers came.
    lead_us = 0.192518875e6
    assert content[0]["ts"] == pytest.approx(lead_us + low.iloc[0] * 1e6, abs=1)
    assert content[0]["dur"] == pytest.approx((high.iloc[0] - low.iloc[0]) * 1e6, abs=1)
    assert sum(event["args"]["chunks"] for event in content) == rows.sum()
    assert "as early as they can have come" in content[0]["args"]["first chunk"]
    assert "at least 0.193 s after it" in content[0]["args"]["first chunk"]
    # Where within their bounds chunks arrived is not known, so neither are the tokens at one moment.
    assert not events_of(trace, "C")


def test_a_recording_without_times_is_refused_with_what_to_do_instead(tmp_path):
    path = tmp_path / "a.sse"
    path.write_text(f"data: {json.dumps(delta(content='Hi'))}\n\ndata: [DONE]\n\n")
    with pytest.raises(CassetteError, match=r"no times are recorded.*Export it as svg"):
        trace_of(path)


def test_a_call_whose_chunks_have_no_times_is_only_what_was_measured_of_it():
    trace = trace_of(SAMPLES / "weather-agent_tool-calls.yaml")
    assert {event["name"] for event in events_of(trace, "X")} == {"request to headers"}
    assert not events_of(trace, "i")
    assert any("speed not recorded" in call.get("times of its chunks", "") for call in trace["otherData"]["calls"])


def test_calls_stand_where_the_recording_puts_them():
    cassette = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    streams = {stream.interaction: stream for stream in cassette.streams}
    calls = enumerate(cassette.interactions)
    starts = starts_of(
        [DecodedInteraction(one, streams.get(index) or cassette.answers.get(index)) for index, one in calls]
    )
    trace = json.loads(chrome_trace(cassette))
    assert len(cassette.interactions) > 2
    headers = {event["pid"] - 1: event["ts"] for event in events_of(trace, "X")}
    assert max(headers.values()) > 0
    for index, at_us in headers.items():
        assert at_us == pytest.approx(starts[index].value * 1e6, abs=1)


def test_one_call_can_be_chosen_and_then_begins_at_zero():
    trace = trace_of(SAMPLES / "weather-agent_tool-calls.yaml", interaction=2)
    assert {event["pid"] for event in trace["traceEvents"]} == {3}
    assert min(event["ts"] for event in events_of(trace, "X")) == 0


def test_calls_that_have_no_place_on_one_axis_are_refused_or_left_out():
    exchange = {"request": {"method": "POST", "uri": "https://api.example/v1", "body": "", "headers": {}}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}}
    document = {"version": 1, "interactions": [{**exchange, "response": response}] * 2}
    cassette = viewer.load(json.dumps(document).encode(), name="calls.json")
    with pytest.raises(CassetteError, match=r"does not say when.*2 calls have no place.*--interaction"):
        chrome_trace(cassette)


def test_a_trace_is_offered_only_of_a_recording_that_holds_times():
    assert has_recorded_times(viewer.load(SEED))
    assert has_recorded_times(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml"))
    assert not has_recorded_times(viewer.load(next(SAMPLES.glob("*anthropic.sse"))))


def session_slices(session):
    """Return the process of a session: its slices by the name of their thread."""
    trace = json.loads(chrome_trace(cassette_of(session)))
    (process,) = [one for one in events_of(trace, "M") if one["args"].get("name") == "session Claude Code"]
    own = [one for one in trace["traceEvents"] if one["pid"] == process["pid"]]
    names = {one["tid"]: one["args"]["name"] for one in own if one["name"] == "thread_name"}
    threads = defaultdict(list)
    for one in own:
        if one["ph"] == "X":
            threads[names[one["tid"]]].append(one)
    assert not any(map(slices_overlap, threads.values()))
    assert len({*names.values()}) == len(names)
    return threads


def test_a_session_has_a_track_for_each_agent_with_its_turns_calls_and_tools():
    threads = session_slices(SESSION)
    placed = {
        thread: [(one["name"], one["ts"] / 1e6, (one["ts"] + one["dur"]) / 1e6) for one in slices]
        for thread, slices in threads.items()
    }
    # Time 0 is the prompt of the first turn, half a second after the epoch of the session.
    assert placed == {
        "main agent": [
            ("turn 0", 0, 9.5),
            ("chat gpt-4o", 0.5, 2.5),
            ("Task", 2.5, 7.5),
            ("chat gpt-4o", 7.5, 8.5),
            ("turn 1", 19.5, 21.5),
            ("chat gpt-4o", 20.5, 21.5),
        ],
        "Explore": [("turn 0", 3.5, 5.5), ("chat gpt-4o", 3.5, 5.5)],
    }
    first, last = threads["main agent"][1]["args"], threads["main agent"][-1]["args"]
    assert first["began"] == "when the program wrote what the call answers: a prompt or the result of a tool"
    assert first["times"] == explain_grade("stamped")
    assert last["length"] == "it ended then or later"
    assert (last["call"], last["input tokens"]) == (3, 9)


def test_tools_that_ran_at_the_same_time_take_another_track():
    runs = (ToolRun(0, "call_1", at(3), at(8)), ToolRun(0, "call_2", at(3.5), at(9)))
    threads = session_slices(replace(SESSION, tool_runs=runs))
    # The second one ended after the first, so neither holds the other.
    assert "main agent, at the same time" in threads


def test_calls_of_a_session_stand_where_its_program_puts_them():
    calls = (*SESSION.calls[:3], CallPlace(0, 1))
    trace = json.loads(chrome_trace(cassette_of(replace(SESSION, calls=calls))))
    assert trace["otherData"]["calls left out"] == ["call 3: the recording does not say when it began"]
    assert [one["call"] for one in trace["otherData"]["calls"]] == [0, 1, 2]


def test_one_call_of_a_session_is_written_without_its_tracks():
    trace = json.loads(chrome_trace(cassette_of(SESSION), interaction=1))
    assert not any(one["args"].get("name") == "session Claude Code" for one in events_of(trace, "M"))
