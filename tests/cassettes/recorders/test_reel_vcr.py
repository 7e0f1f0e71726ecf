"""Synthetic reel-vcr exchanges, in the layout of its proxy."""

import base64

import orjson
import pytest

import viewer


def chunk(content, offset_ms, **fields):
    return {"data": {"choices": [{"index": 0, "delta": {"content": content}}]}, "t_offset_ms": offset_ms, **fields}


CHUNKS = [chunk("Olá", 80), chunk(" mundo", 133), {"data": "[DONE]", "t_offset_ms": 178, "event": None}]


def exchange(**response):
    return {
        "schema_version": 1,
        "id": "req_1",
        "ts": "2026-11-22T22:47:58+00:00",
        "provider": "openai",
        "request": {
            "method": "POST",
            "path": "/v1/chat/completions",
            "fingerprint": "sha256:00",
            "body": {"stream": True},
        },
        "response": {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": None, **response},
        "meta": {},
    }


def load(*lines):
    return viewer.load(b"".join(orjson.dumps(line) + b"\n" for line in lines), "a.jsonl")


def test_each_line_is_an_exchange_with_events_as_on_the_wire():
    loaded = load(exchange(stream_chunks=CHUNKS), exchange(stream_chunks=CHUNKS))
    assert (loaded.format, loaded.format_version, len(loaded.interactions)) == ("reel-vcr", "1", 2)
    interaction = loaded.interactions[0]
    assert (interaction.request.method, interaction.request.url) == ("POST", "/v1/chat/completions")
    assert interaction.request.body == b'{"stream":true}'
    assert interaction.response.status == 200
    assert interaction.response.body.endswith(b"\n\ndata: [DONE]\n\n")
    assert [stream.text() for stream in loaded.streams] == ["Olá mundo"] * 2
    assert loaded.problems == []


def test_an_event_keeps_its_name():
    [interaction] = load(exchange(stream_chunks=[{"data": {"a": 1}, "event": "ping", "t_offset_ms": 0}])).interactions
    assert interaction.response.body == b'event: ping\ndata: {"a":1}\n\n'


def test_offsets_are_arrivals_since_an_unknown_moment_and_the_timestamp_is_the_end():
    [interaction] = load(exchange(stream_chunks=CHUNKS)).interactions
    arrivals = interaction.times.arrivals
    assert arrivals.s == pytest.approx((0.080, 0.133, 0.178))
    assert (arrivals.ends, arrivals.since_request, arrivals.resolution_s) == (None, False, 0.001)
    assert (interaction.times.ended.epoch_s, interaction.times.ended.resolution_s) == (1795387678, 1.0)
    assert interaction.times.started is None


@pytest.mark.parametrize("odd", [None, "80", [], {}, 1e300])
def test_one_invalid_offset_leaves_the_stream_without_arrivals(odd):
    loaded = load(exchange(stream_chunks=[CHUNKS[0], chunk("x", odd), CHUNKS[2]]))
    assert loaded.interactions[0].times.arrivals is None
    assert loaded.streams[0].text() == "Oláx"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "no"}}, b'{"error":{"message":"no"}}'),
        ({"__reel_raw_base64__": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        (None, b""),
    ],
)
def test_a_response_that_was_not_streamed_has_its_body(body, expected):
    [interaction] = load(exchange(body=body, headers={"content-type": "application/json"})).interactions
    assert interaction.response.body == expected
    assert interaction.times.arrivals is None


def test_a_first_line_about_the_file_is_not_an_exchange():
    loaded = load({"_meta": {"match": {"mode": "exact"}}}, exchange(stream_chunks=CHUNKS))
    assert (loaded.format, len(loaded.interactions)) == ("reel-vcr", 1)


def test_a_file_that_is_cut_off_has_the_lines_before_and_a_problem_with_the_offset():
    whole = orjson.dumps(exchange(stream_chunks=CHUNKS)) + b"\n"
    loaded = viewer.load(whole * 2 + whole[: len(whole) // 2])
    assert [stream.text() for stream in loaded.streams] == ["Olá mundo"] * 2
    assert [problem.offset for problem in loaded.problems] == [len(whole) * 2]


@pytest.mark.parametrize("odd", [5, None, [], "text", {"a": 1}])
def test_parts_of_any_type_can_be_read(odd):
    assert load(exchange(stream_chunks=odd)).interactions[0].response.status == 200
    assert load(exchange(stream_chunks=[odd, CHUNKS[0]])).streams[0].text() == "Olá"
    loaded = load({**exchange(), "response": odd}, exchange(stream_chunks=CHUNKS))
    assert [stream.text() for stream in loaded.streams] == ["Olá mundo"]
