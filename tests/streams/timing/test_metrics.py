import json

import numpy as np
import pytest

import viewer
from tests.conftest import SAMPLES
from viewer.display.headline import stream_figures
from viewer.display.story import stream_story
from viewer.streams.reader import read_stream
from viewer.types.http import Arrivals, Interaction, RecordedTimes, Request, Response


def test_the_seed_ran_at_exactly_82_chunks_per_second(seed_stream):
    rate = seed_stream.metrics["chunks_per_second"]
    assert (rate.value, rate.low, rate.high) == (82, 82, 82)
    assert rate.grade == "bounded"
    assert rate.source == "82 chunks stamped within one full second"


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


def test_a_paced_stream_has_no_figure_that_depends_on_time():
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


def timed_chat(*events, since_request=True, usage=None):
    """Return a stream with measured events, given as (seconds, delta)."""
    payloads = [{"choices": [{"index": 0, "delta": delta}]} for _, delta in events]
    if usage:
        payloads[-1]["usage"] = usage
    body = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode()
    arrivals = Arrivals(tuple(second for second, _ in events), since_request=since_request)
    return read_stream(Interaction(Request(), Response(body=body), RecordedTimes(arrivals=arrivals)), 0)


USAGE = {"prompt_tokens": 5, "completion_tokens": 11, "total_tokens": 16}
MEASURED = timed_chat(
    (0.4, {"role": "assistant", "content": ""}),
    (0.5, {"reasoning_content": "hm"}),
    (1.0, {"reasoning_content": "so"}),
    (1.5, {"content": "four"}),
    (1.6, {"content": "four"}),
    (3.5, {"content": "four"}),
    usage=USAGE,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ttft", 0.5),
        ("time_to_first_output", 1.5),
        ("thinking_time", 1.0),
        ("stream_time", 3.1),
        ("end_to_end", 3.5),
        ("inter_chunk_mean", 3.0 / 4),
        ("inter_chunk_p50", 0.5),
        ("inter_chunk_p90", float(np.percentile([0.5, 0.5, 0.1, 1.9], 90))),
        ("inter_chunk_p99", float(np.percentile([0.5, 0.5, 0.1, 1.9], 99))),
        ("longest_stall", 1.9),
        ("time_per_output_token", 3.0 / 10),
        ("tokens_per_second", 10 / 3.0),
        ("chunks_per_second", 4 / 3.0),
    ],
)
def test_a_measured_stream_has_every_figure_exactly(name, value):
    measure = MEASURED.metrics[name]
    assert (measure.value, measure.low, measure.high) == (pytest.approx(value),) * 3
    assert measure.grade == "measured"


LATE_USAGE = timed_chat(
    (0.1, {"role": "assistant"}),
    (1.0, {"content": "a"}),
    (1.5, {"content": "b"}),
    (2.0, {"content": "c"}),
    (2.0, {}),
    (9.0, {}),
    usage=USAGE,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [("inter_chunk_mean", 0.5), ("inter_chunk_p99", 0.5), ("longest_stall", 0.5), ("chunks_per_second", 2.0)],
)
def test_role_finish_and_usage_are_no_chunks_of_the_answer(name, value):
    assert LATE_USAGE.metrics[name].value == pytest.approx(value)
    assert LATE_USAGE.metrics["stream_time"].value == pytest.approx(8.9)
    assert LATE_USAGE.silences.stalls == ()


def test_the_time_to_first_token_of_a_tool_call_is_that_to_the_first_output_and_says_so():
    call = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}
    stream = timed_chat((0.4, {"role": "assistant"}), (1.0, call))
    ttft = stream.metrics["ttft"]
    assert ttft.value == stream.metrics["time_to_first_output"].value == pytest.approx(1.0)
    assert "no content or reasoning" in ttft.source


def test_the_reasoning_rate_counts_hidden_tokens_that_have_a_chunk(seed_stream):
    # 132 of 133 tokens came after the first, in about 1.6 s.
    rate = seed_stream.metrics["reasoning_tokens_per_second"]
    assert rate.value == pytest.approx(132 / 1.61, rel=0.02)


