"""Synthetic fixtures of TalkCody, in the layout of its own writer."""

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import talkcody

URL = "https://open.bigmodel.cn/api/paas/v4/chat/completions"
DELTA = '{"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}'
EVENTS = [{"event": None, "data": DELTA}, {"event": None, "data": "[DONE]"}]
HEADERS = {"content-type": "text/event-stream"}


def fixture(**response):
    return {
        "version": 1,
        "provider_id": "zhipu",
        "protocol": "OpenAiCompatible",
        "model": "glm-4.7",
        "endpoint_path": "chat/completions",
        "request": {
            "method": "POST",
            "url": URL,
            "headers": {"authorization": "REDACTED"},
            "body": {"stream": True},
        },
        "response": {"status": 200, "headers": HEADERS, **(response or {"type": "stream", "sse_events": EVENTS})},
        "test_input": None,
        "expected_events": [{"type": "text-delta", "text": "Not the answer"}],
    }


def load(tree):
    return viewer.load(write(tree), "a.json")


def test_events_are_a_stream_as_on_the_wire():
    loaded = load(fixture())
    assert (loaded.format, loaded.format_version, loaded.problems) == ("talkcody", "1", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", URL)
    assert interaction.request.body == b'{"stream":true}'
    assert interaction.response.body == f"data: {DELTA}\n\ndata: [DONE]\n\n".encode()
    [stream] = loaded.streams
    assert (stream.text(), stream.complete, stream.timing.grade) == ("Olá", True, "paced")


def test_an_event_keeps_its_type_and_its_lines():
    events = [{"event": "ping", "data": "a\nb"}]
    [interaction] = load(fixture(type="stream", sse_events=events)).interactions
    assert interaction.response.body == b"event: ping\ndata: a\ndata: b\n\n"


def test_events_of_a_websocket_have_no_headers_and_are_a_stream():
    loaded = load(fixture(type="stream", headers={}, sse_events=EVENTS))
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


@pytest.mark.parametrize(("body", "expected"), [({"error": {"code": 5}}, b'{"error":{"code":5}}'), ("no", b"no")])
def test_an_error_has_its_body(body, expected):
    loaded = load(fixture(type="json", status=404, body=body))
    assert (loaded.interactions[0].response.status, loaded.interactions[0].response.body) == (404, expected)


def test_a_fixture_without_a_response_is_a_problem():
    loaded = load({name: value for name, value in fixture().items() if name != "response"})
    assert any("no response" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    "other",
    [{"sse_events": EVENTS}, {"response": {"sse_events": EVENTS}}, {"endpoint_path": "x", "request": {"url": URL}}],
)
def test_other_files_with_events_are_not_claimed(other):
    assert talkcody.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(fixture())
    loaded = viewer.load(whole[: whole.index(b"[DONE]")])
    assert (loaded.format, loaded.streams[0].text()) == ("talkcody", "Olá")
    assert any("cut off" in problem.message for problem in loaded.problems)


def test_a_value_of_any_type_in_any_place_is_read_as_far_as_possible():
    for place, changed in with_odd_values(fixture()):
        if place[0] not in ("request", "response") or place[1:2] not in [("headers",), ("status",), ("body",)]:
            continue
        loaded = load(changed)
        assert loaded.format == "talkcody"
        assert loaded.streams[0].text() == "Olá"


def test_no_damage_raises():
    use_damaged(fixture())
