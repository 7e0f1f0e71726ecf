"""Sub-second stamps: the server's own time on each event."""

import json

import numpy as np
import pytest

import viewer


def ollama(*created, **last):
    lines = [{"model": "m", "created_at": stamp, "message": {"content": "a"}, "done": False} for stamp in created]
    lines[-1] |= {"done": True, "done_reason": "stop", **last}
    return viewer.load("".join(json.dumps(line) + "\n" for line in lines).encode()).streams[0]


STAMPS = [f"2026-07-30T14:17:28.{fraction}Z" for fraction in ("100421000", "150421000", "400421000")]


def test_stamps_finer_than_a_second_are_the_times_since_the_first():
    stream = ollama(*STAMPS)
    assert (stream.timing.grade, stream.timing.origin) == ("stamped", "first chunk")
    events = stream.chunks.drop_duplicates("event")
    assert list(events["t"]) == pytest.approx([0, 0.05, 0.3], abs=1e-6)
    assert list(events["t_low"]) == list(events["t_high"]) == list(events["t"])


def test_stamps_in_whole_milliseconds_bound_each_time_by_a_millisecond():
    stream = ollama(*(f"2026-07-30T14:17:28.{fraction}Z" for fraction in ("100", "153", "400")))
    events = stream.chunks.drop_duplicates("event")
    assert list(events["t_low"]) == pytest.approx([0, 0.052, 0.299], abs=1e-6)
    assert list(events["t_high"]) == pytest.approx([0, 0.054, 0.301], abs=1e-6)
    stall = stream.metrics["longest_stall"]
    assert (stall.low, stall.value, stall.high) == pytest.approx((0.246, 0.247, 0.248), abs=1e-6)


def test_an_event_without_a_stamp_lies_between_its_neighbours():
    stream = ollama(STAMPS[0], None, STAMPS[2])
    row = stream.chunks.iloc[1]
    assert (row["t_low"], row["grade"]) == (0, "bounded")
    assert row["t_high"] == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize(
    ("created", "reason"),
    [
        ([STAMPS[1]] * 3, "same time"),
        ([STAMPS[1], STAMPS[0]], "run backwards"),
        (["0001-01-01T00:00:00Z"] * 2, "No event has a readable timestamp"),
    ],
)
def test_stamps_that_do_not_advance_are_not_used(created, reason):
    stream = ollama(*created)
    assert stream.timing.grade == "paced"
    assert any(reason in item.statement for item in stream.timing.evidence)


def test_ollama_s_total_is_used_if_its_stamps_do_not_advance():
    stream = ollama(*[STAMPS[0]] * 4, load_duration=10**8, prompt_eval_duration=10**8, eval_duration=2 * 10**9)
    assert stream.timing.grade == "span"
    assert stream.metrics["ttft"].value == pytest.approx(0.2)
    assert stream.chunks["t"].iloc[-1] == pytest.approx(1.5)


def test_gaps_between_stamps_have_percentiles_and_a_longest_stall():
    stream = ollama(*STAMPS)
    gaps = np.diff([0, 0.05, 0.3])
    assert stream.metrics["inter_chunk_p90"].value == pytest.approx(np.percentile(gaps, 90), abs=1e-6)
    assert stream.metrics["longest_stall"].value == pytest.approx(0.25, abs=1e-6)
    assert stream.metrics["longest_stall"].grade == "stamped"
    assert "percentiles" in stream.metrics["inter_chunk_p90"].source
    assert (
        stream.metrics["longest_stall"].source
        == "the longest time between two chunks, from the first to the last with content"
    )


@pytest.mark.parametrize(("eval_duration_s", "contradicts"), [(0.3, False), (0.25, False), (2.0, True)])
def test_stamps_that_contradict_the_server_s_own_total_are_a_problem_and_are_kept(eval_duration_s, contradicts):
    stream = ollama(*STAMPS, eval_duration=int(eval_duration_s * 1e9), prompt_eval_duration=10**8)
    assert stream.timing.grade == "stamped"
    assert stream.metrics["stream_time"].value == pytest.approx(0.3, abs=1e-6)
    found = [one for one in stream.problems if "the server reports 2.000 s" in one.message]
    assert bool(found) == contradicts


def test_times_of_milliseconds_are_whole_milliseconds():
    lines = [
        {
            "type": "assistant",
            "sessionId": "s",
            "timestamp": stamp,
            "message": {"id": "m", "role": "assistant", "content": [{"type": "text", "text": "a"}]},
        }
        for stamp in ("2026-11-20T09:14:05.412Z", "2026-11-20T09:14:07.644Z")
    ]
    (stream,) = viewer.load("\n".join(map(json.dumps, lines)).encode()).streams
    assert stream.chunks["t"].tolist() == [0.0, 2.232]
    assert stream.metrics["stream_time"].value == 2.232
