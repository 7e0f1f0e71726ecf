"""Input over a limit is refused, or left out with a problem. Both messages name the limit."""

import base64
import gzip
import io
import json
import os
from dataclasses import replace

import pytest

import viewer
from tests.conftest import SAMPLES
from viewer.cassettes.syntax.json5 import read_json5
from viewer.cassettes.syntax.yaml import YAMLTreeError, read_documents
from viewer.display.alarms import alarms_of
from viewer.display.headline import stream_figures
from viewer.display.story import stream_story
from viewer.files.content_encoding import decode_body
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Response
from viewer.types.limits import DEFAULT_LIMITS, Limits

SEED = SAMPLES / "grok-code-fast-1_simple_streaming.yaml"
EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'
DONE = b"data: [DONE]\n\n"


def messages(cassette):
    return " ".join(problem.message for problem in cassette.problems)


def vcrpy(*bodies, encoding="identity"):
    """A VCR.py cassette with one response for each body."""
    return json.dumps(
        {
            "interactions": [
                {
                    "request": {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions"},
                    "response": {
                        "status": {"code": 200},
                        "headers": {"content-type": ["text/event-stream"], "content-encoding": [encoding]},
                        "body": {"base64_string": base64.b64encode(body).decode()},
                    },
                }
                for body in bodies
            ]
        }
    ).encode()


def seinfeld(*paths):
    """A cassette whose bodies are in files next to it."""
    entries = [
        {
            "id": str(index),
            "request": {"method": "POST", "url": "https://example.org", "headers": {}, "body": {"kind": "empty"}},
            "response": {"status": 200, "headers": {}, "body": {"kind": "binary", "path": path}},
        }
        for index, path in enumerate(paths)
    ]
    return json.dumps({"version": 1, "meta": {"seinfeldVersion": "1"}, "entries": entries}).encode()


@pytest.mark.parametrize("make", [lambda path: path, lambda path: path.read_bytes(), lambda path: path.open("rb")])
def test_a_file_over_the_size_limit_is_refused_as_a_path_bytes_or_a_file_object(tmp_path, make):
    path = tmp_path / "long.sse"
    path.write_bytes(EVENT * 100)
    assert viewer.load(path, limits=Limits(file_bytes=len(EVENT) * 100)).streams
    source = make(path)
    try:
        with pytest.raises(viewer.CassetteError) as refused:
            viewer.load(source, limits=Limits(file_bytes=1000))
        name, _, reason = str(refused.value).partition(": ")
        assert name == ("bytes" if isinstance(source, bytes) else "long.sse")
        assert reason == "is too large (limit file_bytes: 1,000). Raise the limit or shorten the file."
    finally:
        if hasattr(source, "close"):
            source.close()


def test_a_text_file_is_limited_in_bytes_not_characters():
    with pytest.raises(viewer.CassetteError, match="limit file_bytes"):
        viewer.load(io.StringIO("ä" * 600), limits=Limits(file_bytes=1000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX devices")
def test_a_device_without_a_known_size_is_limited_too():
    with pytest.raises(viewer.CassetteError, match="limit file_bytes"):
        viewer.load("/dev/zero", limits=Limits(file_bytes=1000))


def test_a_compressed_file_is_decompressed_up_to_the_limit():
    cassette = viewer.load(gzip.compress(EVENT * 100_000), limits=Limits(decoded_bytes=1_000_000))
    assert "(limit decoded_bytes: 1,000,000)" in messages(cassette)
    assert 10_000 < len(cassette.chunks) < 50_000


def test_compressed_bodies_share_one_limit():
    packed = gzip.compress(EVENT * 100)
    whole = viewer.load(vcrpy(packed, packed, encoding="gzip"))
    assert len(whole.chunks) == 200
    bounded = viewer.load(vcrpy(packed, packed, encoding="gzip"), limits=Limits(decoded_bytes=len(EVENT) * 150))
    assert [problem.interaction for problem in bounded.problems if "limit decoded_bytes" in problem.message] == [1]


def test_the_decompression_ratio_is_limited_for_large_bodies():
    packed = gzip.compress(bytes(64 << 20))
    body, problem = decode_body(Response(headers=Headers(), body=packed), Limits(decompression_ratio=100))
    assert "(limit decompression_ratio: 100)" in problem
    assert len(body) < 20 << 20
    # A small body is harmless whatever its ratio, and short bodies of zeros are common.
    assert decode_body(Response(body=gzip.compress(bytes(8 << 20))), Limits(decompression_ratio=100))[1] == ""


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (Limits(beside_bytes=100), "(limit beside_bytes: 100)"),
        (Limits(beside_total_bytes=len(EVENT) * 15), "(limit beside_total_bytes: "),
    ],
)
def test_files_next_to_a_cassette_are_limited_each_and_in_total(tmp_path, limits, named):
    (tmp_path / "a.bin").write_bytes(EVENT * 10)
    (tmp_path / "b.bin").write_bytes(EVENT * 10)
    path = tmp_path / "recording.json"
    path.write_bytes(seinfeld("a.bin", "b.bin"))
    assert len(viewer.load(path).chunks) == 20
    cassette = viewer.load(path, limits=limits)
    assert named in messages(cassette)
    assert len(cassette.chunks) == (10 if limits.beside_bytes > 1000 else 0)


def test_the_depth_of_yaml_and_json5_is_limited():
    with pytest.raises(YAMLTreeError, match=r"\(limit depth: 10\)"):
        read_documents(b"[" * 11 + b"]" * 11, Limits(depth=10))
    assert read_documents(b"[" * 10 + b"]" * 10, Limits(depth=10)).broken is None
    assert "(limit depth: 10)" in str(read_json5(b"[" * 11 + b"]" * 11, Limits(depth=10))[1])
    assert read_json5(b"[" * 10 + b"]" * 10, Limits(depth=10))[1] is None


def test_a_cassette_nested_too_deeply_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"\(limit depth: 500\)"):
        viewer.load(b"a:\n" + b"- " * 1000)


