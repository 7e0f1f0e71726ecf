"""Polly.JS recordings in the layouts of its adapters and persisters. All are synthetic, except the shared recordings."""

import base64
import gzip
import json

import pytest
import yaml

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'
PACKED = gzip.compress(BODY.encode())


def tree(content, *headers, posted=None):
    entry = {
        "_id": "65f0898a1c8d3dfb39681a4151007fd6",
        "_order": 0,
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": [{"name": "content-length", "value": 272}],
            "postData": posted or {"mimeType": "application/json", "text": '{"stream":true}'},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": [{"name": "content-type", "value": "text/event-stream"}, *headers],
            "content": content,
        },
        "time": 2812,
        "timings": {"blocked": -1, "connect": -1, "dns": -1, "receive": 0, "send": 0, "ssl": -1, "wait": 2812},
    }
    creator = {"name": "Polly.JS", "version": "6.0.6", "comment": "persister:fs"}
    return {"log": {"_recordingName": "chat", "version": "1.2", "creator": creator, "entries": [entry]}}


def load(content, *headers, **more):
    return viewer.load(json.dumps(tree(content, *headers, **more)).encode())


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_json_and_yaml_are_read(write):
    cassette = viewer.load(write(tree({"mimeType": "text/event-stream", "text": BODY})).encode())
    assert (cassette.format, cassette.format_version) == ("polly", "6.0.6")
    [interaction] = cassette.interactions
    assert (interaction.request.method, interaction.request.body) == ("POST", b'{"stream":true}')
    assert interaction.request.headers["content-length"] == "272"
    assert cassette.streams[0].text() == "Olá"
    assert cassette.problems == []


def test_the_wait_is_the_whole_stream_and_not_the_time_to_the_headers():
    assert load({"text": BODY}).interactions[0].times.headers_s is None


@pytest.mark.parametrize("missing", ["_recordingName", "creator"])
def test_either_name_is_enough_to_recognise_it(missing):
    changed = tree({"text": BODY})
    del changed["log"][missing]
    assert viewer.load(json.dumps(changed).encode()).format == "polly"


def test_a_request_body_that_a_persister_wrote_as_a_tree_is_json_again():
    posted = {"mimeType": "application/json", "textJSON": {"b": 1, "a": ["ü"]}}
    assert load({"text": BODY}, posted=posted).interactions[0].request.body == '{"b":1,"a":["ü"]}'.encode()


def pieces(data, encode):
    return json.dumps([encode(data[:7]), encode(data[7:20]), encode(data[20:])])


def base_64(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "content",
    [
        {"encoding": "base64", "text": base_64(BODY.encode())},
        {"encoding": "base64", "_isBinary": True, "text": base_64(PACKED)},
        {"encoding": "base64", "text": pieces(PACKED, base_64)},
        {"encoding": "hex", "text": BODY.encode().hex()},
        {"_isBinary": True, "text": BODY.encode().hex()},
        {"_isBinary": True, "text": base_64(BODY.encode())},
        {"_isBinary": True, "text": pieces(PACKED, bytes.hex)},
        {"text": pieces(PACKED, bytes.hex)},
        {"text": BODY},
    ],
)
def test_every_way_to_store_a_body_gives_the_bytes_that_were_sent(content):
    cassette = load(content, {"name": "Content-Encoding", "value": "gzip"})
    assert cassette.interactions[0].response.body == BODY.encode()
    assert cassette.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "text", ["[", '["x', '["ab","cd"]', '["ü"]', "[5]", "[]", "[null]", '{"a":1}', "5", "not base64"]
)
@pytest.mark.parametrize("marks", [{}, {"encoding": "hex"}, {"encoding": "base64"}, {"_isBinary": True}])
def test_text_in_another_encoding_than_declared_is_unchanged(text, marks):
    body = load({"text": text, **marks}, {"name": "content-encoding", "value": "gzip"}).interactions[0].response.body
    decoded = {b"\xab\xcd", b"\x69\xb7\x71\xd7", b"", base64.b64decode("ab==") + base64.b64decode("cd==")}
    assert body == text.encode() or body in decoded


@pytest.mark.parametrize("odd", [None, 5, True, "x", [], [5], {}, {"a": 1}, {"text": 5}, {"textJSON": []}])
def test_values_of_any_type_can_be_read(odd):
    for key in ("text", "encoding", "_isBinary", "mimeType", "size", "textJSON"):
        assert len(load({"text": BODY, key: odd}).interactions) == 1
    assert len(load(odd, posted=odd).interactions) == 1
    changed = tree({"text": BODY})
    changed["log"]["creator"] = odd
    assert viewer.load(json.dumps(changed).encode()).format == "polly"
