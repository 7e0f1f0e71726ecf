"""Synthetic recordings of Mastra's llm-recorder, in the layout of its own writer."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import mastra_llm_recorder
from viewer.types.http import Moment

EVENTS = [
    'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{"content":" mar"},"finish_reason":"stop"}]}\n\n',
    "data: [DONE]\n\n",
]
BODY = "".join(EVENTS)
CHUNKS = [BODY[:7], BODY[7:70], BODY[70:90], BODY[90:]]
URL = "https://api.openai.com/v1/chat/completions"


def recording(**response):
    return {
        "hash": "0123456789abcdef",
        "request": {"url": URL, "method": "POST", "body": {"stream": True}, "timestamp": 1_770_000_000_500},
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": {"content-type": "text/event-stream"},
            **(response or {"chunks": CHUNKS, "chunkTimings": [3, 20, 0, 400], "isStreaming": True}),
        },
    }


def file_of(*recordings):
    return {"meta": {"name": "a", "createdAt": "2026-02-02T02:40:00.000Z"}, "recordings": list(recordings)}


def load(tree):
    return viewer.load(write(tree), "a.json")


def test_chunks_are_one_stream_wherever_the_network_cut_them():
    loaded = load(file_of(recording()))
    assert (loaded.format, loaded.problems) == ("mastra-llm-recorder", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", URL)
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert interaction.response.body == BODY.encode()
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Olá mar", "stop", True)


def test_timings_count_from_the_chunk_before_and_the_first_from_the_headers():
    loaded = load(file_of(recording()))
    times = loaded.interactions[0].times
    assert times.arrivals.s == pytest.approx((0.003, 0.023, 0.023, 0.423))
    assert times.arrivals.ends == (7, 71, 91, len(BODY.encode()))
    assert (times.arrivals.since_request, times.arrivals.resolution_s) == (False, 0.001)
    assert times.started == Moment(1_770_000_000.5, 0.001)
    [stream] = loaded.streams
    assert stream.timing.grade == "measured"
    # The second event ends in the last chunk.
    assert stream.chunks.loc[stream.chunks["kind"] == "content", "t"].tolist() == pytest.approx([0, 0.4])


def test_an_array_is_read_but_its_timestamps_may_be_those_of_the_end_and_are_not_used():
    loaded = load([recording()])
    assert loaded.format == "mastra-llm-recorder"
    assert loaded.streams[0].text() == "Olá mar"
    assert loaded.interactions[0].times.started is None
    assert loaded.interactions[0].times.arrivals is not None


@pytest.mark.parametrize(
    "timings", [[3, 20, 0], [3, 20, 0, -1], [3, 20, 0, "400"], [3, 20, 0, 400, 5], [None] * 4, [1e300] * 4]
)
def test_timings_that_do_not_fit_are_reported_and_not_used(timings):
    loaded = load(file_of(recording(chunks=CHUNKS, chunkTimings=timings, isStreaming=True)))
    assert loaded.interactions[0].times.arrivals is None
    assert ["The times of the chunks are not usable" in problem.message for problem in loaded.problems] == [True]
    assert loaded.streams[0].text() == "Olá mar"


def test_chunks_that_are_one_text_are_the_body():
    loaded = load(file_of(recording(chunks=BODY, isStreaming=True)))
    assert [stream.text() for stream in loaded.streams] == ["Olá mar"]


@pytest.mark.parametrize(("body", "expected"), [({"a": 1}, b'{"a":1}'), ("text", b"text"), (None, b""), ([], b"[]")])
def test_a_response_that_was_not_streamed_has_its_body(body, expected):
    [interaction] = load(file_of(recording(body=body, isStreaming=False))).interactions
    assert (interaction.response.body, interaction.times.arrivals) == (expected, None)


def test_a_binary_body_is_read_from_the_file_next_to_the_cassette(tmp_path):
    artifact = {"path": "0a-response.wav", "contentType": "audio/wav", "size": 3}
    tree = file_of(recording(body={"__binary": True}, binaryArtifact=artifact, isStreaming=False))
    (tmp_path / "a.json").write_bytes(write(tree))
    missing = viewer.load(tmp_path / "a.json")
    assert missing.interactions[0].response.body == b""
    assert any("0a-response.wav" in problem.message for problem in missing.problems)
    (tmp_path / "0a-response.wav").write_bytes(b"\x00\xff\x01")
    assert viewer.load(tmp_path / "a.json").interactions[0].response.body == b"\x00\xff\x01"


def test_an_empty_file_of_the_recorder_is_refused_with_the_reason():
    with pytest.raises(viewer.CassetteError, match="no recordings"):
        load(file_of())


def test_a_recording_without_a_response_is_a_problem():
    loaded = load(file_of({name: value for name, value in recording().items() if name != "response"}))
    assert any("no response" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    "other",
    [
        {"recordings": [{"request": {"url": URL}, "response": {"body": "x"}}]},
        {"recordings": [{"hash": "0", "request": {"prompt": []}, "response": {"content": []}}]},
        [{"hash": "0", "url": URL, "timestamp": 5}],
        {"recordings": []},
    ],
)
def test_other_recordings_are_not_claimed(other):
    assert mastra_llm_recorder.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(file_of(recording(), recording()))
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "mastra-llm-recorder"
    assert loaded.streams[0].text() == "Olá mar"
    assert any("cut off" in problem.message for problem in loaded.problems)


def test_a_value_of_any_type_in_any_place_leaves_the_other_recordings_readable():
    for _, changed in with_odd_values(recording()):
        loaded = load(file_of(changed, recording()))
        assert loaded.format == "mastra-llm-recorder"
        assert loaded.streams[-1].text() == "Olá mar"


def test_no_damage_raises():
    use_damaged(file_of(recording()))
