"""The shapes come from the documentation of the programs that write them."""

import json

import pytest

import viewer

# https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
METRICS = {"resourceMetrics": [{"resource": {"attributes": []}, "scopeMetrics": []}]}
# https://code.claude.com/docs/en/headless
CLAUDE = {"type": "result", "subtype": "success", "num_turns": 1, "result": "Hello", "session_id": "s"}
# https://zipkin.io/zipkin-api/ and Jaeger's interface
ZIPKIN = [{"traceId": "1", "id": "2", "name": "chat", "localEndpoint": {"serviceName": "x"}}]
JAEGER = {"data": [{"traceID": "1", "spans": [{"operationName": "chat"}], "processes": {}}]}
# https://docs.asciinema.org/manual/asciicast/v2/ and v3
CASTS = [
    '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "hi"]\n',
    '{"version": 3, "term": {"cols": 80, "rows": 24}}\n[0.1, "o", "hi"]\n',
]


@pytest.mark.parametrize(
    ("content", "what", "advice"),
    [
        (METRICS, "metrics of OpenTelemetry", "cassette-viewer record"),
        (ZIPKIN, "a trace of Jaeger or Zipkin", "not the stream"),
        (JAEGER, "a trace of Jaeger or Zipkin", "not the stream"),
        ({"info": {"trace_id": "tr"}, "data": {"spans": []}}, "a trace of MLflow", "not the stream"),
        (CLAUDE, "the result of `claude --output-format json`", "--output-format stream-json --verbose"),
        ({"traceEvents": [{"ph": "X"}]}, "a trace of Chrome", "perfetto"),
        (CASTS[0], "an asciicast", "asciinema play"),
        (CASTS[1], "an asciicast", "asciinema play"),
        ([{"title": "x", "mapping": {}, "current_node": "a"}], "exported from ChatGPT", "not the stream"),
        ({"model": "m", "messages": [{"role": "user", "content": "hi"}]}, "a request without its response", "record"),
        ({"cells": [], "nbformat": 4}, "a Jupyter notebook", "Open a recording"),
        ("openapi: 3.0.0\npaths: {}\n", "the description of an API", "record"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n", "a WebVTT transcript", "the recording that it was made from"),
        ("interaction,event,choice,kind,text\n0,0,0,content,Hi\n", "a chunk table of this viewer", "made from"),
        ("\n<!DOCTYPE html><html><body>Hi</body></html>", "an HTML page", "saves its recording"),
        (b"%PDF-1.7\n", "a PDF document", "Open a recording"),
        (b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(16), "a packet capture", "follow the HTTP stream"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "a packet capture", "follow the HTTP stream"),
        (b"SQLite format 3\0" + bytes(84), "an SQLite database", "HAR"),
        (b"PAR1\x15\0", "a Parquet file", "made from"),
    ],
    ids=str,
)
def test_a_refusal_says_what_the_file_seems_to_be_and_what_to_do(content, what, advice):
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    with pytest.raises(viewer.CassetteError) as refused:
        viewer.load(data, "file")
    assert refused.value.reason.startswith("not a recording: it seems to be ")
    assert what in refused.value.reason
    assert advice in refused.value.advice


@pytest.mark.parametrize(
    "content", ["hello", {"a": 1}, [1, 2], {}, [], {"data": []}, {"version": "1"}, b"\x00\xff"], ids=str
)
def test_nothing_is_guessed_about_other_files(content):
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder") as refused:
        viewer.load(data, "file")
    assert "docs/formats.md" in refused.value.advice


def test_an_export_in_json_lines_opens_with_a_note():
    line = json.dumps(JAEGER["data"][0])
    cassette = viewer.load(f"{line}\n{line}\n".encode(), "traces.jsonl")
    (note,) = (problem for problem in cassette.problems if "seems to be" in problem.message)
    assert note.severity == "note"
    assert "Jaeger" in note.message
    assert "cassette-viewer record" in note.advice


def test_a_stream_in_json_lines_gets_no_such_note():
    chunks = [
        {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"content": "Hi"}, "done": done}
        for done in (False, True)
    ]
    cassette = viewer.load("".join(f"{json.dumps(chunk)}\n" for chunk in chunks).encode(), "chat.ndjson")
    assert cassette.streams[0].protocol == "ollama-chat"
    assert cassette.problems == []
