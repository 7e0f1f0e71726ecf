"""Synthetic mappings in the layout of WireMock.Net's models."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import wiremock_net

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


def matched(name, pattern, kind="WildcardMatcher"):
    return {"Name": name, "Matchers": [{"Name": kind, "Pattern": pattern, "IgnoreCase": True}]}


def stub(*, request=None, **response):
    sent = {
        "Path": matched("", "/v1/chat/completions"),
        "Methods": ["POST"],
        "Headers": [matched("Accept", "text/event-stream"), matched("X-Any", "*")],
        "Params": [matched("v", "2 b", "ExactMatcher")],
        "Body": {"Matcher": {"Name": "JsonMatcher", "Pattern": '{"model":"m"}'}},
        **(request or {}),
    }
    received = {"StatusCode": 200, "Headers": {"Content-Type": ["text/event-stream"]}, "Body": BODY, **response}
    return {"Guid": "d1", "Request": sent, "Response": {name: one for name, one in received.items() if one is not None}}


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"Mappings": [one]}])
def test_a_mapping_and_a_list_of_them_are_read(wrap):
    loaded = viewer.load(write(wrap(stub())))
    assert (loaded.format, loaded.problems) == ("wiremock-net", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "/v1/chat/completions?v=2+b")
    assert (dict(request.headers), request.body) == ({"Accept": "text/event-stream"}, b'{"model":"m"}')
    assert (response.status, response.content_type, response.body) == (200, "text/event-stream", BODY.encode())
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize("path", ["/v1", {"Matchers": [{"Name": "ExactMatcher", "Patterns": ["/v1", "/v2"]}]}])
def test_a_path_is_a_text_or_the_first_pattern(path):
    loaded = viewer.load(write(stub(request={"Path": path, "Params": None})))
    assert loaded.interactions[0].request.url == "/v1"


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ({"Body": None, "BodyAsJson": {"a": 1}}, b'{"a":1}'),
        ({"Body": None, "BodyAsJson": [1]}, b"[1]"),
        ({"Body": None, "BodyAsBytes": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"Body": None}, b""),
    ],
)
def test_a_body_has_several_forms(response, body):
    assert viewer.load(write(stub(**response))).interactions[0].response.body == body


def test_a_response_without_a_status_is_ok():
    assert viewer.load(write(stub(StatusCode=None))).interactions[0].response.status == 200


def test_a_body_in_a_file_is_read_and_cannot_lead_out_of_its_folders(tmp_path):
    folder = tmp_path / "a" / "b" / "c" / "mappings"
    folder.mkdir(parents=True)
    (tmp_path / "secret.sse").write_text(BODY)
    file = folder / "one.json"
    for name in ("../../../../secret.sse", str(tmp_path / "secret.sse"), "answer.sse"):
        file.write_bytes(write(stub(Body=None, BodyAsFile=name)))
        loaded = viewer.load(file)
        assert loaded.interactions[0].response.body == b""
        assert any(name in problem.message for problem in loaded.problems)
    (folder / "answer.sse").write_text(BODY)
    assert viewer.load(file).streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "other",
    [
        {"Request": {"Method": "POST", "Uri": "/", "Path": "/"}, "Response": {"Body": ""}},
        {"Request": {"Path": "/"}, "Response": {}},
        {"request": {"url": "/"}, "response": {"body": "", "status": 200}},
    ],
)
def test_other_pairs_are_not_claimed(other):
    assert wiremock_net.recognise(Document(write([other]), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_mappings_readable():
    for _, changed in with_odd_values(stub()):
        assert viewer.load(write([changed, stub()])).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([stub(), stub(Body=None, BodyAsFile="a")])
