"""Synthetic request traces of TensorRT-LLM, in the layouts of its own writer."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import trtllm_trace
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
SSE = {"kind": "sse_text", "body": BODY}


def request(trace="tr_1", **more):
    return {
        "event": "request",
        "trace_id": trace,
        "session": "_no_session",
        "recorded_at": "2026-09-03T14:00:00.250000+00:00",
        "server_arrival_time": 12.5,
        "route": "/v1/chat/completions",
        "status": "accepted",
        "headers": [["accept", "*/*"], ["authorization", "[redacted]"]],
        "body": {"stream": True},
        **more,
    }


def response(recorded=SSE, trace="tr_1", **more):
    return {
        "event": "response",
        "trace_id": trace,
        "session": "_no_session",
        "finished_at": "2026-09-03T14:00:01.500000+00:00",
        "status": "completed",
        "client_id": 5,
        "response": recorded,
        **more,
    }


def lines(*records):
    return b"".join(write(record) + b"\n" for record in records)


def load(*records):
    return viewer.load(lines(*records), "a.jsonl")


def test_a_trace_id_joins_request_and_response():
    loaded = load(request("tr_1"), request("tr_2"), response(trace="tr_2"), response(trace="tr_1"))
    assert (loaded.format, len(loaded.interactions), loaded.problems) == ("trtllm-trace", 2, [])
    interaction = loaded.interactions[0]
    assert (interaction.request.url, interaction.request.body) == ("/v1/chat/completions", b'{"stream":true}')
    assert interaction.request.headers["accept"] == "*/*"
    assert interaction.response.body == BODY.encode()
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


def test_the_times_are_those_of_the_server():
    times = load(request(), response()).interactions[0].times
    assert times.started == Moment(1788444000.25, 1e-6)
    assert times.ended == Moment(1788444001.5, 1e-6)
    assert times.whole_s == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ({"kind": "sse_frames", "frames": [BODY[:30], BODY[30:]]}, BODY.encode()),
        ({"kind": "json", "body": {"a": 1}}, b'{"a":1}'),
        ({"kind": "text", "body": "Internal Server Error"}, b"Internal Server Error"),
    ],
)
def test_every_kind_of_response_gives_its_bytes(recorded, expected):
    loaded = load(request(), response(recorded, http_status=500))
    assert (loaded.interactions[0].response.body, loaded.interactions[0].response.status) == (expected, 500)


@pytest.mark.parametrize("name", ["requests", "responses"])
def test_the_other_side_is_read_from_the_file_next_to_it(tmp_path, name):
    (tmp_path / "requests-7.jsonl").write_bytes(lines(request(), request("tr_2")))
    (tmp_path / "responses-7.jsonl").write_bytes(lines(response(), response(trace="tr_3")))
    loaded = viewer.load(tmp_path / f"{name}-7.jsonl")
    assert len(loaded.interactions) == 2
    first = loaded.interactions[0]
    assert (first.request.url, first.response.body) == ("/v1/chat/completions", BODY.encode())


def test_a_side_that_is_missing_is_said():
    loaded = load(response(), request("tr_2"))
    messages = [problem.message for problem in loaded.problems]
    assert "The request of this trace is not recorded." in messages
    assert "The response of this trace is not recorded." in messages


def test_a_rejected_request_and_a_stream_without_its_end_are_problems_with_the_reason():
    errors = [{"loc": ["body"], "type": "missing", "msg": "Field required"}]
    cut = response(trace="tr_2", status="client_disconnected", termination={"cause": "not_started", "detail": "gone"})
    loaded = load(request(status="rejected_400", validation_errors=errors), request("tr_2"), cut)
    messages = [problem.message for problem in loaded.problems]
    assert any("Field required" in message for message in messages)
    assert any("client_disconnected, not_started, gone" in message for message in messages)


def test_a_file_that_is_cut_off_has_the_records_before_and_a_problem_with_the_offset():
    whole = lines(request(), response())
    loaded = viewer.load(whole + lines(request("tr_2"))[:50])
    assert [stream.text() for stream in loaded.streams] == ["Olá"]
    assert [problem.offset for problem in loaded.problems] == [len(whole)]


@pytest.mark.parametrize(
    "other", [{"trace_id": "a", "event": "request"}, {"trace_id": "a", "event": "span", "route": 1}]
)
def test_other_traces_are_not_claimed(other):
    assert trtllm_trace.recognise(Document(lines(other), "a")) == 0


@pytest.mark.parametrize("record", [request(), response()], ids=["request", "response"])
def test_a_value_of_any_type_in_any_place_leaves_the_other_traces_readable(record):
    for _, changed in with_odd_values(record):
        assert load(changed, request("tr_2"), response(trace="tr_2")).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([request(), response()], lambda records: lines(*records) if isinstance(records, list) else b"")
