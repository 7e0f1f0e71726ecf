"""Synthetic cassettes of ReqCassette, in the layouts of its versions."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import req_cassette
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
TEXT = {"body_type": "text", "body": BODY}


def interaction(response=TEXT, **more):
    return {
        "request": {
            "method": "POST",
            "uri": "https://api.openai.com/v1/chat/completions",
            "query_string": "",
            "headers": {"accept": ["*/*"]},
            "body_type": "json",
            "body_json": {"stream": True},
        },
        "response": {"status": 200, "headers": {"content-type": ["text/event-stream"]}, **response},
        "recorded_at": "2025-10-16T14:23:45.123456Z",
        **more,
    }


def load(*interactions, version="2.0"):
    return viewer.load(write({"version": version, "interactions": list(interactions)}), "a.json")


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_an_interaction_has_request_stream_and_the_end_of_the_response(version):
    loaded = load(interaction(), version=version)
    assert (loaded.format, loaded.format_version, loaded.problems) == ("req_cassette", version, [])
    [one] = loaded.interactions
    assert (one.request.method, one.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert one.request.body == b'{"stream":true}'
    assert (one.response.status, one.response.content_type) == (200, "text/event-stream")
    assert one.times.ended == Moment(pytest.approx(1760624625.123456), 1e-6)
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"body_type": "json", "body_json": {"a": [1]}}, b'{"a":[1]}'),
        ({"body_type": "json", "body_json": "text"}, b'"text"'),
        ({"body_type": "json", "body_json": None}, b"null"),
        ({"body_type": "blob", "body_blob": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"body_type": "text", "body": ""}, b""),
        ({"body_type": "text"}, b""),
    ],
)
def test_every_type_of_body_gives_its_bytes(response, expected):
    assert load(interaction(response)).interactions[0].response.body == expected


def test_the_query_is_part_of_the_url():
    item = interaction()
    item["request"]["query_string"] = "alt=sse&a=1"
    assert load(item).interactions[0].request.url.endswith("/completions?alt=sse&a=1")


def test_a_template_has_placeholders_and_a_note_says_so():
    loaded = load(interaction(template={"enabled": True, "patterns": {}}))
    assert any("{{name.0}}" in problem.message for problem in loaded.problems)
    assert not load(interaction(template={"enabled": False})).problems


@pytest.mark.parametrize("recorded_at", ["MIGRATED_FROM_V0.1", 5, None])
def test_a_time_that_is_not_one_is_unknown(recorded_at):
    assert load(interaction(recorded_at=recorded_at)).interactions[0].times.ended is None


@pytest.mark.parametrize(
    "other",
    [
        {"request": {"uri": "u", "body": {"type": "text", "content": BODY}}, "response": {"body_type": "text"}},
        {"request": {"uri": "u"}, "response": {"body_type": "text", "body_content": BODY}},
        {"request": {"uri": "u", "body": "a"}, "response": {"body": {"string": BODY}, "status": {"code": 200}}},
    ],
)
def test_cassettes_of_similar_recorders_are_not_claimed(other):
    assert req_cassette.recognise(Document(write({"interactions": [other]}), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write({"version": "2.0", "interactions": [interaction(), interaction()]})
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert (loaded.format, loaded.streams[0].text()) == ("req_cassette", "Olá")
    assert any("cut off" in problem.message for problem in loaded.problems)


def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable():
    for _, changed in with_odd_values(interaction()):
        loaded = load(changed, interaction())
        assert loaded.format == "req_cassette"
        assert loaded.streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged({"version": "2.0", "interactions": [interaction(), interaction()]})
