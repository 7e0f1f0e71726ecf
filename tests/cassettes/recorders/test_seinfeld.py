import base64

import orjson
import pytest

import viewer
from viewer.types.http import Moment

EVENTS = ['data: {"choices":[{"index":0,"delta":{"content":"Ol\u00e1"}}]}', ": keep", "data: [DONE]"]


def entry(body, **response):
    """A synthetic entry in the layout of seinfeld's own writer."""
    return {
        "callIndex": 0,
        "id": "e0",
        "matchKey": "POST /v1/chat/completions",
        "recordedAt": "2026-06-18T14:16:44.922Z",
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": {"content-type": "application/json"},
            "body": {"kind": "json", "value": {"stream": True}},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": {"content-type": "text/event-stream"},
            "body": body,
            **response,
        },
    }


def load(*entries, **top):
    return viewer.load(orjson.dumps({"entries": list(entries), "meta": {"createdAt": "2026"}, **top}), "a.json")


def test_the_blank_line_at_the_end_of_each_event_is_restored():
    loaded = load(entry({"kind": "sse", "chunks": EVENTS}), version=1)
    assert (loaded.format, loaded.format_version) == ("seinfeld", "1")
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.body) == ("POST", b'{"stream":true}')
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert interaction.response.body == "\n\n".join([*EVENTS, ""]).encode()
    [stream] = loaded.streams
    assert stream.text() == "Olá"
    assert stream.complete
    assert stream.chunks["event"].nunique() == 3


def test_an_event_with_a_blank_line_does_not_get_another():
    body = (
        load(entry({"kind": "sse", "chunks": [chunk + "\r\n\r\n" for chunk in EVENTS]})).interactions[0].response.body
    )
    assert body == "\n\n".join([*EVENTS, ""]).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "base64", "value": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"kind": "text", "value": '{"a":1}\n'}, b'{"a":1}\n'),
        ({"kind": "json", "value": "text"}, b'"text"'),
        ({"kind": "json", "value": [1]}, b"[1]"),
        ({"kind": "json", "value": None}, b"null"),
        ({"kind": "json"}, b""),
        ({"kind": "empty"}, b""),
        ({"kind": "sse"}, b""),
        ({"kind": "sse", "chunks": [5, None]}, b"5\n\n\n\n"),
        ({"kind": "base64"}, b""),
        (None, b""),
        ("plain", b"plain"),
    ],
)
def test_every_kind_of_body_gives_its_bytes(body, expected):
    assert load(entry(body)).interactions[0].response.body == expected


def test_a_missing_body_file_is_a_problem_with_its_name():
    loaded = load(entry({"kind": "binary", "path": "../../etc/passwd", "sha256": "00"}))
    assert loaded.interactions[0].response.body == b""
    assert any("../../etc/passwd" in problem.message for problem in loaded.problems if problem.severity == "warning")


def test_an_unknown_kind_is_a_problem():
    loaded = load(entry({"kind": ["x"], "value": "y"}))
    assert loaded.interactions[0].response.body == b"y"
    assert any("unknown kind" in problem.message for problem in loaded.problems)


def test_the_recorded_time_is_the_end_of_the_response():
    [interaction] = load(entry({"kind": "sse", "chunks": EVENTS})).interactions
    assert interaction.times.ended == Moment(1781792204.922, 0.001)


@pytest.mark.parametrize("odd", [5, None, [], {"request": []}, {"request": {"body": 5}, "response": {"headers": 5}}])
def test_an_entry_of_the_wrong_type_does_not_affect_the_rest(odd):
    loaded = load(entry({"kind": "sse", "chunks": EVENTS}), odd)
    assert len(loaded.interactions) == 2
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = orjson.dumps({"entries": [entry({"kind": "sse", "chunks": EVENTS})] * 2}, option=orjson.OPT_INDENT_2)
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "seinfeld"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


def test_a_cassette_without_entries_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.json: the seinfeld cassette has no entries"):
        load()
