"""Times of streams whose true arrivals are known because the test made them."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import viewer
from tests.conftest import ROOT

START = 1_760_000_000


def stamped_stream(arrivals, *, created=None):
    """Return a stream of a server that stamps each event with the whole second in which it is sent."""
    created = np.floor(START + np.asarray(arrivals)) if created is None else created
    events = [
        {"created": int(second), "choices": [{"index": 0, "delta": {"content": f"w{number} "}}]}
        for number, second in enumerate(created)
    ]
    return viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]


gaps = st.lists(st.floats(0.0005, 2.5), min_size=2, max_size=60)


@given(st.floats(0, 1), gaps)
def test_the_true_arrival_always_lies_within_the_bounds(phase, between):
    arrivals = phase + np.concatenate([[0], np.cumsum(between)])
    stream = stamped_stream(arrivals)
    true = arrivals - arrivals[0]
    if stream.timing.grade == "bounded":
        assert (stream.chunks["t_low"] <= true).all()
        assert (true <= stream.chunks["t_high"]).all()


@given(st.floats(0, 1), gaps)
def test_the_best_value_lies_within_its_bounds_and_never_decreases(phase, between):
    chunks = stamped_stream(phase + np.concatenate([[0], np.cumsum(between)])).chunks
    assert (chunks["t_low"] <= chunks["t"]).all()
    assert (chunks["t"] <= chunks["t_high"]).all()
    assert (np.diff(chunks["t"]) >= 0).all()
    assert chunks["t"].iloc[0] == 0


@pytest.mark.parametrize("rate", [20, 35, 82, 150, 300])
@pytest.mark.parametrize("phase", [0.05, 0.37, 0.71, 0.95])
@pytest.mark.parametrize("length", [2.4, 5.0])
def test_a_steady_stream_is_placed_to_a_tenth_of_a_second(rate, phase, length):
    arrivals = phase + np.arange(0, length, 1 / rate)
    stream = stamped_stream(arrivals)
    assert stream.timing.grade == "bounded"
    error = np.abs(stream.chunks["t"] - (arrivals - arrivals[0]))
    assert error.mean() <= 0.12


def test_the_seed_is_bounded_by_its_stamps(seed_stream):
    chunks = seed_stream.chunks
    assert seed_stream.timing.grade == "bounded"
    assert seed_stream.timing.origin == "first chunk"
    assert set(chunks["grade"]) == {"bounded"}
    assert (chunks["t"].iloc[0], chunks["t_low"].iloc[0], chunks["t_high"].iloc[0]) == (0, 0, 0)
    seconds = chunks["stamp"].value_counts()
    assert seconds[1761231383] == 82


def test_the_time_to_the_headers_is_not_reported_as_the_length_of_the_stream(seed_stream):
    assert seed_stream.metrics["time_to_headers"].value == pytest.approx(0.1925, abs=1e-4)
    assert seed_stream.timing.lead.low == pytest.approx(0.1925, abs=1e-4)
    [evidence] = [item for item in seed_stream.timing.evidence if item.source == "headers"]
    assert "192.5 ms" in evidence.statement
    assert "only a lower bound for the first chunk" in evidence.statement


@pytest.mark.parametrize(
    ("created", "reason"),
    [
        ([START] * 5, "same whole second"),
        ([0] * 5, "No event has a readable timestamp"),
        ([START, START + 2, START + 1], "run backwards"),
    ],
)
def test_useless_stamps_leave_the_stream_paced_with_the_reason(created, reason):
    stream = stamped_stream([], created=created)
    assert stream.timing.grade == "paced"
    assert any(reason in item.statement for item in stream.timing.evidence)


def test_a_first_stamp_of_zero_is_not_a_time():
    stream = stamped_stream([], created=[0, START, START + 1, START + 1])
    assert stream.timing.grade == "bounded"
    assert stream.chunks["t"].iloc[0] == 0
    assert stream.chunks["t_high"].iloc[0] == 0


def test_a_paced_stream_runs_at_the_nominal_pace_without_bounds():
    stream = stamped_stream([], created=[START] * 10)
    chunks = stream.chunks
    assert chunks["t"].iloc[-1] == pytest.approx(chunks["tokens"].iloc[1:].sum() / 50)
    assert (chunks["t_low"] == 0).all()
    assert np.isinf(chunks["t_high"]).all()


def test_an_event_after_the_last_stamp_has_no_upper_bound(seed_stream):
    done = seed_stream.chunks.iloc[-1]
    assert done["kind"] == "other"
    assert np.isinf(done["t_high"])


def test_rows_of_one_event_arrive_together():
    event = {"created": START, "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}
    later = {**event, "created": START + 1}
    body = f"data: {json.dumps(event)}\n\ndata: {json.dumps(later)}\n\n"
    chunks = viewer.load(body.encode()).streams[0].chunks
    assert list(chunks["t"]) == [0, 0, chunks["t"].iloc[2], chunks["t"].iloc[2]]
    assert chunks["t"].iloc[2] > 0


def test_the_true_arrivals_of_a_recorded_stream_lie_within_their_bounds():
    """Compare the llama.cpp sample with the arrival of every event, which was recorded with it."""
    [stream] = viewer.load(ROOT / "sample_cassettes" / "gemma-3-270m_list.sse").streams
    with (ROOT / "tests" / "support" / "recordings" / "gemma-3-270m_list.wire.csv").open(newline="") as table:
        rows = [row for row in csv.reader(table) if row[0].isdigit()]
    true = np.array([float(seconds) for _, seconds in rows])
    true -= true[0]
    events = stream.chunks.drop_duplicates("event")
    assert len(events) == len(true) == 124
    assert stream.timing.grade == "bounded"
    assert (events["t_low"].to_numpy() <= true).all()
    assert (true <= events["t_high"].to_numpy()).all()
    assert np.abs(events["t"].to_numpy() - true).mean() <= 0.12
