"""Replicate's predictions, whose events are text, not JSON: a small synthetic stream for each rule."""

import pytest

from viewer.protocols.dialects import replicate
from viewer.protocols.reading import Reading
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError
from viewer.wire import sse
from viewer.wire.events import Events

URL = "https://stream.replicate.com/v1/streams/abc"
DONE = ("done", "{}")
DEEP = '{"reason": ' + "[" * 1000 + "]" * 1000 + "}"


def event(name, text, number=0):
    lines = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"event: {name}\nid: 1707753284:{number}\n{lines}\n"


def load(*events, url=URL, before=": hi\n\n", after=""):
    return read((before + "".join(event(*one) for one in events) + after).encode(), url)


def read(body, url=URL):
    headers = Headers([("Content-Type", "text/event-stream; charset=utf-8")])
    return read_stream(Interaction(Request("GET", url), Response(200, headers=headers, body=body)), 0)


def kinds(stream):
    return list(stream.chunks["kind"])


def test_the_output_is_the_texts_joined_unchanged():
    stream = load(
        ("output", ""),
        ("output", "Olá"),
        ("logs", "a step"),
        ("output", ":\n\nWhy"),
        ("output", "\n"),
        ("output", " 7"),
        DONE,
    )
    assert (stream.protocol, stream.text(), stream.text("other")) == ("replicate", "Olá:\n\nWhy\n 7", "a step")
    assert kinds(stream) == ["keep_alive", "silent", "content", "other", "content", "content", "content", "finish"]
    assert (stream.finish_reason, stream.error, stream.model, stream.usage) == (None, None, None, None)
    assert (stream.complete, stream.problems) == (True, [])


@pytest.mark.parametrize("text", ["1", "null", '"a"', '{"a": 1}', "[DONE]", "{", "data: x", ": x"])
def test_a_text_that_looks_like_something_else_is_text(text):
    stream = load(("output", "> "), ("output", text), ("output", "!"), DONE)
    assert (stream.text(), stream.problems) == (f"> {text}!", [])


def test_without_the_host_text_outputs_identify_the_protocol():
    assert load(("output", "a"), ("output", " b"), DONE, url="").protocol == "replicate"
    assert load(("output", '{"a": 1}'), ("output", '{"a": 2}'), url="").protocol == "generic"
    assert load(("output", "a"), ("token", "b"), url="").protocol == "generic"
    assert load(("done", "{}"), url="").protocol == "generic"


def test_a_file_is_output_but_not_text():
    file = "data:image/webp;base64,UklGRg=="
    stream = load(("output", file), ("output", "data: no file"), DONE)
    assert (stream.text(), stream.text("other")) == ("data: no file", file)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("timed out", "timed out"),
        ('{"detail": "timed out"}', "timed out"),
        ('{"detail": ""}', '{"detail": ""}'),
        ('{"detail": [1]}', '{"detail": [1]}'),
    ],
)
def test_an_error_keeps_what_came_before(data, message):
    stream = load(("output", "so far"), ("error", data), ("done", '{"reason": "error"}'))
    assert (stream.error, stream.text()) == (StreamError(message), "so far")
    assert kinds(stream) == ["keep_alive", "content", "error", "finish"]
    assert (stream.finish_reason, stream.complete) == ("error", False)


def test_a_prediction_that_failed_without_a_message_is_an_error():
    stream = load(("output", "so far"), ("done", '{"reason": "error"}'))
    assert (str(stream.error), stream.finish_reason) == ("The prediction failed.", "error")


def test_a_cancelled_prediction_has_a_finish_reason():
    stream = load(("output", "so far"), ("done", '{"reason": "canceled"}'))
    assert (stream.finish_reason, stream.error, stream.complete) == ("canceled", None, True)


def test_events_after_done_are_shown_and_reported_once():
    stream = load(("output", "a"), DONE, ("output", "b"), ("output", "c"), after=":408: 408 Request Timeout\n\n")
    assert (stream.text(), stream.text("other")) == ("a", "bc")
    assert kinds(stream)[-1] == "keep_alive"
    assert [problem.message for problem in stream.problems] == [
        "2 events follow `done`, where every client stops reading."
    ]
    assert stream.problems[0].offset == stream.chunks["offset"][3]


def test_an_interrupted_stream_is_shown():
    body = (event("output", "a") + event("output", "b c")).encode()
    stream = read(body[:-4])
    assert (stream.text(), stream.complete) == ("ab", False)
    assert [problem.severity for problem in stream.problems] == ["note", "warning"]


def test_invalid_utf_8_is_shown_and_reported():
    stream = read(b"event: output\ndata: a\xff\n\nevent: done\ndata: {}\n\n")
    assert stream.text() == "a\ufffd"
    assert [problem.message[:25] for problem in stream.problems] == ["Event 0 is not valid UTF-"]


def test_an_event_with_damaged_framing_is_not_content():
    whole = sse.decode(b"event: output\ndata: a\n\nevent: output\ndata: b\n\n")
    reading = Reading()
    damaged = Events(whole.offset, whole.size, whole.name, whole.data, damage=((0, "the checksum is wrong"),))
    replicate.read(damaged, reading)
    assert (reading.text, reading.kind.tolist()) == (["a", "b"], [replicate.OTHER, replicate.CONTENT])


@pytest.mark.parametrize("odd", ["null", "7", "[]", "{}", "text", '{"reason": null}', '{"reason": {}}', "{", DEEP])
def test_a_done_event_with_any_data_ends_the_stream(odd):
    stream = load(("output", "a"), ("done", odd))
    assert (stream.text(), stream.finish_reason, stream.complete) == ("a", "…" if odd == DEEP else None, True)


def test_an_empty_done_event_ends_the_stream():
    assert load(("output", "a"), ("done", "")).complete


def test_a_single_event_after_done_is_reported_in_the_singular():
    stream = load(("output", "a"), DONE, ("output", "b"))
    assert [problem.message for problem in stream.problems] == [
        "1 event follows `done`, where every client stops reading."
    ]
