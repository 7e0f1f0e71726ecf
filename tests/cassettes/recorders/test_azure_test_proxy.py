import base64

import orjson
import pytest

import viewer

LINES = ['data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n', "\n", "data: [DONE]\n", "\n"]


def entry(body, content_type="text/event-stream; charset=utf-8", **changes):
    """A synthetic entry in the layout of the test proxy."""
    return {
        "RequestUri": "https://api.openai.com/v1/chat/completions",
        "RequestMethod": "POST",
        "RequestHeaders": {"Content-Type": "application/json", "Accept": ["a", "b"]},
        "RequestBody": {"stream": True},
        "StatusCode": 200,
        "ResponseHeaders": {"Content-Type": content_type} if content_type else {},
        "ResponseBody": body,
        **changes,
    }


def load(*entries):
    return viewer.load(orjson.dumps({"Entries": list(entries), "Variables": {}}), "a.json")


def test_the_lines_of_a_stream_are_joined():
    loaded = load(entry(LINES), entry({"a": 1}, "application/json"))
    assert loaded.format == "azure-test-proxy"
    first, second = loaded.interactions
    assert (first.request.method, first.request.headers["accept"]) == ("POST", "a, b")
    assert first.request.body == b'{"stream":true}'
    assert first.response.status == 200
    assert first.response.body == "".join(LINES).encode()
    assert second.response.body == b'{"a":1}'
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (base64.b64encode(b"\x00\xff").decode(), "application/vnd.amazon.eventstream", b"\x00\xff"),
        ("no base64!", "audio/mpeg", b"no base64!"),
        ("abcd", "text/plain", b"abcd"),
        ("abcd", "application/problem+json", b"abcd"),
        ("abcd", "", b"abcd"),
        (["a", "b"], "application/json; charset=utf-8", b'["a","b"]'),
        (["a", 5, None], "", b"a5"),
        (None, "application/json", b""),
        (5, "audio/mpeg", b"5"),
    ],
)
def test_the_content_type_decides_how_a_body_is_read(body, content_type, expected):
    assert load(entry(body, content_type)).interactions[0].response.body == expected


def test_an_entry_of_the_wrong_type_does_not_affect_the_rest():
    odd = entry([[{"x": 1}], {}], RequestHeaders=5, ResponseHeaders=[1], StatusCode={}, RequestUri=None)
    loaded = load(entry(LINES), odd, 5, {"RequestUri": "x"})
    assert len(loaded.interactions) == 4
    assert {problem.interaction for problem in loaded.problems if problem.severity == "error"} == {2, 3}


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = orjson.dumps({"Entries": [entry(LINES)] * 2}, option=orjson.OPT_INDENT_2)
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "azure-test-proxy"
    assert loaded.streams[0].text() == "Olá"


def test_a_session_without_entries_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.json: the test proxy session has no entries"):
        load()
