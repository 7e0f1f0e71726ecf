import base64

import pytest
import yaml

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def item(body=BODY, **then):
    """A synthetic interaction in the layout of httpmock's own recorder."""
    return {
        "when": {
            "path": "/v1/chat/completions",
            "method": "POST",
            "query_param": [{"name": "alt", "value": "sse"}],
            "header": [{"name": "accept", "value": "text/event-stream"}],
            "body": '{"stream":true}',
        },
        "then": {
            "status": 200,
            "header": [{"name": "content-type", "value": "text/event-stream"}],
            "body": body,
            **then,
        },
    }


def load(*items):
    return viewer.load(yaml.safe_dump_all(items, allow_unicode=True, sort_keys=False).encode())


def test_every_document_is_an_interaction():
    loaded = load(item(), item(), item('{"a":1}', status=404))
    assert loaded.format == "httpmock"
    assert [interaction.response.status for interaction in loaded.interactions] == [200, 200, 404]
    first = loaded.interactions[0]
    assert (first.request.method, first.request.url) == ("POST", "/v1/chat/completions?alt=sse")
    assert (first.request.headers["accept"], first.request.body) == ("text/event-stream", b'{"stream":true}')
    assert [stream.text() for stream in loaded.streams] == ["Olá", "Olá"]


def test_a_recorded_host_is_part_of_the_url():
    one = item()
    one["when"] |= {"scheme": "https", "host": "api.openai.com", "port": 443, "query_param": []}
    assert load(one).interactions[0].request.url == "https://api.openai.com:443/v1/chat/completions"


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ({"body": base64.b64encode(b"\x00\xff").decode(), "body_encoding": "base64"}, b"\x00\xff"),
        ({"body": None, "body_base64": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"body": None, "json_body": '{"a":1}'}, b'{"a":1}'),
        ({"body": {"a": 1}}, b'{"a":1}'),
        ({"body": None}, b""),
    ],
)
def test_every_form_of_body_gives_its_bytes(then, expected):
    assert load(item(**then)).interactions[0].response.body == expected


@pytest.mark.parametrize("odd", [5, [], {"when": 5}, {"when": {"path": 5, "query_param": 5}, "then": {"header": 5}}])
def test_a_document_of_the_wrong_type_does_not_affect_the_rest(odd):
    loaded = load(item(), odd, item())
    assert len(loaded.interactions) == 3
    assert len(loaded.streams) == 2


def test_a_broken_file_has_the_interactions_before_the_break_and_the_events_after_it():
    whole = yaml.safe_dump_all([item(), item(), item()], allow_unicode=True, sort_keys=False).encode()
    first, second, third = whole.split(b"---\n")
    loaded = viewer.load(first + b"---\n" + b"when: [\n" + second + b"---\n" + third)
    assert loaded.format == "httpmock"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off at line" in problem.message for problem in loaded.problems)
