"""Totals of a response: what they bound, and how rows are spread over them."""

import json

import numpy as np
import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response


def chat(*deltas, **last):
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    events[-1] |= last
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


BODY = chat(*({"content": "abcd"} for _ in range(10)))


NO_TIMES = RecordedTimes()


def read(times=NO_TIMES, body=BODY, headers=()):
    return read_stream(Interaction(Request(), Response(headers=Headers(headers), body=body.encode()), times), 0)


def statements(stream):
    return " ".join(item.statement for item in stream.timing.evidence)


def test_a_total_from_the_request_bounds_every_event_and_rows_are_spread_over_it_by_tokens():
    stream = read(RecordedTimes(headers_s=1.0, whole_s=3.0))
    chunks = stream.chunks
    assert (stream.timing.grade, stream.timing.origin) == ("span", "request")
    assert set(chunks["t_low"]) == {1.0}
    assert set(chunks["t_high"]) == {3.0}
    assert list(chunks["t"]) == pytest.approx(np.linspace(1.2, 3.0, 10))


def test_a_total_alone_only_bounds_the_first_token():
    ttft = read(RecordedTimes(whole_s=3.0)).metrics["ttft"]
    assert (ttft.value, ttft.low, ttft.high, ttft.grade) == (None, 0.0, 3.0, "span")


def test_a_total_alone_bounds_the_length_and_gives_no_pace():
    metrics = read(RecordedTimes(headers_s=1.0, whole_s=3.0), chat(*({"content": "abcd"} for _ in range(10)))).metrics
    length = metrics["stream_time"]
    assert (length.value, length.low, length.high) == (None, 0.0, 2.0)
    assert metrics["tokens_per_second"].value is None


def test_the_end_of_the_response_bounds_end_to_end_from_above():
    """The last chunk arrived before the response ended."""
    whole = read(RecordedTimes(whole_s=3.0)).metrics["end_to_end"]
    assert whole.high == 3.0


def test_a_first_chunk_without_text_does_not_change_the_server_s_time_to_first_token():
    deltas = [{"role": "assistant", "content": ""}, *({"content": "abcd"} for _ in range(10))]
    stream = read(body=chat(*deltas, timings={"prompt_ms": 400.0, "predicted_ms": 1000.0}))
    assert stream.metrics["ttft"].value == pytest.approx(0.4)


def test_the_server_s_own_generation_time_places_the_stream_at_the_end_of_the_total():
    timings = {"prompt_ms": 400.0, "predicted_ms": 1000.0}
    stream = read(RecordedTimes(whole_s=3.0), chat(*({"content": "abcd"} for _ in range(10)), timings=timings))
    assert stream.chunks["t"].iloc[-1] == pytest.approx(3.0)
    assert stream.chunks["t"].iloc[0] == pytest.approx(2.1)
    assert stream.metrics["ttft"].value == pytest.approx(2.1)
    assert stream.metrics["ttft"].low == 0
    assert "1.000 s for all tokens" in statements(stream)


@pytest.mark.parametrize(
    ("last", "first_s", "length_s"),
    [
        ({"timings": {"prompt_ms": 400.0, "predicted_ms": 1000.0}}, 0.4, 1.0),
        ({"usage": {"queue_time": 0.1, "prompt_time": 0.3, "completion_time": 1.0, "total_time": 1.3}}, 0.4, 1.0),
        ({"time_info": {"queue_time": 0.1, "prompt_time": 0.3, "completion_time": 1.0, "total_time": 1.4}}, 0.4, 1.0),
        ({"latency_checkpoint": {"service_ttft_ms": 400, "service_ttlt_ms": 1400}}, 0.4, 1.0),
    ],
    ids=["llama.cpp", "groq", "cerebras", "azure"],
)
def test_the_server_s_own_times_give_the_length_and_the_lead(last, first_s, length_s):
    stream = read(body=chat(*({"content": "abcd"} for _ in range(10)), **last))
    assert (stream.timing.grade, stream.timing.origin) == ("span", "first chunk")
    # The first of ten equal chunks was made before it arrived.
    assert stream.chunks["t"].iloc[-1] == pytest.approx(length_s * 0.9)
    assert stream.metrics["ttft"].value == pytest.approx(first_s)
    # The lead ends at the first chunk, which may arrive before any token; the server's figure ends at its first token.
    assert stream.timing.lead.value is stream.timing.lead.low is None
    assert np.isinf(stream.chunks["t_high"].iloc[-1])


def test_hidden_reasoning_was_made_before_the_first_chunk():
    usage = {"prompt_tokens": 1, "completion_tokens": 40, "total_tokens": 41, "completion_time": 4.0}
    usage["completion_tokens_details"] = {"reasoning_tokens": 30}
    stream = read(body=chat(*({"content": "abcd"} for _ in range(10)), usage=usage))
    assert stream.chunks["t"].iloc[9] == pytest.approx(4.0 * 9 / 40)


