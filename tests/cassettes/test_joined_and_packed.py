"""Bodies in a form that the file does not name, chunks one a line, and files that were joined."""

import base64
import gzip
import json
from typing import Any

import pytest
import yaml

import viewer

CHUNKS: list[Any] = [
    {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}
    for text, finish in (("Dry", None), (" sa", None), ("nd.", "stop"))
]
ANSWER = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"content": "Wet."}, "finish_reason": "stop"}],
}
EVENTS = [f"data: {json.dumps(chunk)}\n\n" for chunk in CHUNKS]
STREAM = "".join(EVENTS).encode()


def texts(content: Any) -> list[str]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return [stream.text() for stream in viewer.load(data).streams]


@pytest.mark.parametrize("url", ["/v1/chat", "https://llm.example/v1/chat"])
@pytest.mark.parametrize(
    "body",
    [
        repr(STREAM),
        {"type": "Buffer", "data": list(STREAM)},
        base64.b64encode(STREAM).decode(),
        base64.b64encode(gzip.compress(STREAM)).decode(),
        base64.b64encode(b"\n".join(json.dumps(chunk).encode() for chunk in CHUNKS)).decode(),
    ],
    ids=["printed", "buffer", "base64", "gzip", "base64 of JSON lines"],
)
def test_a_packed_body_is_unpacked_under_any_key_and_in_any_format(body, url):
    assert texts({"request": {"url": url, "method": "POST"}, "response": {"status": 200, "body": body}}) == [
        "Dry sand."
    ]
    assert texts({"prompt": "Weather?", "zork": body}) == ["Dry sand."]


def test_base64_of_something_else_stays_as_it_is():
    token = base64.b64encode(b'{"alg":"none"}').decode()
    cassette = viewer.load(
        json.dumps({"request": {"url": "/login"}, "response": {"status": 200, "body": token}}).encode()
    )
    assert cassette.interactions[0].response.body == token.encode()


@pytest.mark.parametrize("write", [str, json.dumps], ids=["events", "JSON in texts"])
def test_json_texts_one_a_line_are_one_stream(write):
    values = EVENTS if write is str else [json.dumps(chunk) for chunk in CHUNKS]
    lines = "\n".join(map(json.dumps, values)).encode()
    assert texts(lines) == ["Dry sand."]
    cut = viewer.load(lines[:-9])
    assert cut.streams[0].text() == "Dry sa"
    assert any(problem.severity == "warning" for problem in cut.problems)


def test_rows_of_time_and_chunk_one_a_line_are_measured():
    lines = "\n".join(json.dumps([index / 4, event]) for index, event in enumerate(EVENTS)).encode()
    (stream,) = viewer.load(lines).streams
    assert (stream.text(), stream.timing.grade) == ("Dry sand.", "measured")


@pytest.mark.parametrize("chunks", [CHUNKS, EVENTS], ids=["objects", "texts"])
def test_short_lists_in_a_list_are_streams_and_not_rows(chunks):
    assert texts([chunks, chunks]) == ["Dry sand."] * 2


def test_arrays_of_gemini_one_a_line_are_a_stream_each():
    array = [{"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": "STOP"}]} for text in ("a", "b")]
    assert texts("\n".join([json.dumps(array)] * 2).encode()) == ["ab", "ab"]


def test_yaml_files_joined_without_a_mark_are_all_read():
    def cassette(url: str) -> str:
        interaction = {"request": {"method": "POST", "url": url}, "response": {"body": STREAM.decode(), "code": 200}}
        return yaml.safe_dump({"version": 2, "interactions": [{"id": 0, **interaction}]}, sort_keys=False)

    joined = viewer.load((cassette("https://a.example") + cassette("https://b.example")).encode())
    assert [one.request.url for one in joined.interactions] == ["https://a.example", "https://b.example"]
    assert [stream.text() for stream in joined.streams] == ["Dry sand."] * 2


def test_answers_among_streams_are_kept_and_those_beside_them_left():
    calls = [{"output": CHUNKS, "whole": ANSWER}, {"output": ANSWER}]
    cassette = viewer.load(json.dumps(calls).encode())
    assert [stream.text() for stream in cassette.streams] == ["Dry sand."]
    assert [answer.text for answer in cassette.answers.values()] == ["Wet."]