def test_the_reasoning_rate_is_unknown_if_nothing_shows_when_the_hidden_reasoning_took_place():
    usage = {**USAGE, "completion_tokens_details": {"reasoning_tokens": 8}}
    rate = timed_chat((0.5, {"content": "a"}), (1.5, {"content": "b"}), usage=usage).metrics[
        "reasoning_tokens_per_second"
    ]
    assert (rate.value, rate.grade) == (None, None)
    assert "hidden" in rate.source


def test_story_and_headline_state_one_rate():
    figures = {figure.label: figure.value for figure in stream_figures(MEASURED)}
    assert figures["Output rate"] == "3.33 tokens/s"
    assert "at 3.33 tokens/s, thinking included" in stream_story(MEASURED)
    assert "4 chunks/s" not in stream_story(MEASURED)


def test_a_stream_of_tool_calls_is_headed_by_its_time_to_first_output():
    call = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}
    assert stream_figures(timed_chat((1.0, call)))[0].label == "Time to first output"


def test_a_rate_by_kind_counts_the_tokens_after_the_first_chunk_of_that_kind():
    tokens = MEASURED.chunks["tokens"]
    content = MEASURED.chunks["kind"] == "content"
    rate = MEASURED.metrics["content_tokens_per_second"]
    assert rate.value == pytest.approx(tokens[content].iloc[1:].sum() / 2.0)
    assert MEASURED.metrics["reasoning_tokens_per_second"].unit == "tokens/s"


def test_the_lead_is_unknown_if_times_are_not_tied_to_the_request():
    stream = timed_chat((7.0, {"content": "a"}), (8.0, {"content": "b"}), since_request=False)
    for name in ("ttft", "time_to_first_output", "end_to_end"):
        assert stream.metrics[name].value is stream.metrics[name].low is None
        assert "does not say when the request was sent" in stream.metrics[name].source
    assert stream.metrics["stream_time"].value == 1.0


def test_chunks_that_arrived_at_once_have_no_rate():
    stream = timed_chat((1.0, {"content": "a"}), (1.0, {"content": "b"}), usage=USAGE)
    assert stream.metrics["stream_time"].value == 0
    for name in ("chunks_per_second", "tokens_per_second", "content_tokens_per_second"):
        assert (stream.metrics[name].value, stream.metrics[name].source) == (None, "all chunks arrived at once")


def test_whole_second_stamps_give_no_percentiles_and_a_bounded_stall(seed_stream):
    assert "do not separate chunks within one second" in seed_stream.metrics["inter_chunk_p50"].source
    stall = seed_stream.metrics["longest_stall"]
    assert (stall.value, stall.low, stall.high) == (None, 0, 2)
    mean = seed_stream.metrics["inter_chunk_mean"]
    assert mean.low < mean.value < mean.high


def test_a_stream_that_reports_no_tokens_has_no_time_per_token():
    stream = timed_chat((1.0, {"content": "a"}), (2.0, {"content": "b"}))
    assert "reports no output tokens" in stream.metrics["time_per_output_token"].source


def test_a_single_chunk_has_a_first_token_and_no_rate():
    stream = timed_chat((1.0, {"content": "a"}), usage=USAGE)
    assert stream.metrics["ttft"].value == stream.metrics["end_to_end"].value == 1.0
    assert stream.metrics["chunks_per_second"].value is None
    assert "fewer than two chunks" in stream.metrics["inter_chunk_mean"].source


def beyond_bounds(cassette):
    return [
        (stream.interaction, name)
        for stream in cassette.streams
        for name, one in stream.metrics.items()
        if one.value is not None
        and not (one.low or 0.0) * (1 - 1e-9) <= one.value <= (np.inf if one.high is None else one.high) * (1 + 1e-9)
    ]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*[!d]")), ids=lambda path: path.name)
def test_every_figure_of_a_sample_lies_within_its_bounds(path):
    assert beyond_bounds(viewer.load(path)) == []


def test_every_figure_of_the_corpus_lies_within_its_bounds(cassettes):
    assert {path: found for path, cassette in cassettes.items() if (found := beyond_bounds(cassette))} == {}
