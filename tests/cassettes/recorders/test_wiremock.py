import base64

import orjson
import pytest
import yaml

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def mapping(**response):
    """A synthetic mapping in the layout of WireMock's own recorder."""
    return {
        "id": "5cea2750",
        "request": {
            "url": "/v1/chat/completions",
            "method": "POST",
            "headers": {"Content-Type": {"equalTo": "application/json"}, "Accept": {"matches": ".*"}},
            "bodyPatterns": [5, {"equalToJson": '{"stream":true}', "ignoreArrayOrder": True}],
        },
        "response": {"status": 200, "headers": {"Content-Type": "text/event-stream", "Via": ["a", "b"]}, **response},
    }


@pytest.mark.parametrize("write", [orjson.dumps, lambda tree: yaml.safe_dump(tree, allow_unicode=True).encode()])
def test_json_and_yaml_are_read(write):
    loaded = viewer.load(write(mapping(body=BODY)))
    assert loaded.format == "wiremock"
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", "/v1/chat/completions")
    assert dict(interaction.request.headers) == {"Content-Type": "application/json"}
    assert interaction.request.body == b'{"stream":true}'
    assert interaction.response.headers["via"] == "a, b"
    assert loaded.streams[0].text() == "Olá"


def test_each_mapping_of_a_list_is_an_interaction():
    loaded = viewer.load(orjson.dumps({"mappings": [mapping(body=BODY), mapping(body=BODY), 5]}))
    assert len(loaded.interactions) == 3
    assert len(loaded.streams) == 2
    assert [problem.interaction for problem in loaded.problems if problem.severity == "error"] == [2]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"base64Body": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"jsonBody": {"a": [1]}}, b'{"a":[1]}'),
        ({"body": "", "base64Body": None}, b""),
        ({"base64Body": ["?"]}, b'["?"]'),
        ({}, b""),
    ],
)
def test_every_form_of_body_gives_its_bytes(response, expected):
    assert viewer.load(orjson.dumps(mapping(**response))).interactions[0].response.body == expected


def test_a_missing_body_file_is_a_problem_with_its_name():
    loaded = viewer.load(orjson.dumps(mapping(bodyFileName="../../etc/passwd")))
    assert loaded.interactions[0].response.body == b""
    assert any("../../etc/passwd" in problem.message for problem in loaded.problems if problem.severity == "warning")


def test_the_required_query_is_part_of_the_url():
    item = mapping(body=BODY)
    item["request"] = {"urlPath": "/a", "queryParameters": {"alt": {"equalTo": "sse"}, "x": {"matches": "."}, "y": 5}}
    [interaction] = viewer.load(orjson.dumps(item)).interactions
    assert interaction.request.url == "/a?alt=sse"


def test_a_binary_pattern_is_the_body_of_the_request():
    item = mapping(body=BODY)
    item["request"]["bodyPatterns"] = [{"binaryEqualTo": "AP8="}]
    assert viewer.load(orjson.dumps(item)).interactions[0].request.body == b"\x00\xff"


def test_a_mapping_without_a_status_answers_200():
    item = mapping(body=BODY)
    del item["response"]["status"]
    assert viewer.load(orjson.dumps(item)).interactions[0].response.status == 200


@pytest.mark.parametrize("odd", [5, None, [], {"x": 1}])
def test_fields_of_any_type_can_be_read(odd):
    item = mapping(body=odd, headers=odd, statusMessage=odd)
    item["request"] |= {"headers": odd, "bodyPatterns": odd, "method": odd, "queryParameters": odd}
    assert viewer.load(orjson.dumps(item)).format == "wiremock"
