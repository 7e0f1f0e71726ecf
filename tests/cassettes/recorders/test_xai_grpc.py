"""Synthetic cassettes of xAI's SDK from Pydantic AI's tests, made from Python values."""

import json

import pytest
import yaml

import viewer
from tests.support.yaml_dumper import written

ASKED = {"messages": [{"content": [{"text": "Hi"}], "role": "ROLE_USER"}], "model": "grok-4"}


def chunk(text, **changed):
    return {
        "id": "1",
        "outputs": [{"delta": {"content": text, "role": "ROLE_ASSISTANT"}}],
        "model": "grok-4",
        **changed,
    }


CHUNKS = [chunk("Ol\u00e1"), chunk("!")]
ANSWER = {"id": "2", "outputs": [{"message": {"content": "Hi"}}], "model": "grok-4"}


def stream(chunks=CHUNKS, **changed):
    return {
        "request_stream": {"json": ASKED, "raw": b"\x0a\x01"},
        "response_stream": {
            "chunks_json": [{"chunk": one} for one in chunks],
            "chunks_raw": [b"\x0a\xff"] * len(chunks),
            **changed,
        },
    }


def sample(**changed):
    return {
        "request_sample": {"json": ASKED, "raw": b"\x0a\x01"},
        "response_sample": {"json": ANSWER, "raw": b"\x0a\xff"},
        **changed,
    }


def load(*items):
    return viewer.load(written(*items), "a.xai.yaml")


def test_calls_are_in_the_order_of_the_file():
    loaded = load(sample(), stream())
    assert (loaded.format, loaded.format_version) == ("xai-grpc-yaml", "1")
    whole, streamed = loaded.interactions
    for exchange in (whole, streamed):
        assert (exchange.request.method, exchange.request.url) == ("POST", "grpc://api.x.ai/xai_api.Chat")
        assert json.loads(exchange.request.body) == ASKED
        assert exchange.response.status is None
    assert (whole.response.content_type, json.loads(whole.response.body)) == ("application/json", ANSWER)
    assert [one.interaction for one in loaded.streams] == [1]
    assert loaded.streams[0].provider == "xai"


def test_a_stream_is_one_chunk_per_line():
    [exchange] = load(stream()).interactions
    assert exchange.response.content_type == "application/x-ndjson"
    assert [json.loads(line) for line in exchange.response.body.splitlines()] == CHUNKS


def test_chunks_that_are_not_wrapped_or_come_with_the_response_so_far_are_read():
    held = [{"chunk": CHUNKS[0], "response": {"outputs": []}}, CHUNKS[1]]
    assert load(stream(chunks_json=held)).interactions == load(stream()).interactions


def test_it_has_no_times():
    times = load(stream()).interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals, times.started, times.ended) == (None,) * 5


def protobuf_problems(loaded):
    return [
        (problem.severity, problem.interaction) for problem in loaded.problems if "only as protobuf" in problem.message
    ]


def test_chunks_with_only_protobuf_are_shown_as_base64_with_a_problem():
    loaded = load(stream(chunks_json=[{"chunk": CHUNKS[0]}], chunks_raw=[b"\x0a\x00", b"\x0a\x01", b"\x0a\xff"]))
    lines = [json.loads(line) for line in loaded.interactions[0].response.body.splitlines()]
    assert lines == [CHUNKS[0], "CgE=", "Cv8="]
    assert protobuf_problems(loaded) == [("warning", 0)]
    assert any("only as protobuf: 2." in problem.message for problem in loaded.problems)


def test_a_recording_without_json_shows_every_chunk():
    item = stream(chunks_raw=[b"\x0a\x00", b"\x0a\x01"])
    del item["response_stream"]["chunks_json"], item["request_stream"]["json"]
    loaded = load(item)
    assert loaded.interactions[0].request.body == b"CgE="
    assert loaded.interactions[0].response.body == b'"CgA="\n"CgE="\n'
    assert protobuf_problems(loaded) == [("warning", 0), ("note", 0)] or protobuf_problems(loaded) == [
        ("note", 0),
        ("warning", 0),
    ]
    assert loaded.streams[0].chunks["event"].nunique() == 2


def test_a_response_with_only_protobuf_is_shown_as_base64_with_a_problem():
    loaded = load(sample(response_sample={"raw": b"\x0a\xff"}))
    assert loaded.interactions[0].response.body == b"Cv8="
    assert protobuf_problems(loaded) == [("note", 0)]


@pytest.mark.parametrize("item", [{"request_stream": {"json": ASKED}}, {"request_sample": {"json": ASKED}}])
def test_a_call_without_a_response_is_a_problem(item):
    loaded = load(sample(), item)
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [1]
    assert json.loads(loaded.interactions[1].request.body) == ASKED
    assert (loaded.interactions[1].response.body, dict(loaded.interactions[1].response.headers)) == (b"", {})


ODD = [None, True, 5, 10**40, "text", b"\xff", [], [5], [None, {"chunk": [{"a": b"x"}]}], {}, {"chunk": 5}, {"a": b"x"}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["chunks_json", "chunks_raw"])
def test_chunks_of_any_type_leave_the_other_calls_readable(name, odd):
    loaded = load(stream(), stream(**{name: odd}))
    assert [json.loads(line) for line in loaded.interactions[0].response.body.splitlines()] == CHUNKS
    for line in loaded.interactions[1].response.body.splitlines():
        json.loads(line)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["request_stream", "response_stream", "request_sample", "response_sample"])
def test_a_request_or_response_of_any_type_can_be_read(name, odd):
    assert len(load(sample(), {**stream(), name: odd}, {**sample(), name: odd}).interactions) == 3


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["json", "raw"])
def test_a_message_of_any_type_can_be_read(name, odd):
    assert len(load(sample(request_sample={name: odd}, response_sample={name: odd})).interactions) == 1


@pytest.mark.parametrize("odd", ODD)
def test_an_item_of_the_wrong_type_does_not_affect_the_rest(odd):
    loaded = load(stream(), odd)
    assert len(loaded.interactions) == 2
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [1]


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = written(stream(), stream())
    loaded = viewer.load(whole[: whole.rindex(b"chunks_raw") + 6])
    assert loaded.format == "xai-grpc-yaml"
    assert [json.loads(line) for line in loaded.interactions[0].response.body.splitlines()] == CHUNKS
    assert [json.loads(line) for line in loaded.interactions[1].response.body.splitlines()] == CHUNKS
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(("version", "text"), [(None, ""), ([], "[]"), ({"a": 1}, '{"a":1}'), (1.5, "1.5")])
def test_a_version_of_any_type_can_be_read(version, text):
    assert viewer.load(written(stream(), version=version)).format_version == text


@pytest.mark.parametrize("items", [[], [5], [{"request": {}}], "request_stream", {"request_stream": {}}])
def test_other_interactions_are_not_recognised(items):
    text = yaml.safe_dump({"interactions": items, "note": "request_stream"}).encode()
    with pytest.raises(viewer.CassetteError):
        viewer.load(text)
