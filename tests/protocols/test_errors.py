"""Errors that stand where no protocol expects them."""

import pytest

import viewer
from viewer.protocols.errors import error_in_event, error_in_text

CHUNK = '{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"one"}}]}'
CLAUDE = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"one"}}'
GEMINI = '{"candidates":[{"content":{"parts":[{"text":"one"}]},"index":0}]}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"error":{"message":"down","type":"t","code":5}}', "down"),
        ('{"error":"down"}', "down"),
        ('{"error":"Bad Request","message":"down"}', "down"),
        ('{"error":true,"message":"down"}', "down"),
        ('{"type":"error","error":{"type":"overloaded_error","message":"down"}}', "down"),
        ('{"object":"error","message":"down","code":400}', "down"),
        ('{"code":502,"message":"down"}', "down"),
        ('{"success":false,"errors":[{"code":1,"message":"down"}]}', "down"),
        ('{"message":"upstream timeout"}', "upstream timeout"),
        ("<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1></body></html>", "502 Bad Gateway"),
        ("<!DOCTYPE html>\n<html><body><p>Down &amp; out</p></body></html>", "Down & out"),
        ("<?xml version='1.0'?><Error><Code>Slow</Code><Message>Slow down</Message></Error>", "Slow down"),
        ("Internal Server Error", "Internal Server Error"),
        (
            "upstream connect error or disconnect/reset before headers",
            "upstream connect error or disconnect/reset before headers",
        ),
        ("error code: 524", "error code: 524"),
        ("stream timeout", "stream timeout"),
        ("HTTP/1.1 503 Service Unavailable", "HTTP/1.1 503 Service Unavailable"),
    ],
)
def test_a_text_outside_of_events_that_reads_like_an_error_is_one(text, message):
    assert error_in_text(text.encode()).message == message


@pytest.mark.parametrize(
    "text", ["", "done", "1f4", CHUNK, '{"message":"hello"}', '{"error":null}', '{"error":"x","choices":[]}', "[]", "5"]
)
def test_another_text_is_not(text):
    assert error_in_text(text.encode()) is None


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("message", b'{"error":{"message":"down"}}', "down"),
        ("error", b'{"a":1}', '{"a":1}'),
        ("error", b"down", "down"),
        ("message", b'{"message":"timeout"}', None),
        ("message", b'{"error":"x","delta":"y"}', None),
        ("message", b'{"error":', None),
        ("message", None, None),
        ("error", None, None),
    ],
)
def test_an_event_is_an_error_by_its_type_or_if_it_holds_nothing_else(name, data, message):
    error = error_in_event(name, data)
    assert (error and error.message) == message


@pytest.mark.parametrize("chunk", [CHUNK, CLAUDE, GEMINI, '{"unknown":1}'])
@pytest.mark.parametrize(
    "error",
    [
        'error: {"code":500,"message":"down","type":"server_error"}',
        'data: {"error":{"message":"down","type":"server_error"}}',
        'event: error\ndata: {"code":500,"message":"down"}',
        '{"error":{"message":"down"}}',
        '{\n  "error": {\n    "message": "down"\n  }\n}',
        "<html><body>\n<h1>down</h1>\n\ncolor: red;\n</body></html>",
    ],
)
@pytest.mark.parametrize("end", ["\n\n", "\n\ndata: [DONE]\n\n", ""])
def test_an_error_in_any_form_is_the_error_of_a_stream_in_any_protocol(chunk, error, end):
    cassette = viewer.load(f"data: {chunk}\n\ndata: {chunk}\n\n{error}{end}".encode(), "x.sse")
    [stream] = cassette.streams
    assert stream.error.message == "down"
    assert not stream.complete
    assert "error" in set(stream.chunks["kind"])
    assert "keep_alive" not in set(stream.chunks["kind"])
    assert any(problem.severity == "error" for problem in cassette.problems)


def test_a_stream_that_is_nothing_but_an_error_has_it():
    for body in ('data: {"error": {"message": "down"}}\n\n', 'error: {"message": "down"}\n\n'):
        [stream] = viewer.load(body.encode(), "x.sse").streams
        assert stream.error.message == "down"


def test_a_text_that_is_no_error_is_a_row_with_its_text_and_a_problem():
    cassette = viewer.load(f"data: {CHUNK}\n\nlog: x\n\nnoise here\n\ndata: [DONE]\n\n".encode(), "x.sse")
    [stream] = cassette.streams
    assert stream.error is None
    assert "noise here" in stream.text("other")
    assert [problem.message for problem in cassette.problems if "noise here" in problem.message]
    assert [problem.message for problem in cassette.problems if "“log: x”" in problem.message]


def test_a_payload_that_is_not_json_keeps_its_text():
    cassette = viewer.load(f"data: {CHUNK}\n\ndata: noise\n\ndata: [DONE]\n\n".encode(), "x.sse")
    assert cassette.streams[0].text("other") == "noise"
