import json

import pytest

from tests.support.recorder_exchanges import EVENTS, exchange, sse
from viewer.display.deck import make_tape
from viewer.display.nodes import html
from viewer.recorder.live.reading import interaction_so_far, read_exchange
from viewer.streams.reader import read_stream


def read(blocks, *, is_running=True, **more):
    return read_exchange(exchange(blocks, **more), None, is_running=is_running)


def test_the_tape_of_each_prefix_grows_to_that_of_the_whole_with_the_same_times():
    whole = read(sse(EVENTS), is_running=False).tape["streams"][0]
    assert whole["grade"] == "measured"
    assert [lane["label"] for lane in whole["lanes"]] == ["reasoning", "content", "weather"]
    for count in range(1, len(EVENTS)):
        track = read(sse(EVENTS[:count], end=b"")).tape["streams"][0]
        assert (track["grade"], track["axis"]) == ("measured", "seconds")
        by_label = {lane["label"]: lane for lane in whole["lanes"]}
        for lane in track["lanes"]:
            of_whole = by_label[lane["label"]]
            assert of_whole["t"][: len(lane["t"])] == lane["t"]
            assert of_whole["text"][: len(lane["text"])] == lane["text"]


def test_times_from_blocks_are_those_of_the_cassette_that_is_written():
    # A block that holds two events, and an event in two blocks.
    pieces = sse(EVENTS)
    blocks = [pieces[0] + pieces[1], pieces[2][:20], pieces[2][20:], *pieces[3:]]
    one = exchange(blocks)
    so_far = make_tape([read_stream(interaction_so_far(one), 0)])
    assert so_far == make_tape([read_stream(one.to_interaction(), 0)])


def test_a_stream_that_runs_is_not_said_to_break_off():
    running, ended = (read(sse(EVENTS[:3], end=b""), is_running=one) for one in (True, False))
    assert "cut_off" not in [marker["kind"] for marker in running.tape["streams"][0]["markers"]]
    assert "cut_off" in [marker["kind"] for marker in ended.tape["streams"][0]["markers"]]
    assert "breaks off" not in html(running.head)
    assert not running.has_failed
    assert "The stream breaks off" in html(ended.head)
    assert ended.has_failed


def test_a_piece_of_an_event_is_not_shown():
    pieces = sse(EVENTS, end=b"")
    assert read([*pieces[:3], pieces[3][:30]]).tape == read(pieces[:3]).tape


def test_before_the_first_event_it_shows_what_was_asked_of_which_model():
    reading = read([])
    assert (reading.tape, reading.model, reading.counts) == (None, "asked-model", "")
    assert "<h1>asked-model</h1>" in html(reading.head)
    # Recorded text stays text.
    assert "Lima or &lt;b&gt;Oslo&lt;/b&gt;?" in html(reading.head)


def test_usage_is_shown_when_it_comes():
    without = read(sse(EVENTS[:-1], end=b""))
    assert "Input" not in html(without.head)
    assert without.counts == "5 chunks"
    with_usage = read_exchange(exchange(sse(EVENTS, end=b"")), without, is_running=True)
    assert "84" in html(with_usage.head)
    assert with_usage.counts == "5 chunks · 84 in · 3 out"
    assert with_usage.model == "gpt-4o-mini"


def test_an_error_in_a_stream_is_shown_while_it_runs():
    reading = read(sse([EVENTS[0], {"error": {"message": "overloaded", "type": "server_error"}}], end=b""))
    assert reading.has_failed
    assert "The stream ends with an error" in html(reading.head)
    assert [lane["label"] for lane in reading.tape["streams"][0]["lanes"]] == ["reasoning", "error"]


def test_the_trouble_of_an_exchange_stands_before_what_follows_from_it():
    one = exchange(sse(EVENTS[:3], end=b""))
    one.trouble = "the upstream broke off (ReadError)"
    shown = html(read_exchange(one, None, is_running=False).head)
    assert shown.index("The upstream broke off (ReadError)") < shown.index("The stream breaks off")


def test_an_answer_that_was_not_streamed_is_shown_as_a_conversation_when_it_has_ended():
    message = {"role": "assistant", "content": "Lima <img src=x>"}
    answer = {"object": "chat.completion", "model": "gpt-4o-mini", "choices": [{"index": 0, "message": message}]}
    blocks = [json.dumps(answer).encode()]
    running = read(blocks, content_type="application/json")
    assert (running.tape, running.below) == (None, [])
    ended = read(blocks, content_type="application/json", is_running=False)
    assert ended.tape is None
    assert "Lima &lt;img src=x&gt;" in html(ended.below)


@pytest.mark.parametrize(
    ("blocks", "status", "said"),
    [
        ([b'{"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}'], 429, "Slow down"),
        ([b"<h1>Bad gateway</h1>"], 502, "&lt;h1&gt;Bad gateway&lt;/h1&gt;"),
        ([b"\xff\xfe\x00"], 200, "Response body"),
        ([], 204, "The response has no body."),
    ],
)
def test_other_responses_are_shown_as_text(blocks, status, said):
    reading = read(blocks, status=status, content_type="text/plain", is_running=False)
    assert said in html([*reading.head, *reading.below])
    assert reading.has_failed == (status >= 400)


def test_a_compressed_stream_is_shown_when_it_has_ended():
    import gzip

    compressed = gzip.compress(b"".join(sse(EVENTS)))
    headers = [("content-encoding", "gzip")]
    assert read([compressed[:40], compressed[40:]], headers=headers).tape is None
    ended = read([compressed[:40], compressed[40:]], headers=headers, is_running=False)
    assert ended.tape["streams"][0]["grade"] == "paced"
    assert ended.counts == "5 chunks · 84 in · 3 out"


def test_a_fault_of_the_reader_shows_a_line_instead_of_ending_the_page(monkeypatch):
    monkeypatch.setattr("viewer.recorder.live.reading.read_stream", lambda *_: 1 / 0)
    reading = read(sse(EVENTS))
    assert "cannot be shown (ZeroDivisionError)" in html(reading.head)
    assert reading.has_failed
