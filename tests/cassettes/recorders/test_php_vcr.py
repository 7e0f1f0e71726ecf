"""Synthetic cassettes in the layout of php-vcr's `Request::toArray` and `Response::toArray`."""

import base64

import pytest
import yaml

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import php_vcr

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"


def call(*, request=None, **response):
    status = {"http_version": "1.1", "code": "200", "message": "OK"}
    received = {"status": status, "headers": {"Content-Type": "text/event-stream"}, "body": BODY}
    sent = {"method": "POST", "url": URL, "headers": {"Host": "api.openai.com"}, "body": "{}"}
    return {"request": {**sent, **(request or {})}, "response": {**received, **response}, "index": 0}


@pytest.mark.parametrize("write_file", [write, lambda tree: yaml.safe_dump(tree, allow_unicode=True).encode()])
def test_json_and_yaml_are_read_with_what_curl_measured(write_file):
    loaded = viewer.load(write_file([call(curl_info={"starttransfer_time": 0.61, "total_time": 1.92})]))
    assert (loaded.format, loaded.problems) == ("php-vcr", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url, interaction.request.body) == ("POST", URL, b"{}")
    assert (interaction.response.status_line, interaction.response.body) == ("200 OK", BODY.encode())
    assert (interaction.times.headers_s, interaction.times.whole_s) == (0.61, 1.92)
    assert loaded.streams[0].text() == "Olá"


def test_without_the_curl_hook_there_is_no_time():
    times = viewer.load(write([call()])).interactions[0].times
    assert (times.headers_s, times.whole_s) == (None, None)


@pytest.mark.parametrize("headers", [{"Content-Type": "application/x-gzip"}, {"Content-Transfer-Encoding": "binary"}])
def test_a_binary_body_is_base64(headers):
    loaded = viewer.load(write([call(headers=headers, body=base64.b64encode(b"\x00\xff").decode())]))
    assert loaded.interactions[0].response.body == b"\x00\xff"


def test_fields_of_a_form_are_the_body_of_the_request():
    request = {"body": None, "post_fields": {"q": "a b", "deep": {"x": 1}}}
    sent = viewer.load(write([call(request=request)])).interactions[0].request.body
    assert sent == b"q=a+b&deep=%7B%22x%22%3A1%7D"


@pytest.mark.parametrize("status", [200, {"code": 200, "message": "OK"}, None])
def test_lists_of_other_recorders_are_not_claimed(status):
    assert php_vcr.recognise(Document(write([call(status=status)]), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable():
    for _, changed in with_odd_values(call(curl_info={"total_time": 1.92})):
        assert viewer.load(write([changed, call()])).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([call(curl_info={"total_time": 1.92})])
