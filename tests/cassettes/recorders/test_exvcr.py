"""Synthetic cassettes in the layout of ExVCR's adapters."""

import base64
import gzip
import zlib

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import exvcr

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"


def call(**response):
    sent = {"body": "{}", "headers": {"Accept": "*/*"}, "method": "post", "options": [], "request_body": "", "url": URL}
    received = {"binary": False, "body": BODY, "headers": {"content-type": "text/event-stream"}, "status_code": 200}
    return {"request": sent, "response": {**received, "type": "ok", **response}}


def binary(content, *, compress=False):
    """Erlang's external format of a binary: version 131, tag 109 and four bytes of length. With tag 80 it is compressed."""
    term = b"m" + len(content).to_bytes(4, "big") + content
    term = b"P" + len(term).to_bytes(4, "big") + zlib.compress(term) if compress else term
    return base64.b64encode(b"\x83" + term).decode()


def test_a_cassette_is_read_with_its_requests():
    loaded = viewer.load(write([call(), call()]))
    assert (loaded.format, len(loaded.interactions), loaded.problems) == ("exvcr", 2, [])
    request, response = loaded.interactions[0].request, loaded.interactions[0].response
    assert (request.method, request.url, request.headers["accept"], request.body) == ("POST", URL, "*/*", b"{}")
    assert (response.status, response.content_type, response.body) == (200, "text/event-stream", BODY.encode())
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


@pytest.mark.parametrize("compress", [False, True])
def test_a_binary_body_is_unpacked(compress):
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    packed = binary(gzip.compress(BODY.encode() * 3), compress=compress)
    loaded = viewer.load(write([call(headers=headers, body=packed, binary=True)]))
    assert loaded.interactions[0].response.body == BODY.encode() * 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (base64.b64encode(b"\x83d\x00\x02ok").decode(), "another kind of term"),
        (base64.b64encode(b"\x83P\xff\xff\xff\xffx").decode(), "unpacks to too much"),
        ("not base64!", "not a binary"),
        (base64.b64encode(b"\x83P\x00\x00\x00\x09xxxx").decode(), "not a binary"),
    ],
)
def test_a_binary_body_that_cannot_be_unpacked_is_shown_as_it_is(body, why):
    loaded = viewer.load(write([call(body=body, binary=True)]))
    assert loaded.interactions[0].response.body == body.encode()
    [problem] = [problem for problem in loaded.problems if problem.severity == "warning"]
    assert why in problem.message


@pytest.mark.parametrize("compress", [False, True])
def test_a_binary_body_that_is_cut_off_is_shown_up_to_there(compress):
    body = binary(bytes(range(200)), compress=compress)[:-40]
    loaded = viewer.load(write([call(body=body, binary=True)]))
    content = loaded.interactions[0].response.body
    assert bytes(range(100)) in content
    [problem] = [problem for problem in loaded.problems if problem.severity == "warning"]
    assert f"lacks {200 - len(content)} bytes" in problem.message


def test_httpc_has_version_status_and_reason_in_a_list():
    response = viewer.load(write([call(status_code=["HTTP/1.1", 404, "Not Found"])])).interactions[0].response
    assert response.status_line == "404 Not Found"


def test_a_failed_call_is_an_error_with_its_reason():
    loaded = viewer.load(write([call(type="error", body="econnrefused", status_code=None)]))
    assert any("econnrefused" in problem.message for problem in loaded.problems if problem.severity == "error")
    assert loaded.interactions[0].response.body == b""


@pytest.mark.parametrize(("side", "name"), [("request", "options"), ("response", "type"), ("response", "status_code")])
def test_other_lists_of_requests_and_responses_are_not_claimed(side, name):
    other = call()
    del other[side][name]
    assert exvcr.recognise(Document(write([other]), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable():
    for one in (call(), call(body=binary(b"abc"), binary=True)):
        for _, changed in with_odd_values(one):
            assert viewer.load(write([changed, call()])).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([call(), call(body=binary(b"abc"), binary=True)])
