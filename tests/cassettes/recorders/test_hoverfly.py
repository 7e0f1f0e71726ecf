"""Synthetic simulations in the layout of Hoverfly's schemas."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import hoverfly

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
PARTS = {
    "scheme": "https",
    "method": "POST",
    "destination": "api.openai.com",
    "path": "/v1/chat",
    "body": '{"model":"m"}',
}


def exact(value, matcher="exact"):
    return [{"matcher": matcher, "value": value}]


V1 = {**PARTS, "requestType": "recording", "query": "a=1", "headers": {"Accept": ["x", "y"]}}
V3 = {name: {"exactMatch": value} for name, value in PARTS.items()} | {
    "body": {"jsonMatch": PARTS["body"]},
    "query": {"exactMatch": "a=1"},
    "headers": {"Accept": ["x", "y"]},
}
V5 = {name: exact(value) for name, value in PARTS.items()} | {
    "body": exact(PARTS["body"], "json"),
    "query": {"a": exact("1"), "any": exact("*", "glob")},
    "headers": {"Accept": exact("x, y"), "Other": exact(".*", "regex")},
}


def simulation(*pairs, version="v5.2"):
    actions = {"delays": [], "delaysLogNormal": []}
    meta = {"schemaVersion": version, "hoverflyVersion": "v1.10.4", "timeExported": "2026-05-03T20:01:02Z"}
    return {"data": {"pairs": list(pairs), "globalActions": actions}, "meta": meta}


def pair(request=V5, **response):
    received = {"status": 200, "body": BODY, "encodedBody": False, "headers": {"Content-Type": ["text/event-stream"]}}
    return {"request": request, "response": {**received, "templated": False, "fixedDelay": 500, **response}}


@pytest.mark.parametrize(("request_", "version"), [(V1, "v1"), (V3, "v3"), (V3, "v4"), (V5, "v5"), (V5, "v5.2")])
def test_every_version_of_the_schema_is_read_with_its_requests(request_, version):
    loaded = viewer.load(write(simulation(pair(request_), version=version)))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("hoverfly", version, [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat?a=1")
    assert (dict(request.headers), request.body) == ({"Accept": "x, y"}, b'{"model":"m"}')
    assert (response.status, response.content_type, response.body) == (200, "text/event-stream", BODY.encode())
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("change", "query"),
    [
        ({"query": {"exact": exact("2"), "b": exact("c d")}}, "?exact=2&b=c+d"),
        ({"query": {"globMatch": "a*"}}, ""),
        ({"query": {"exactMatch": ""}}, ""),
        ({"query": None, "queriesWithMatchers": {"a": {"exactMatch": "1"}, "b": {"regexMatch": ".*"}}}, "?a=1"),
        ({"query": {}, "deprecatedQuery": exact("a=1&b=2")}, "?a=1&b=2"),
    ],
)
def test_a_query_has_only_what_must_match_exactly(change, query):
    request = viewer.load(write(simulation(pair(V5 | change)))).interactions[0].request
    assert request.url == f"https://api.openai.com/v1/chat{query}"


def test_a_delay_that_is_configured_is_not_a_recorded_time():
    times = viewer.load(write(simulation(pair()))).interactions[0].times
    assert (times.headers_s, times.whole_s, times.started) == (None, None, None)


def test_an_encoded_body_is_base64():
    packed = base64.b64encode(BODY.encode()).decode()
    assert viewer.load(write(simulation(pair(body=packed, encodedBody=True)))).streams[0].text() == "Olá"


def test_a_body_file_is_read_and_cannot_lead_out_of_the_folder(tmp_path):
    (tmp_path / "secret.sse").write_text(BODY)
    folder = tmp_path / "inside"
    (folder / "bodies").mkdir(parents=True)
    (folder / "bodies" / "one.sse").write_text(BODY)
    file = folder / "simulation.json"
    for name, text in (("../secret.sse", b""), ("bodies/none.sse", b""), ("bodies/one.sse", BODY.encode())):
        file.write_bytes(write(simulation(pair(body="", bodyFile=name))))
        loaded = viewer.load(file)
        assert loaded.interactions[0].response.body == text
        assert any(name in problem.message for problem in loaded.problems) is (not text)


def test_a_simulation_without_pairs_is_refused():
    with pytest.raises(viewer.CassetteError, match="no pairs"):
        viewer.load(write(simulation()))


@pytest.mark.parametrize(
    "change", [{"meta": {"schemaVersion": 5}}, {"meta": {}}, {"data": {"pairs": {}}}, {"data": []}]
)
def test_other_objects_are_not_claimed(change):
    other = write(simulation(pair()) | change | {"note": {"schemaVersion": 1, "pairs": 1}})
    assert hoverfly.recognise(Document(other, "a")) == 0


@pytest.mark.parametrize("request_", [V1, V3, V5])
def test_a_value_of_any_type_in_any_place_leaves_the_other_pairs_readable(request_):
    for _, changed in with_odd_values(pair(request_)):
        assert viewer.load(write(simulation(changed, pair()))).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(simulation(pair(V5), pair(V3, body="", bodyFile="a")))
