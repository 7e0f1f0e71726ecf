"""Anthropic's text completions: a small synthetic stream for each rule."""

import base64
import json

import pytest

import viewer
from tests.support.aws_frames import frame
from viewer.protocols import SAMPLE_EVENTS
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError

DEEP = "[" * 1000 + "]" * 1000


def sse(name, payload):
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return f"event: {name}\r\ndata: {text}\r\n\r\n".replace('"@deep@"', DEEP)


def load(*payloads, url=""):
    body = "".join(sse(payload.get("type", "message"), payload) for payload in payloads)
    return read(body.encode(), url)


def read(body, url=""):
    headers = Headers([("Content-Type", "text/event-stream")])
    return read_stream(Interaction(Request("POST", url), Response(200, headers=headers, body=body)), 0)


def completion(text, reason=None, **fields):
    return {
        "type": "completion",
        "completion": text,
        "stop_reason": reason,
        "model": "claude-2.1",
        "stop": None,
        "log_id": "c",
        **fields,
    }


def old(text, reason=None, **fields):
    """Return an event of version 2023-01-01, which has no name."""
    return {
        "completion": text,
        "stop_reason": reason,
        "truncated": False,
        "exception": None,
        "model": "claude-v1",
        "log_id": "c",
        **fields,
    }


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_completions():
    stream = load(
        completion(" Olá"), {"type": "ping"}, completion(""), completion(" mundo"), completion("", "stop_sequence")
    )
    assert (stream.protocol, stream.model, stream.text()) == ("anthropic-completions", "claude-2.1", " Olá mundo")
    assert kinds(stream) == ["content", "keep_alive", "silent", "content", "finish"]
    assert (stream.finish_reason, stream.error, stream.usage) == ("stop_sequence", None, None)
    assert (stream.complete, stream.problems) == (True, [])


def test_events_without_a_type_are_recognised_by_their_other_fields():
    first = completion("a")
    del first["type"]
    assert load(first).protocol == "anthropic-completions"
    assert load({"type": "completion", "completion": "a"}).protocol == "anthropic-completions"
    for fields in ({}, {"stop_reason": None}, {"model": "m", "stop": None}):
        assert load({"completion": "a", **fields}).protocol == "generic"
    assert load({"hello": 1}, url="https://api.anthropic.com/v1/complete?x=1").protocol == "anthropic-completions"


def test_a_text_repeated_by_every_event_is_shown_once():
    stream = load(old(" Olá"), old(" Olá"), old(" Olá mundo"), old(" Olá mundo", "stop_sequence"))
    assert stream.text() == " Olá mundo"
    assert list(stream.chunks["text"]) == [" Olá", "", " mundo", ""]
    assert kinds(stream) == ["content", "silent", "content", "finish"]
    assert (stream.model, stream.finish_reason, stream.complete, stream.problems) == (
        "claude-v1",
        "stop_sequence",
        True,
        [],
    )


def test_the_end_of_the_older_version_is_not_read_as_json():
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in (old("a"), old("a b", "max_tokens"))) + "data: [DONE]\n\n"
    stream = viewer.load(body.encode()).streams[0]
    assert (stream.text(), stream.finish_reason, stream.problems) == ("a b", "max_tokens", [])


def test_a_text_that_does_not_continue_the_one_before_replaces_it():
    stream = load(old("one "), old("one two"), old("one two three"), old("one too"), old("one too many"))
    assert stream.text() == "one too many"
    assert list(zip(kinds(stream), stream.chunks["text"], strict=True)) == [
        ("content", "one "),
        ("content", "t"),
        ("other", " three"),
        ("content", "oo"),
        ("content", " many"),
    ]
    problem = next(problem for problem in stream.problems if problem.severity == "note")
    assert problem.message.startswith("Event 3 replaces the text before it")
    assert problem.offset == stream.chunks["offset"][3]


def test_repeated_replacements_are_reported_once():
    stream = load(old("abc"), old("xyz"), old(""), old("abc"))
    assert (stream.text(), stream.text("other")) == ("abc", "abcxyz")
    assert sum(problem.severity == "note" for problem in stream.problems) == 1


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            StreamError("Overloaded", "overloaded_error"),
        ),
        ({"error": "broken"}, StreamError("broken")),
        (old("so far", exception="server fault"), StreamError("server fault")),
        ({"type": "error"}, StreamError('{"type":"error"}', "error")),
    ],
)
def test_an_error_keeps_what_came_before(last, error):
    stream = load(old("so far"), last)
    assert (stream.error, stream.text(), stream.complete) == (error, "so far", False)
    assert kinds(stream)[-1] == "error"


def test_an_event_is_recognised_by_its_name_if_by_nothing_else():
    body = sse("completion", completion("a")) + sse("ping", {}) + sse("new", {}) + sse("error", ["x"])
    stream = read(body.encode())
    assert (kinds(stream), str(stream.error)) == (["content", "keep_alive", "other", "error"], '["x"]')


def test_an_interrupted_stream_is_not_complete():
    stream = load(completion("a"))
    assert not stream.complete
    assert [problem.message for problem in stream.problems] == ["The stream ends without a finish reason."]


def test_a_truncated_event_is_reported_and_does_not_affect_others():
    body = (sse("completion", completion("a")) + sse("completion", completion("b"))).encode()
    stream = read(body[: body.rindex(b'"stop_reason"')])
    assert stream.text() == "a"
    assert kinds(stream) == ["content", "other"]
    assert "cut off" in stream.problems[0].message


def test_inside_bedrock_the_protocol_is_bedrocks():
    inside = [
        {"completion": " a", "stop_reason": None, "stop": None},
        {"type": "completion", "completion": " b", "stop_reason": "stop_sequence", "stop": "\n\nHuman:"},
    ]
    envelopes = [json.dumps({"bytes": base64.b64encode(json.dumps(one).encode()).decode()}) for one in inside]
    headers = Headers([("Content-Type", "application/vnd.amazon.eventstream")])
    body = b"".join(frame(envelope.encode(), "chunk") for envelope in envelopes)
    stream = read_stream(Interaction(Request("POST", ""), Response(200, headers=headers, body=body)), 0)
    assert (stream.protocol, stream.text()) == ("bedrock-invoke-stream", " a b")
    assert (stream.finish_reason, kinds(stream)) == ("stop_sequence", ["content", "content", "finish"])


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = ("completion", "stop_reason", "model", "stop", "log_id", "type", "error")
    payloads = [{field: odd} for field in fields]
    payloads += [{**completion("x"), field: odd} for field in fields if field != "completion"]
    payloads += [{"type": "error", "error": {"message": odd, "type": odd}}, old("y", exception=odd), old(odd)]
    # The first events only make sure that the stream is recognised.
    payloads = [completion("still"), *[{"type": "ping"}] * SAMPLE_EVENTS, *payloads, odd, completion(" here")]
    stream = read("".join(sse("message", payload) for payload in payloads).encode())
    assert stream.protocol == "anthropic-completions"
    assert stream.chunks["event"].nunique() == len(payloads)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
