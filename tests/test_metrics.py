import json

import pytest

import viewer


def test_the_seed_ran_at_82_chunks_a_second_exactly(seed_stream):
    rate = seed_stream.metrics["chunks_per_second"]
    assert (rate.value, rate.low, rate.high) == (82, 82, 82)
    assert rate.grade == "bounded"
    assert rate.source == "82 chunks stamped inside one full second"


def test_the_seed_thought_for_about_1_6_s(seed_stream):
    thinking = seed_stream.metrics["thinking_time"]
    assert thinking.value == pytest.approx(1.62, abs=0.01)
    assert (thinking.low, thinking.high) == (1, 3)
    assert thinking.grade == "bounded"


def test_time_to_first_token_has_a_lower_bound_only(seed_stream):
    ttft = seed_stream.metrics["ttft"]
    assert ttft.value is None
    assert ttft.low == pytest.approx(0.1925, abs=1e-4)
    assert ttft.high is None


def test_the_stream_ends_with_its_last_chunk_and_not_with_done(seed_stream):
    length = seed_stream.metrics["stream_time"]
    assert length.value == pytest.approx(1.96, abs=0.01)
    assert (length.low, length.high) == (1, 3)


def test_a_pace_enters_no_figure():
    events = [
        {"created": 5, "choices": [{"delta": {"reasoning": "a"}}]},
        {"created": 5, "choices": [{"delta": {"content": "b"}}]},
    ]
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    assert stream.timing.grade == "paced"
    for name, measure in stream.metrics.items():
        assert (measure.value, measure.low, measure.high) == (None, None, None), name
        assert measure.grade is None
        assert measure.source
