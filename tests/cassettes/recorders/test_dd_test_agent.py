import base64

import orjson
import pytest

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def cassette(body=BODY, **response):
    """A synthetic cassette in the layout of the test agent."""
    request = {
        "method": "POST",
        "url": "https://api.openai.com/v1/chat/completions",
        "headers": {"Content-Type": "application/json"},
        "body": '{"stream":true}',
    }
    defaults = {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": "text/event-stream"}}
    return orjson.dumps(
        {"request": request, "response": {**defaults, "body": body, **response}}, option=orjson.OPT_INDENT_2
    )


def test_the_one_interaction_of_a_file_is_read():
    loaded = viewer.load(cassette())
    assert loaded.format == "dd-test-agent"
    [interaction] = loaded.interactions
    assert interaction.request.url == "https://api.openai.com/v1/chat/completions"
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("base64:" + base64.b64encode(b"\x00\xff").decode(), b"\x00\xff"),
        ("base64:no base64!", b"no base64!"),
        ({"a": 1}, b'{"a":1}'),
        (None, b""),
        (5, b"5"),
    ],
)
def test_every_form_of_body_gives_its_bytes(body, expected):
    assert viewer.load(cassette(body)).interactions[0].response.body == expected


def test_a_file_that_is_cut_off_in_the_request_is_a_problem():
    whole = cassette()
    loaded = viewer.load(whole[: whole.index(b'"headers"')] + b'"x')
    assert loaded.format == "dd-test-agent"
    assert any("no response" in problem.message for problem in loaded.problems)


def test_a_file_that_is_cut_off_after_the_body_has_the_response():
    loaded = viewer.load(cassette()[:-4])
    assert loaded.streams[0].text() == "Olá"


def test_fields_of_any_type_can_be_read():
    loaded = viewer.load(cassette(headers=[5], status={"code": [1], "message": {}}))
    assert loaded.interactions[0].response.status is None
