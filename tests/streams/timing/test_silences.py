"""Silent events, comments and true gaps, and streams that were buffered on the way."""

import json

import numpy as np
import pytest

from viewer.display.story import stream_story
from viewer.streams.reader import read_stream
from viewer.types.http import Arrivals, Interaction, RecordedTimes, Request, Response

COMMENT = ": keep-alive\n\n"


def read(*units, ends=True):
    """Return a synthetic stream of (seconds, delta or comment), measured by byte."""
    texts = [
        unit if isinstance(unit, str) else f"data: {json.dumps({'choices': [{'index': 0, 'delta': unit}]})}\n\n"
        for _, unit in units
    ]
    offsets = tuple(np.cumsum([len(text) for text in texts]).tolist())
    arrivals = Arrivals(tuple(second for second, _ in units), offsets if ends else None, since_request=True)
    return read_stream(
        Interaction(Request(), Response(body="".join(texts).encode()), RecordedTimes(arrivals=arrivals)), 0
    )


def steady(begin, count, gap=0.05):
    return [(begin + gap * number, {"content": "a"}) for number in range(count)]


def test_a_gap_with_comments_in_it_is_a_stall_that_counts_them():
    stream = read(*steady(0.1, 10), (1.0, COMMENT), (1.5, COMMENT), *steady(2.0, 10))
    [stall] = stream.silences.stalls
    assert (stall.begin_s, stall.end_s, stall.keep_alives) == (pytest.approx(0.55), pytest.approx(2.0), 2)
    assert stream.silences.keep_alives == 2
    assert "It stalled once, for 1.45 s." in stream_story(stream)


def test_silent_events_are_not_a_gap():
    silent = [(0.6 + 0.05 * number, {"content": ""}) for number in range(20)]
    stream = read(*steady(0.1, 10), *silent, *steady(1.6, 10))
    assert stream.silences.silent_events == 20
    assert stream.silences.stalls == ()


def test_a_slow_stream_does_not_stall_at_every_chunk():
    assert read(*steady(0.1, 10, gap=1.0)).silences.stalls == ()


def test_stalls_are_sorted_longest_first():
    stream = read(*steady(0, 10), *steady(1.5, 10), *steady(5.0, 10))
    assert [round(stall.length_s, 2) for stall in stream.silences.stalls] == [3.05, 1.05]
    assert "It stalled 2 times, for up to 3.05 s." in stream_story(stream)


def test_a_stream_that_arrived_at_once_is_reported_as_buffered_and_has_no_pace():
    stream = read(*steady(3.0, 30, gap=0.0002))
    assert stream.silences.burst_s == pytest.approx(0.0058)
    assert "It arrived in one burst of 5.8 ms, so it was buffered on its way or sent from a cache." in stream_story(
        stream
    )
    for name in ("chunks_per_second", "inter_chunk_p50", "tokens_per_second"):
        assert stream.metrics[name].value is None
        assert "all chunks arrived in one burst of 6 ms: buffered" in stream.metrics[name].source
    assert stream.metrics["ttft"].value == 3.0


def test_a_fast_model_is_not_a_burst():
    """At a thousand tokens per second, each token takes a millisecond."""
    assert read(*steady(3.0, 30, gap=0.001)).silences.burst_s is None


def test_the_list_of_stalls_is_limited_and_all_are_counted():
    units = [unit for second in range(30) for unit in steady(2.0 * second, 10)]
    silences = read(*units).silences
    assert (len(silences.stalls), silences.stall_count) == (20, 29)


def test_a_few_chunks_in_a_short_time_are_not_a_burst():
    assert read(*steady(3.0, 5, gap=0.001)).silences.burst_s is None


def test_times_that_are_not_measured_give_no_stalls(seed_stream):
    assert seed_stream.silences.stalls == ()
    assert seed_stream.silences.burst_s is None
    assert seed_stream.silences.silent_events == 120