def test_nodes_repeated_by_yaml_aliases_are_limited():
    text = b"a: &a [1, 2, 3]\nb: [*a, *a, *a]"
    assert read_documents(text, Limits(alias_nodes=12)).broken is None
    with pytest.raises(YAMLTreeError, match=r"\(limit alias_nodes: 11\)"):
        read_documents(text, Limits(alias_nodes=11))


def test_the_number_of_interactions_is_limited():
    cassette = viewer.load(vcrpy(*[EVENT] * 5), limits=Limits(interactions=3))
    assert (len(cassette.interactions), len(cassette.streams)) == (3, 3)
    assert "has 5 interactions (limit interactions: 3)" in messages(cassette)


def test_the_number_of_events_in_a_stream_is_limited():
    cassette = viewer.load(EVENT * 10 + DONE, limits=Limits(events=4))
    assert cassette.streams[0].text() == "hi" * 4
    assert "has 11 events (limit events: 4)" in messages(cassette)
    [problem] = [problem for problem in cassette.problems if "limit" in problem.message]
    assert problem.offset == 4 * len(EVENT)


def test_a_stream_cut_by_the_limit_is_not_reported_as_broken_off():
    whole = viewer.load(SEED)
    cassette = viewer.load(SEED, limits=Limits(events=100))
    [stream] = cassette.streams
    left_out = len(whole.streams[0].chunks["event"].unique()) - 100
    assert stream.events_left_out == left_out
    assert [problem.message for problem in cassette.problems if "limit events" not in problem.message] == [
        problem.message for problem in whole.problems
    ]
    assert stream_story(stream).endswith(f" Its last {left_out} events were not read.")
    assert not {"Input", "Output", "Cost"} & {figure.label for figure in stream_figures(stream)}
    [alarm] = alarms_of(cassette, 0, stream)
    assert alarm.title == f"The last {left_out} events were not read"


def test_recorded_arrival_times_apply_to_the_events_read_within_the_limit():
    whole = viewer.load(SAMPLES / "gemma-3-270m_reel.jsonl").streams[0]
    [stream] = viewer.load(SAMPLES / "gemma-3-270m_reel.jsonl", limits=Limits(events=10)).streams
    assert stream.timing.grade == whole.timing.grade == "measured"
    assert stream.chunks["t"].tolist() == whole.chunks["t"].tolist()[: len(stream.chunks)]
    assert stream.metrics["end_to_end"].value != whole.metrics["end_to_end"].value


def test_arrival_times_that_do_not_fit_the_whole_stream_are_not_applied_to_its_beginning():
    lines = (SAMPLES / "gemma-3-270m_reel.jsonl").read_bytes()
    whole = viewer.load(lines).interactions[0]
    more = replace(whole.times.arrivals, s=(*whole.times.arrivals.s, *whole.times.arrivals.s[-1:] * 3))
    odd = replace(whole, times=replace(whole.times, arrivals=more))
    assert read_stream(odd, 0).timing.grade != "measured"
    assert read_stream(odd, 0, limits=Limits(events=10)).timing.grade != "measured"


def test_an_event_over_the_length_limit_is_skipped():
    long = EVENT.replace(b"hi", b"x" * 2000)
    cassette = viewer.load(EVENT + long + EVENT + DONE, limits=Limits(event_bytes=1000))
    assert cassette.streams[0].text() == "hihi"
    assert "Event 1 is damaged: it is too long (limit event_bytes: 1,000)" in messages(cassette)
    assert len(cassette.chunks) == 4


def test_the_default_limits_accept_a_stream_of_a_thousand_events():
    assert Limits() == DEFAULT_LIMITS
    assert viewer.load(EVENT * 1000 + DONE).streams[0].text() == "hi" * 1000
