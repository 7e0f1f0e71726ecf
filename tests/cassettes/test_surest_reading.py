"""Files that look like those of a known recorder but keep their bodies elsewhere, and how the recorder is chosen."""

import json
from contextlib import suppress

import pytest
import yaml

import viewer

SSE = (
    'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hail"}}]}\n\n'
    'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" soon."},"finish_reason":"stop"}]}\n\n'
    "data: [DONE]\n\n"
)
ANSWER = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hail soon."}, "finish_reason": "stop"}],
}
URL = "https://api.openai.com/v1/chat/completions"
BY_URL = {"method": "POST", "url": URL, "body": "{}"}
BY_URI = {"method": "POST", "uri": URL, "body": "{}"}


def interactions(request, **response):
    return {"version": 1, "interactions": [{"request": request, "response": response}]}


FOREIGN = {
    "go-vcr": interactions(BY_URL, code=200, status="200 OK", text=SSE),
    "go-vcr's duration": interactions(BY_URL, duration="1s", payload=SSE),
    "status as number": interactions(BY_URL, status=200, stream=SSE),
    "cassetter": interactions(BY_URI, status=200, body={"type": "text", "value": SSE}),
    "typed body": interactions(BY_URI, status=200, body_type="text", body_text=SSE),
    "VCR.py": interactions(BY_URI, status={"code": 200}, raw=SSE),
    "WireMock": {"request": {"method": "POST", "url": URL}, "response": {"status": 200, "text": SSE}},
    "WireMock's list": {"mappings": [{"request": {"url": URL}, "response": {"status": 200, "body_sse": SSE}}]},
    "wrapped body": {"request": {"url": URL}, "response": {"status": 200, "body": {"kind": "sse", "text": SSE}}},
    "seinfeld": {"entries": [{"matchKey": "k", "request": BY_URL, "response": {"status": 200, "sse": SSE}}]},
    "Ruby VCR": {"http_interactions": [{"request": BY_URI, "response": {"raw": SSE}}]},
    "HAR": {"log": {"entries": [{"request": BY_URL, "response": {"status": 200, "data": SSE}}]}},
}
WRITERS = [json.dumps, yaml.safe_dump, lambda tree: f"{json.dumps(tree)}\n{json.dumps(tree)}\n"]
NAMED_AFTER = {"go-vcr", "cassetter", "vcrpy", "wiremock", "seinfeld", "ruby-vcr", "har", "dd-test-agent"}


@pytest.mark.parametrize("write", WRITERS, ids=["json", "yaml", "json-lines"])
@pytest.mark.parametrize("tree", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_keeps_its_stream_and_its_request(tree, write):
    cassette = viewer.load(write(tree).encode())
    assert cassette.format not in NAMED_AFTER
    assert {stream.text() for stream in cassette.streams} == {"Hail soon."}
    assert {one.request.url for one in cassette.interactions} == {URL}
    assert len(cassette.streams) == (2 if write is WRITERS[2] else 1)


@pytest.mark.parametrize(
    "tree",
    [
        [
            {
                "scope": "https://api.openai.com",
                "path": "/v1",
                "method": "POST",
                "status": 200,
                "response": {"text": SSE},
            }
        ],
        {"when": {"path": "/v1", "method": "POST"}, "then": {"status": 200, "raw": SSE}},
        {"status": 200, "headers": {}, "body": {"text": SSE}},
        {"Entries": [{"RequestUri": URL, "RequestMethod": "POST", "StatusCode": 200, "Response": SSE}]},
    ],
    ids=["nock", "httpmock", "http-json", "azure"],
)
def test_without_a_better_recorder_the_events_are_found_anywhere_in_the_file(tree):
    cassette = viewer.load(json.dumps(tree).encode())
    assert cassette.format in ("text", "chunk-list")
    assert cassette.streams[0].text() == "Hail soon."


def test_a_long_answer_that_only_another_recorder_reads_is_preferred_with_a_note():
    cassette = viewer.load(json.dumps(interactions(BY_URL, code=200, status="200 OK", body_json=ANSWER)).encode())
    assert (cassette.format, cassette.answers[0].text) == ("request-response", "Hail soon.")
    assert any("looks like one of go-vcr" in one.message for one in cassette.problems)


def test_a_cassette_without_any_body_stays_that_of_its_recorder():
    cassette = viewer.load(json.dumps(interactions(BY_URL, code=204, status="204 No Content", body="")).encode())
    assert cassette.format == "go-vcr"
    assert [one.message for one in cassette.problems] == ["The response has no body."]


def test_a_stream_beside_known_bodies_is_added_with_a_warning():
    tree = interactions(BY_URI, status={"code": 200}, body={"string": "{}"})
    cassette = viewer.load(yaml.safe_dump({**tree, "note": SSE}).encode())
    assert cassette.format == "vcrpy"
    assert [one.request.url for one in cassette.interactions] == [URL, ""]
    assert cassette.streams[0].text() == "Hail soon."
    assert any("where vcrpy writes no bodies" in one.message for one in cassette.problems if one.severity == "warning")


def test_a_stream_that_the_request_quotes_is_no_response():
    request = {"uri": URL, "body": json.dumps({"messages": [{"role": "user", "content": SSE}]})}
    parsed = {"uri": URL, "parsed_body": {"messages": [{"role": "user", "content": SSE}]}}
    for one in (request, parsed):
        cassette = viewer.load(json.dumps(interactions(one, status={"code": 200}, body={"string": "{}"})).encode())
        assert (cassette.format, len(cassette.interactions), cassette.streams) == ("vcrpy", 1, [])


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("tree", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_that_is_cut_off_is_read_or_refused(tree, cut):
    data = json.dumps(tree)
    try:
        cassette = viewer.load(data[: int(len(data) * cut)].encode())
    except viewer.CassetteError:
        return
    assert cassette.problems


@pytest.mark.parametrize("odd", [None, 5, True, "x", [], [5], {}, {"a": [{"b": 1}]}, [[[[[[[[[[]]]]]]]]]]])
@pytest.mark.parametrize("tree", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_with_a_wrong_type_in_any_place_is_read_or_refused(tree, odd):
    def variants(value):
        yield odd
        if isinstance(value, dict):
            for key in value:
                yield from ({**value, key: changed} for changed in variants(value[key]))
        elif isinstance(value, list):
            yield from ([changed] for changed in variants(value[0]))

    for variant in variants(tree):
        with suppress(viewer.CassetteError):
            viewer.load(json.dumps(variant).encode())
