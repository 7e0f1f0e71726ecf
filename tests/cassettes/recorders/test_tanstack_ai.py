"""Synthetic recordings of TanStack AI, in the layout of its writers."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import tanstack_ai
from viewer.types.http import Moment

CHUNKS = [
    {"type": "RUN_STARTED", "runId": "r", "threadId": "t"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "Olá"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": " mar"},
    {"type": "RUN_FINISHED", "runId": "r", "finishReason": "stop"},
]
T0_MS = 1_764_701_184_000


def recording(offsets_ms=(0, 250, 400, 400), stamp_ms=500, chunks=CHUNKS):
    pieces = zip(chunks, offsets_ms, strict=True)
    return {
        "version": "1.0",
        "timestamp": T0_MS + stamp_ms,
        "model": "gpt-4o",
        "provider": "openai",
        "chunks": [
            {"chunk": chunk, "timestamp": T0_MS + offset_ms, "index": index}
            for index, (chunk, offset_ms) in enumerate(pieces)
        ],
        "result": {"content": "Olá mar", "toolCalls": [], "finishReason": "stop"},
    }


def load(tree):
    return viewer.load(write(tree), "a.json")


def test_chunks_are_one_stream_with_a_line_for_each():
    loaded = load(recording())
    assert (loaded.format, loaded.format_version) == ("tanstack-ai", "1.0")
    [interaction] = loaded.interactions
    assert interaction.request.body == b'{"provider":"openai","model":"gpt-4o"}'
    assert interaction.response.body.count(b"\n") == len(CHUNKS)
    [stream] = loaded.streams
    assert "Olá" in "".join(stream.chunks["text"])
    assert stream.chunks["event"].nunique() == len(CHUNKS)


def test_the_stamps_of_chunks_are_arrivals_since_the_first():
    loaded = load(recording())
    arrivals = loaded.interactions[0].times.arrivals
    assert arrivals.s == pytest.approx((0, 0.25, 0.4, 0.4), abs=1e-6)
    assert (arrivals.ends, arrivals.since_request, arrivals.resolution_s) == (None, False, 0.001)
    assert loaded.streams[0].timing.grade == "measured"


@pytest.mark.parametrize(
    ("offsets_ms", "chunks"), [((0,) * 4, CHUNKS), ((0,) * 4 + (900,) * 4, CHUNKS * 2)], ids=["one call", "two calls"]
)
def test_the_start_of_a_call_on_every_chunk_is_not_an_arrival(offsets_ms, chunks):
    loaded = load(recording(offsets_ms, chunks=chunks))
    assert loaded.interactions[0].times.arrivals is None
    assert loaded.streams[0].timing.grade == "paced"
    assert any("mostly the same" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(("stamp_ms", "started", "ended"), [(-5, -5, None), (500, None, 500), (300, None, None)])
def test_the_stamp_of_the_file_is_the_start_or_the_end_where_the_chunks_tell(stamp_ms, started, ended):
    times = load(recording(stamp_ms=stamp_ms)).interactions[0].times

    def moment(offset_ms):
        return None if offset_ms is None else Moment((T0_MS + offset_ms) / 1000, 0.001)

    assert (times.started, times.ended) == (moment(started), moment(ended))


def test_a_recording_of_one_chunk_is_a_stream():
    assert len(load(recording((0,), chunks=CHUNKS[1:2])).streams) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"version": "1.0", "timestamp": T0_MS, "chunks": [{"delta": "a"}]},
        {"version": "1.0", "timestamp": T0_MS, "chunks": ["data: {}"]},
        {"chunks": recording()["chunks"]},
        {"version": "1.0", "timestamp": T0_MS, "chunks": []},
    ],
)
def test_other_lists_of_chunks_are_not_claimed(other):
    assert tanstack_ai.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(recording())
    loaded = viewer.load(whole[: whole.index(b" mar")])
    assert loaded.format == "tanstack-ai"
    assert "Olá" in "".join(loaded.streams[0].chunks["text"])


def test_a_chunk_of_any_type_leaves_the_others_readable():
    for _, changed in with_odd_values(recording()["chunks"][0]):
        loaded = load({**recording(), "chunks": [changed, *recording()["chunks"][1:]]})
        assert loaded.format == "tanstack-ai"
        assert " mar" in "".join(loaded.streams[0].chunks["text"])


def test_no_damage_raises():
    use_damaged(recording())
