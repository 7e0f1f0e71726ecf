"""Synthetic fixtures of LiteLLM's end-to-end tests, in the layout of its own writer."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import litellm_e2e

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'.encode()


def packed(data):
    return base64.b64encode(data).decode()


CHUNKS = [packed(BODY[:5]), packed(BODY[5:52]), packed(BODY[52:])]


def fixture(**response):
    streamed = {"kind": "streamed", "chunks_b64": CHUNKS, "truncated": None}
    return {
        "request": {
            "method": "POST",
            "path": "/openai/v1/chat/completions",
            "headers": {},
            "params": {},
            "body": {"stream": True},
            "form": None,
        },
        "response": {
            "status_code": 200,
            "headers": {"content-type": "text/event-stream"},
            **(response or streamed),
        },
    }


def load(tree):
    return viewer.load(write(tree), "a.json")


def test_chunks_are_one_stream_even_if_a_character_is_cut():
    loaded = load(fixture())
    assert (loaded.format, loaded.problems) == ("litellm-e2e", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", "/openai/v1/chat/completions")
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.body) == (200, BODY)
    [stream] = loaded.streams
    assert (stream.text(), stream.timing.grade) == ("Olá", "paced")


def test_a_response_that_was_not_streamed_is_one_text():
    loaded = load(fixture(kind="http", status_code=404, body_b64=packed(b'{"error":"no"}')))
    assert loaded.interactions[0].response.body == b'{"error":"no"}'
    assert (loaded.interactions[0].response.status, loaded.streams) == (404, [])


def test_parameters_are_the_query_and_a_form_is_the_body():
    tree = fixture()
    tree["request"] |= {"params": {"alt": "sse", "q": "a b"}, "body": None, "form": {"purpose": "batch"}}
    request = load(tree).interactions[0].request
    assert request.url.endswith("/completions?alt=sse&q=a+b")
    assert request.body == b'{"purpose":"batch"}'


def test_a_truncated_stream_is_a_problem_with_the_reason():
    loaded = load(fixture(kind="streamed", chunks_b64=CHUNKS[:2], truncated="upstream: connection reset"))
    assert any("upstream: connection reset" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    "other",
    [
        {"request": {"url": "u"}, "response": {"status_code": 200, "chunks_b64": CHUNKS}},
        {"request": {"method": "POST", "path": "/"}, "response": {"status": 200, "chunks_b64": CHUNKS}},
        {"request": {"method": "POST", "path": "/"}, "response": {"status_code": 200, "body": "x"}},
    ],
)
def test_other_files_with_base64_are_not_claimed(other):
    assert litellm_e2e.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(fixture())
    loaded = viewer.load(whole[: whole.index(CHUNKS[2].encode()) + 60])
    assert loaded.format == "litellm-e2e"
    assert loaded.interactions[0].response.body.startswith(BODY[:52])
    assert any("cut off" in problem.message for problem in loaded.problems)


def test_a_value_of_any_type_in_the_request_leaves_the_stream_readable():
    for place, changed in with_odd_values(fixture()):
        if place[0] == "request" and place[1:2] not in [(), ("method",), ("path",)]:
            assert load(changed).streams[0].text() == "Olá"


def test_no_damage_raises():
    use_damaged(fixture())
