from contextlib import suppress

import orjson
import pytest

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def response(**changes):
    return {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": BODY, **changes}


def test_one_response_or_a_list_of_them_is_read():
    one = viewer.load(orjson.dumps(response()))
    several = viewer.load(orjson.dumps([response(), response(status="404", body={"error": 1})]))
    assert (one.format, several.format) == ("http-json", "http-json")
    assert one.streams[0].text() == "Olá"
    assert [interaction.response.status for interaction in several.interactions] == [200, 404]
    assert several.interactions[1].response.body == b'{"error":1}'


def test_headers_can_be_a_list():
    headers = [{"name": "content-type", "value": "text/event-stream"}, 5]
    [interaction] = viewer.load(orjson.dumps(response(headers=headers))).interactions
    assert interaction.response.content_type == "text/event-stream"


@pytest.mark.parametrize(
    "other",
    [
        {"status": "queued", "headers": {}, "body": "x"},
        {"status": 200, "headers": "x", "body": "x"},
        {"status": 200, "headers": {}},
        {"status": True, "headers": {}, "body": "x"},
        [response(), 5],
        [],
    ],
)
def test_other_json_is_not_recognised(other):
    with suppress(viewer.CassetteError):
        assert viewer.load(orjson.dumps(other)).format != "http-json"
