"""Betamax cassettes in the layout of its own serializers. All are synthetic, except the shared recordings."""

import base64
import json

import pytest

import viewer
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá 日本"}}]}\n\ndata: [DONE]\n\n'


def tree(body, **response):
    interaction = {
        "request": {
            "body": {"encoding": "utf-8", "string": '{"stream": true}'},
            "headers": {"Content-Type": ["application/json"]},
            "method": "POST",
            "uri": "https://api.openai.com/v1/chat/completions",
        },
        "response": {
            "body": body,
            "headers": {"Content-Type": ["text/event-stream"]},
            "status": {"code": 200, "message": "OK"},
            "url": "https://api.openai.com/v1/chat/completions",
            **response,
        },
        "recorded_at": "2026-11-22T22:41:29",
    }
    return {"http_interactions": [interaction], "recorded_with": "betamax/0.9.0"}


def load(body, **response):
    return viewer.load(json.dumps(tree(body, **response)).encode())


@pytest.mark.parametrize(
    "body",
    [
        {"encoding": "ISO-8859-1", "string": BODY.encode().decode("latin-1")},
        {"encoding": "ISO-8859-1", "base64_string": base64.b64encode(BODY.encode()).decode()},
        {"encoding": "utf-8", "string": BODY},
        {"encoding": None, "string": BODY},
        {"encoding": "ISO-8859-1", "string": BODY},  # Edited by hand: no client reads the body like this.
        {"string": BODY},
        BODY,
    ],
)
def test_every_way_to_store_a_body_gives_the_bytes_that_were_sent(body):
    cassette = load(body)
    assert (cassette.format, cassette.format_version) == ("betamax", "0.9.0")
    [interaction] = cassette.interactions
    assert (interaction.request.method, interaction.request.body) == ("POST", b'{"stream": true}')
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert interaction.response.body == BODY.encode()
    assert cassette.streams[0].text() == "Olá 日本"
    assert cassette.problems == []


@pytest.mark.parametrize("recorded_with", ["betamax", "betamax/{version}"])
def test_recorder_names_of_old_versions_are_recognised(recorded_with):
    cassette = viewer.load(json.dumps({**tree({"string": BODY}), "recorded_with": recorded_with}).encode())
    assert (cassette.format, cassette.format_version) == ("betamax", "")


def test_a_cassette_without_its_end_is_recognised_by_what_python_writes():
    whole = json.dumps(tree({"encoding": "ISO-8859-1", "string": BODY.encode().decode("latin-1")})).encode()
    for end in (whole.index(b', "recorded_at"'), whole.rindex(b"data: ")):
        cassette = viewer.load(whole[:end])
        assert cassette.format == "betamax"
        assert cassette.streams[0].text() == "Olá 日本"


def test_a_cassette_that_names_another_recorder_is_not_betamax():
    assert viewer.load(json.dumps({**tree({"string": BODY}), "recorded_with": "VCR 6.4.0"}).encode()).format == (
        "ruby-vcr"
    )


def test_a_time_without_a_zone_is_utc():
    assert load({"string": BODY}).interactions[0].times.ended == Moment(1795387289.0, 1.0)


@pytest.mark.parametrize("odd", [None, 5, True, "x", [], [5], {}, {"encoding": ["utf-8"]}])
def test_values_of_any_type_can_be_read(odd):
    whole = tree({"string": BODY})
    del whole["recorded_with"]
    for place in ("request", "response"):
        changed = {**whole["http_interactions"][0], place: odd}
        assert len(viewer.load(json.dumps({"http_interactions": [changed, odd]}).encode()).interactions) == 2