def responses(created, completed):
    response = {"status": "completed", "created_at": created, "completed_at": completed, "output": []}
    events = [{"type": "response.output_text.delta", "output_index": 0, "delta": "abcd"} for _ in range(10)]
    events.append({"type": "response.completed", "response": response})
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def test_whole_seconds_of_creation_and_completion_bound_the_length_from_above():
    stream = read(body=responses(1000, 1003))
    assert stream.timing.grade == "span"
    assert stream.chunks["t_high"].iloc[0] == 0
    assert stream.chunks["t_high"].iloc[-1] == 4
    assert 0 < stream.chunks["t"].iloc[-1] <= 3
    assert "less than 4 s" in statements(stream)


@pytest.mark.parametrize(("created", "completed"), [(1003, 1000), (None, 5), ("x", 5), (0, 0)])
def test_an_invalid_creation_time_bounds_nothing(created, completed):
    assert read(body=responses(created, completed)).timing.grade == "paced"


def test_rows_are_spread_over_the_server_s_total_which_bounds_nothing_on_the_client_s_clock():
    stream = ollama_without_parts(total_duration=2 * 10**9)
    assert stream.timing.grade == "span"
    assert stream.chunks["t"].iloc[-1] == pytest.approx(2.0 * 3 / 4)
    assert np.isinf(stream.chunks["t_high"].iloc[-1])
    assert stream.metrics["ttft"].value is None


def ollama_without_parts(**last):
    lines = [{"model": "m", "message": {"content": "abcd"}, "done": False} for _ in range(4)]
    lines.append({"model": "m", "message": {"content": ""}, "done": True, "done_reason": "stop", **last})
    return read(body="".join(json.dumps(line) + "\n" for line in lines))


def test_the_date_header_and_the_time_of_recording_give_the_approximate_length():
    times = RecordedTimes(ended=Moment(1750230607.5, 0.001))
    stream = read(times, headers=[("Date", "Wed, 18 Jun 2025 07:10:04 GMT")])
    assert (stream.timing.grade, stream.timing.origin) == ("span", "first chunk")
    assert stream.chunks["t"].iloc[-1] == pytest.approx(3.0 * 0.9, abs=0.01)
    assert np.isinf(stream.chunks["t_high"].iloc[-1])
    assert "difference of the two clocks" in statements(stream)


def test_a_recording_older_than_its_date_header_gives_no_length():
    times = RecordedTimes(ended=Moment(1750230603.0, 1.0))
    assert read(times, headers=[("Date", "Wed, 18 Jun 2025 07:10:04 GMT")]).timing.grade == "paced"


@pytest.mark.parametrize("name", ["openai-processing-ms", "x-envoy-upstream-service-time", "X-Kong-Upstream-Latency"])
def test_a_latency_header_is_a_lower_bound_of_the_first_chunk(name):
    stream = read(headers=[(name, "250")])
    assert stream.timing.grade == "paced"
    assert stream.timing.lead.low == 0.25
    assert stream.metrics["ttft"].low == 0.25
    assert read(headers=[(name, "Sanitized")]).timing.lead.low is None


def test_stamps_and_a_total_bound_each_other():
    events = [{"created": 1000 + number // 5, "choices": [{"delta": {"content": "abcd"}}]} for number in range(10)]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    alone = read(body=body)
    both = read(RecordedTimes(headers_s=0.5, whole_s=1.5), body)
    assert (alone.timing.grade, both.timing.grade) == ("bounded", "bounded")
    assert alone.chunks["t_high"].iloc[-1] == 2
    assert both.chunks["t_high"].iloc[-1] == 1.0
    assert (both.timing.lead.low, both.timing.lead.high) == (0.5, 1.5)


def test_a_total_that_contradicts_the_stamps_is_a_problem_and_bounds_nothing():
    events = [{"created": 1000 + number, "choices": [{"delta": {"content": "abcd"}}]} for number in range(10)]
    stream = read(RecordedTimes(whole_s=2.0), "".join(f"data: {json.dumps(event)}\n\n" for event in events))
    assert stream.timing.grade == "bounded"
    assert stream.chunks["t_high"].iloc[-1] == 10
    [problem] = [
        one
        for one in stream.problems
        if "at least 8.000 s, but its recorded length says at most 2.000 s" in one.message
    ]
    assert problem.severity == "warning"


def test_a_total_shorter_than_the_time_to_the_headers_is_a_problem():
    stream = read(RecordedTimes(headers_s=3.0, whole_s=2.0))
    assert stream.timing.grade == "paced"
    assert any("shorter than the time to its first chunk" in problem.message for problem in stream.problems)


def test_the_server_s_length_stretches_stamps_within_their_bounds():
    """The stamps cover two partial seconds, and the server reports how long it took."""
    events = [{"created": 1000 + number // 10, "choices": [{"delta": {"content": "abcd"}}]} for number in range(20)]
    events[-1]["timings"] = {"prompt_ms": 1, "predicted_ms": 500.0}
    stream = read(body="".join(f"data: {json.dumps(event)}\n\n" for event in events))
    assert stream.timing.grade == "bounded"
    assert stream.chunks["t"].iloc[-1] == pytest.approx(0.475)
    assert stream.chunks["t_high"].iloc[-1] == 2


def test_a_stream_without_tokens_is_spread_by_its_events():
    stream = read(RecordedTimes(whole_s=4.0), chat({}, {}, {}, {}))
    assert list(stream.chunks["t"]) == [1, 2, 3, 4]
