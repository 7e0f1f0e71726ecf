"""Pairs {request, response} as projects write them with a few lines of their own."""

import base64
import json

import pytest
import yaml

import viewer

SSE = 'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\n'
ANSWER = {"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Olá"}}]}
REQUEST = {
    "method": "POST",
    "url": "https://api.openai.com/v1/chat/completions",
    "body": {"model": "m", "messages": []},
}


def load(tree, write=json.dumps):
    return viewer.load(write(tree).encode())


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_a_pair_is_read_with_its_request_status_and_headers(write):
    response = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": SSE}
    cassette = load({"request": {**REQUEST, "headers": {"x-a": "b"}}, "response": response}, write)
    assert cassette.format == "request-response"
    [interaction] = cassette.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", REQUEST["url"])
    assert interaction.request.body == b'{"model":"m","messages":[]}' or write is yaml.safe_dump
    assert (interaction.request.headers["X-A"], interaction.response.status) == ("b", 200)
    assert cassette.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "response",
    [
        SSE,
        [SSE[:40], SSE[40:]],
        {"text": SSE},
        {"Whatever": SSE},
        {"chunks": [SSE[:7], SSE[7:90], SSE[90:]]},
        {"body": {"kind": "sse", "text": SSE}},
        {"body": base64.b64encode(SSE.encode()).decode(), "bodyEncoding": "base64"},
        {"body_base64": base64.b64encode(SSE.encode()).decode()},
        {"content": {"encoding": "base64", "data": base64.b64encode(SSE.encode()).decode(), "size": 5}},
    ],
)
def test_a_stream_is_found_under_any_name_and_in_any_form(response):
    cassette = load([{"request": REQUEST, "response": response}])
    assert [stream.text() for stream in cassette.streams] == ["Olá"]
    assert cassette.interactions[0].request.url == REQUEST["url"]


@pytest.mark.parametrize(
    "response", [ANSWER, json.dumps(ANSWER), {"json": ANSWER}, {"status_code": 200, "payload": json.dumps(ANSWER)}]
)
@pytest.mark.parametrize("request_", [REQUEST, {"model": "m", "messages": []}])
def test_an_answer_is_the_response_or_its_body(request_, response):
    cassette = load({"calls": {"today": [{"request": request_, "response": response}, 5]}})
    assert (cassette.format, cassette.answers[0].text) == ("request-response", "Olá")
    assert json.loads(cassette.interactions[0].request.body) == {"model": "m", "messages": []}
    assert [one.interaction for one in cassette.problems if one.severity == "error"] == [1]


@pytest.mark.parametrize("status", [{"code": 503}, "503 Unavailable", 503])
def test_the_status_may_be_a_number_a_text_or_an_object(status):
    cassette = load({"request": REQUEST, "response": {"status": status, "body": "later"}})
    assert cassette.interactions[0].response.status == 503


@pytest.mark.parametrize(
    "tree", [{"request": {}, "response": {"body": SSE}}, {"request": "x", "response": {"body": SSE}}]
)
def test_a_request_without_url_or_prompt_makes_no_pair(tree):
    assert load(tree).format == "text"
