"""Synthetic collections in the layout of Postman's schema v2.1."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import postman

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def pairs(*named, **off):
    return [{"key": name, "value": value, "type": "text"} for name, value in named] + [
        {"key": name, "value": value, "disabled": True} for name, value in off.items()
    ]


def saved(**more):
    sent = {
        "method": "POST",
        "header": pairs(("X-Id", "7"), Off="1"),
        "body": {"mode": "raw", "raw": "{}"},
        "url": {
            "raw": URL,
            "protocol": "https",
            "host": ["api", "openai", "com"],
            "path": ["v1", "chat", "completions"],
        },
    }
    received = {"status": "OK", "code": 200, "header": pairs(("Content-Type", "text/event-stream")), "body": BODY}
    return {"name": "example", "originalRequest": sent, **received, "cookie": [], "responseTime": 1920, **more}


def item(*responses, **more):
    return {"name": "chat", "request": {"method": "POST", "url": URL}, "response": list(responses), **more}


def collection(*listed, schema=SCHEMA):
    return {"info": {"name": "c", "schema": schema}, "item": list(listed), "variable": []}


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"collection": one}])
def test_saved_responses_are_read_with_their_requests_and_times(wrap):
    loaded = viewer.load(write(wrap(collection(item(saved(), saved())))))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("postman", "2.1.0", [])
    assert len(loaded.interactions) == 2
    interaction = loaded.interactions[0]
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, dict(request.headers)) == ("POST", URL, {"X-Id": "7"})
    assert (request.body, response.status_line) == (b"{}", "200 OK")
    assert (response.content_type, response.body) == ("text/event-stream", BODY.encode())
    assert interaction.times.whole_s == 1.92
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


def test_folders_in_folders_are_read_in_their_order():
    codes = [201, 202, 203]
    one, two, three = (item(saved(code=code)) for code in codes)
    loaded = viewer.load(write(collection({"name": "f", "item": [one, {"name": "g", "item": [two]}]}, three)))
    assert [interaction.response.status for interaction in loaded.interactions] == codes


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"mode": "urlencoded", "urlencoded": pairs(("q", "a b"), off="1")}, b"q=a+b"),
        ({"mode": "graphql", "graphql": {"query": "{a}", "variables": "{}"}}, b'{"query":"{a}","variables":"{}"}'),
        ({"mode": "file", "file": {"src": "/a"}}, b""),
        (None, b""),
    ],
)
def test_a_request_body_has_several_forms(body, expected):
    response = saved(originalRequest=saved()["originalRequest"] | {"body": body})
    assert viewer.load(write(collection(item(response)))).interactions[0].request.body == expected


def test_without_an_original_request_that_of_the_item_is_shown():
    loaded = viewer.load(write(collection(item(saved(originalRequest=None)), item(saved(originalRequest=URL)))))
    assert [interaction.request.url for interaction in loaded.interactions] == [URL, URL]


def test_headers_may_be_lines_of_text():
    loaded = viewer.load(write(collection(item(saved(header="Content-Type: text/event-stream\nX-Id: 7\n")))))
    assert dict(loaded.interactions[0].response.headers) == {"Content-Type": "text/event-stream", "X-Id": "7"}


def test_requests_without_a_saved_response_are_counted():
    loaded = viewer.load(write(collection(item(), item(saved()), item(response=None))))
    assert len(loaded.interactions) == 1
    assert any(problem.message.startswith("2 requests in the collection") for problem in loaded.problems)


def test_a_collection_without_saved_responses_is_refused():
    with pytest.raises(viewer.CassetteError, match="no saved responses"):
        viewer.load(write(collection(item())))


@pytest.mark.parametrize("schema", ["https://example.com/v2.1.0/", "schema.getpostman.com", 5, None])
def test_other_objects_with_items_are_not_claimed(schema):
    other = collection(item(saved()), schema=schema) | {"note": "postman.com"}
    assert postman.recognise(Document(write(other), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_responses_readable():
    for _, changed in with_odd_values(item(saved())):
        assert viewer.load(write(collection(changed, item(saved())))).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(collection({"name": "f", "item": [item(saved())]}, item()))
    nested = item(saved())
    for _ in range(300):
        nested = {"name": "f", "item": [nested]}
    assert len(viewer.load(write(collection(nested))).streams) == 1
