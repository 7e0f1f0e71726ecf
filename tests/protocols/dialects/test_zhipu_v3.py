"""Zhipu, version 3: a small synthetic stream for each rule."""

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

INVOKE = "https://example.org/api/paas/v3/model-api/chatglm_std/sse-invoke"


def load(*pairs, url="https://example.org/"):
    body = "".join(f"event: {name}\nid: 1\ndata: {data}\n\n" for name, data in pairs)
    return read(body.encode(), url)


def read(body, url="https://example.org/"):
    response = Response(200, headers=Headers([("Content-Type", "text/event-stream")]), body=body)
    return read_stream(Interaction(Request("POST", url), response), 0)


def test_pieces_are_joined():
    stream = load(("add", "Dry"), ("add", " today"), ("add", "12"), ("finish", ""))
    assert (stream.protocol, stream.text()) == ("zhipu-v3", "Dry today12")
    assert (stream.complete, stream.problems) == (True, [])


def test_pieces_that_are_alike_are_joined():
    assert load(("add", "1"), ("add", "1"), ("finish", "")).text() == "11"


def test_wholes_are_not_joined():
    assert load(("add", "Dry"), ("add", "Dry today"), ("finish", "Dry today")).text() == "Dry today"
    assert load(("add", "Dry"), ("add", " today"), ("finish", "Dry today")).text() == "Dry today"


def test_a_finish_without_data_is_one():
    body = b"event:add\ndata:Dry\n\nevent:finish\nmeta:{}\n\n"
    stream = read(body)
    assert (stream.protocol, stream.text(), stream.complete) == ("zhipu-v3", "Dry", True)


@pytest.mark.parametrize("name", ["error", "interrupted"])
def test_an_error_is_read(name):
    stream = load(("add", "so far"), (name, "Too busy"))
    assert (stream.text(), stream.error.message, stream.error.type) == ("so far", "Too busy", name)
    assert not stream.complete


def test_json_is_not_recognised_without_the_path():
    assert load(("add", '{"op": 1}')).protocol == "generic"
    assert load(("add", '{"op": 1}'), url=INVOKE).text() == '{"op": 1}'
    assert load(("add", "Dry"), ("other", "x")).protocol == "generic"


def test_a_stream_that_breaks_off_or_is_not_utf_8_is_reported():
    stream = read(b"event: add\ndata: Dry\xff\n\nevent: add\ndata: tod")
    assert (stream.text(), stream.complete) == ("Dry\ufffdtod", False)
    assert any("UTF-8" in problem.message for problem in stream.problems)
    assert any("finish" in problem.message for problem in stream.problems)
