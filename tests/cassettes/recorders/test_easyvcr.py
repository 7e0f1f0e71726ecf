"""Synthetic cassettes in the layout of EasyVCR for C# and for Java."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import easyvcr
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"


def csharp(**more):
    request = {"Body": "{}", "ContentHeaders": {"Content-Type": "application/json"}, "Method": "POST"}
    response = {"Body": BODY, "ContentHeaders": {"Content-Type": "text/event-stream"}, "HttpVersion": "1.1"}
    return {
        "Duration": 192,
        "RecordedAt": "2022-04-22T12:02:56.4564797-06:00",
        "Request": request | {"RequestHeaders": {"X-Id": "7"}, "Uri": URL},
        "Response": response | {"ResponseHeaders": {"Date": "x"}, "Status": {"Code": 200, "Message": "OK"}},
        **more,
    }


def java(**response):
    request = {"body": "{}", "method": "POST", "headers": {"X-Id": ["7"]}, "uri": URL}
    received = {
        "body": BODY,
        "headers": {"null": ["HTTP/1.1 200 OK"], "Content-Type": ["text/event-stream"]},
        "uri": URL,
    }
    received |= {"status": {"code": 200, "message": "OK"}, **response}
    return {"recordedAt": 1650650576, "request": request, "response": received, "duration": 1920}


@pytest.mark.parametrize("call", [csharp(), java()])
def test_a_cassette_of_either_library_is_read(call):
    loaded = viewer.load(write([call]))
    assert (loaded.format, loaded.problems) == ("easyvcr", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, request.headers["x-id"], request.body) == ("POST", URL, "7", b"{}")
    assert (response.status_line, response.content_type, response.body) == (
        "200 OK",
        "text/event-stream",
        BODY.encode(),
    )
    assert "null" not in response.headers
    assert loaded.streams[0].text() == "Olá"


def test_csharp_keeps_the_end_and_no_duration_since_it_drops_whole_seconds():
    times = viewer.load(write([csharp()])).interactions[0].times
    assert times.ended == Moment(pytest.approx(1650650576.45648), 1e-6)
    assert (times.headers_s, times.whole_s) == (None, None)


def test_java_keeps_the_end_and_the_time_to_the_headers():
    times = viewer.load(write([java()])).interactions[0].times
    assert (times.ended, times.headers_s, times.whole_s) == (Moment(1650650576, 1.0), 1.92, None)


def test_the_body_of_an_error_in_java_is_read():
    response = viewer.load(write([java(body=None, errors='{"error":"no"}')])).interactions[0].response
    assert response.body == b'{"error":"no"}'


@pytest.mark.parametrize("missing", ["Duration", "RecordedAt", "Request", "Response"])
def test_other_lists_are_not_claimed(missing):
    other = {name: value for name, value in csharp().items() if name != missing}
    assert easyvcr.recognise(Document(write([other]), "a")) == 0


@pytest.mark.parametrize("call", [csharp(), java()])
def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable(call):
    for _, changed in with_odd_values(call):
        assert viewer.load(write([changed, call])).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([csharp(), java()])
