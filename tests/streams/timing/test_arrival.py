"""The client's own record of when events arrived, by event or by byte, from the request or from an unknown moment."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streams.reader import read_stream
from viewer.types.http import Arrivals, Interaction, RecordedTimes, Request, Response


def event(content):
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': content}}]})}\n\n"


EVENTS = [event("a"), event("b"), event("c"), "data: [DONE]\n\n"]
BODY = "".join(EVENTS)
ENDS = tuple(np.cumsum([len(one) for one in EVENTS]).tolist())


def read(arrivals, body=BODY, **times):
    return read_stream(
        Interaction(Request(), Response(body=body.encode()), RecordedTimes(arrivals=arrivals, **times)), 0
    )


@pytest.mark.parametrize("ends", [None, ENDS])
def test_times_from_the_request_are_kept_as_recorded(ends):
    stream = read(Arrivals((0.5, 0.75, 1.0, 1.0), ends, since_request=True))
    assert (stream.timing.grade, stream.timing.origin) == ("measured", "request")
    assert (
        list(stream.chunks["t"]) == list(stream.chunks["t_low"]) == list(stream.chunks["t_high"]) == [0.5, 0.75, 1, 1]
    )
    assert stream.timing.lead.value == 0.5
    assert set(stream.chunks["grade"]) == {"measured"}


def test_times_from_an_unknown_moment_count_from_the_first_chunk_and_leave_the_lead_unknown():
    stream = read(Arrivals((100.5, 100.75, 101.0, 101.0)))
    assert (stream.timing.grade, stream.timing.origin) == ("measured", "first chunk")
    assert list(stream.chunks["t"]) == [0, 0.25, 0.5, 0.5]
    assert stream.timing.lead.value is stream.timing.lead.low is None


def test_an_event_arrives_with_the_part_that_holds_its_last_byte():
    """The first part ends in the middle of the second event, and the second part has the rest."""
    stream = read(Arrivals((1.0, 2.0), (ENDS[0] + 3, ENDS[-1]), since_request=True))
    assert list(stream.chunks["t"]) == [1, 2, 2, 2]


def test_a_comment_between_events_whose_times_alone_are_recorded_lies_between_them():
    body = EVENTS[0] + ": ping\n\n" + EVENTS[1]
    stream = read(Arrivals((1.0, 2.0), since_request=True), body)
    comment = stream.chunks.iloc[1]
    assert (comment["t_low"], comment["t_high"], comment["grade"]) == (1, 2, "bounded")
    assert list(stream.chunks["grade"]) == ["measured", "bounded", "measured"]


@pytest.mark.parametrize("s", [(1.0, 2.0), (1.0, 2.0, 3.0, 4.0, 5.0)])
def test_a_wrong_number_of_times_is_not_used_and_is_reported(s):
    stream = read(Arrivals(s, since_request=True))
    assert stream.timing.grade == "paced"
    assert any(f"{len(s)} arrival times are recorded for 4 events" in problem.message for problem in stream.problems)


def test_an_end_mark_that_the_recorder_did_not_count_lies_after_the_last_event():
    body = "".join([*EVENTS[:2], "data: [DONE]\n\n"])
    stream = read(Arrivals((1.0, 2.0), since_request=True), body)
    assert stream.timing.grade == "measured"
    assert list(stream.chunks["t"]) == [1, 2, 2]
    assert stream.chunks["t_high"].iloc[-1] == np.inf


def test_an_event_arrives_with_its_payload_even_if_its_blank_line_follows_later():
    """Many servers and tools write the blank line after an event with the event that follows."""
    stream = read(Arrivals((1.0, 2.0), (ENDS[0] - 1, ENDS[-1]), since_request=True))
    assert list(stream.chunks["t"]) == [1, 2, 2, 2]


def test_the_resolution_of_the_recorder_is_the_width_of_the_bounds():
    stream = read(Arrivals((0.5, 0.75, 1.0, 1.0), since_request=True, resolution_s=0.001))
    assert stream.chunks["t_low"].iloc[1] == pytest.approx(0.749)
    assert stream.chunks["t_high"].iloc[1] == pytest.approx(0.751)
    first = read(Arrivals((0.5, 0.75, 1.0, 1.0), resolution_s=0.001)).chunks.iloc[0]
    assert (first["t"], first["t_low"], first["t_high"]) == (0, 0, 0)


def test_arrivals_in_whole_seconds_bound_each_event_instead_of_placing_it():
    body = "".join(event(str(number)) for number in range(30))
    stream = read(Arrivals(tuple(float(number // 10) for number in range(30)), resolution_s=1.0), body)
    assert (stream.timing.grade, stream.timing.origin) == ("bounded", "first chunk")
    assert list(stream.chunks["t_low"].iloc[[0, 15, 29]]) == [0, 0, 1]
    assert list(stream.chunks["t_high"].iloc[[0, 15, 29]]) == [0, 2, 3]


@pytest.mark.parametrize("s", [(1.0, 0.5, 2.0, 2.0), (float("nan"),) * 4, (float("inf"),) * 4])
def test_times_that_run_backwards_are_not_used_and_are_reported(s):
    stream = read(Arrivals(s, since_request=True))
    assert stream.timing.grade == "paced"
    assert any("run backwards" in item.statement for item in stream.timing.evidence)


def test_empty_arrivals_leave_the_stream_paced():
    assert read(Arrivals(())).timing.grade == "paced"


@given(st.lists(st.floats(0, 3), min_size=1, max_size=40), st.booleans())
def test_times_never_decrease_and_lie_within_their_bounds(gaps, since_request):
    body = "".join(event(str(number)) + (": x\n\n" if number % 3 == 0 else "") for number in range(len(gaps)))
    chunks = read(Arrivals(tuple(np.cumsum(gaps).tolist()), since_request=since_request), body).chunks
    assert (np.diff(chunks["t"]) >= -1e-9).all()
    assert (chunks["t_low"] <= chunks["t"] + 1e-9).all()
    assert (chunks["t"] <= chunks["t_high"] + 1e-9).all()


def test_arrivals_that_contradict_the_length_of_the_response_are_a_problem_and_count_from_the_first_chunk():
    stream = read(Arrivals((0.5, 1.0, 2.0, 2.0), since_request=True), whole_s=1.0)
    assert (stream.timing.grade, stream.timing.origin) == ("measured", "first chunk")
    assert list(stream.chunks["t"]) == [0.0, 0.5, 1.5, 1.5]
    messages = [problem.message for problem in stream.problems]
    assert any("is 2.000 s after the request, but the response ended at 1.000 s" in message for message in messages)
    assert any("took at least 1.500 s, but its recorded length says at most 1.000 s" in message for message in messages)
