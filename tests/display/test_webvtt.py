"""The transcript of a stream, read by the W3C's parser and validator."""

from dataclasses import replace

import numpy as np
import pytest

import viewer
from tests.conftest import ROOT
from tests.support.judges import judged
from tests.support.streams import call, delta, stream_of
from viewer.display.lanes import choices_of
from viewer.display.webvtt import transcript

VOICE = {"reasoning": "reasoning", "content": "content"}


@pytest.fixture
def read(tmp_path):
    def read_one(text):
        (parsed,) = judged("webvtt.mjs", [text], tmp_path)
        assert parsed["errors"] == []
        return parsed["cues"]

    return read_one


def at(stream, *t):
    """Return a stream whose rows came at other times."""
    return replace(
        stream, columns=replace(stream.columns, arrival=replace(stream.columns.arrival, t=np.array(t, dtype=float)))
    )


def test_every_sample_is_valid_and_has_the_whole_text(tmp_path):
    files = sorted(path for path in (ROOT / "sample_cassettes").iterdir() if path.name != "README.md")
    streams = [stream for path in files for stream in viewer.load(path).streams]
    for stream, parsed in zip(streams, judged("webvtt.mjs", list(map(transcript, streams)), tmp_path), strict=True):
        assert parsed["errors"] == []
        assert all(cue["begin"] < cue["end"] for cue in parsed["cues"])
        for kind in ("reasoning", "content"):
            said = "".join(cue["text"] for cue in parsed["cues"] if cue["voices"] == [f"v {kind}"])
            text = stream.text(kind, choices_of(stream)[0])
            assert "".join(said.split()) == "".join(text.split())


def test_cues_begin_when_their_first_chunk_arrived(read, seed_stream):
    cues = read(transcript(seed_stream))
    first = seed_stream.chunks[seed_stream.chunks["kind"] == "content"].iloc[0]
    begins = [cue["begin"] for cue in cues if cue["voices"] == ["v content"]]
    assert begins[0] == pytest.approx(first["t"], abs=0.0006)


def test_cues_name_their_voice(read):
    stream = stream_of(delta(reasoning="hm"), delta(content="Hi"), call("add", '{"a":1}'))
    assert [(cue["voices"], cue["text"]) for cue in read(transcript(stream))] == [
        (["v reasoning"], "hm"),
        (["v content"], "Hi"),
        (["v tool add"], '{"a":1}'),
    ]


def test_a_cue_ends_with_its_sentence_once_it_is_a_second_long(read):
    stream = stream_of(*(delta(content=text) for text in ("One.", " Two.", " Three", " and", " four.", " Five.")))
    cues = read(transcript(at(stream, 0, 0.5, 1.2, 1.5, 2.5, 2.6, 2.6)))
    assert [(cue["begin"], cue["text"]) for cue in cues] == [
        (0, "One. Two."),
        (1.2, " Three and four."),
        (2.6, " Five."),
    ]


def test_a_decimal_point_does_not_end_a_sentence(read):
    stream = stream_of(*(delta(content=text) for text in ("It is 3", ".", "14", ".")))
    assert len(read(transcript(at(stream, 0, 1, 2, 2.5, 2.5)))) == 1


def test_no_cue_holds_more_than_six_seconds_of_text(read):
    stream = stream_of(*(delta(content="x") for _ in range(20)))
    cues = read(transcript(at(stream, *range(20), 19)))
    assert [cue["begin"] for cue in cues] == [0, 6, 12, 18]


def test_a_cue_before_a_pause_does_not_stay_through_it(read):
    stream = stream_of(delta(content="One."), delta(content=" Two."))
    assert [(cue["begin"], cue["end"]) for cue in read(transcript(at(stream, 0, 100, 100)))] == [(0, 2), (100, 102)]


def test_chunks_of_one_moment_make_cues_that_last(read):
    stream = at(stream_of(delta(reasoning="a"), delta(content="b"), delta(reasoning="c")), 0, 0, 0, 0)
    assert all(cue["begin"] < cue["end"] for cue in read(transcript(stream)))


HOSTILE = "a --> b\n\n00:00:01.000 --> 00:00:02.000\n<v evil>&amp;\n\nNOTE \x1b[2J\r\r\u2028\x00\n\n"


def test_hostile_text_starts_neither_a_cue_nor_a_tag(read):
    stream = stream_of(delta(content=HOSTILE, model=HOSTILE), call(HOSTILE, HOSTILE))
    text = transcript(stream)
    cues = read(text)
    assert len(cues) == 2
    assert cues[0]["voices"] == ["v content"]
    assert "\x1b" not in text
    assert cues[0]["text"] == ("a --> b\n00:00:01.000 --> 00:00:02.000\n<v evil>&amp;\nNOTE ␛[2J␍␍<U+2028>␀")


def test_a_blank_text_does_not_make_a_cue(read):
    assert [cue["text"] for cue in read(transcript(stream_of(delta(content="\n\n"), delta(reasoning="x"))))] == ["x"]


def test_notes_give_the_model_the_grade_and_the_origin_of_times(seed_stream):
    note = transcript(seed_stream).split("\n\n")[1]
    assert note.splitlines() == [
        "NOTE",
        "model: grok-code-fast-1",
        "protocol: openai-chat",
        "times: bounded: known only within bounds",
        "origin: times are since the first chunk",
    ]


def test_a_note_says_that_the_speed_is_not_recorded(seed_stream):
    assert "NOTE Speed not recorded" in transcript(stream_of(delta(content="Hi")))
    assert "Speed not recorded" not in transcript(seed_stream)


def test_a_stream_without_text_has_only_notes(read):
    text = transcript(viewer.load(b'data: {"odd": 1}\n\n').streams[0])
    assert read(text) == []
    assert "no text was read" in text
