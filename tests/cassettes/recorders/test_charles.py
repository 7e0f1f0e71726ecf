"""Synthetic sessions in the layout of Charles's JSON export."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import charles
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
TIMES = {
    "start": "2026-05-03T22:01:02.500+02:00",
    "requestComplete": "2026-05-03T22:01:02.520+02:00",
    "responseBegin": "2026-05-03T22:01:03.125+02:00",
    "end": "2026-05-03T22:01:04.750+02:00",
}


def head(media_type, first_line=None):
    return {"firstLine": first_line, "headers": [{"name": "Content-Type", "value": media_type}]}


def exchange(**more):
    return {
        "status": "COMPLETE",
        "method": "POST",
        "protocolVersion": "HTTP/2.0",
        "scheme": "https",
        "host": "api.openai.com",
        "port": None,
        "actualPort": 443,
        "path": "/v1/chat",
        "query": None,
        "tunnel": False,
        "times": TIMES,
        "durations": {"total": 2250, "latency": 605, "response": 1625},
        "request": {"header": head("application/json"), "body": {"text": "{}", "charset": "utf-8"}},
        "response": {
            "status": 200,
            "header": head("text/event-stream", "HTTP/1.1 200 All right"),
            "body": {"text": BODY, "charset": "utf-8", "decoded": True},
        },
        **more,
    }


def test_a_session_is_read_with_its_times():
    loaded = viewer.load(write([exchange(), exchange()]))
    assert (loaded.format, len(loaded.interactions), loaded.problems) == ("charles", 2, [])
    interaction = loaded.interactions[0]
    request, response, times = interaction.request, interaction.response, interaction.times
    assert (request.method, request.url, request.body) == ("POST", "https://api.openai.com/v1/chat", b"{}")
    assert request.headers["content-type"] == "application/json"
    assert (response.status_line, response.content_type) == ("200 All right", "text/event-stream")
    assert response.body == BODY.encode()
    assert (times.headers_s, times.whole_s) == (pytest.approx(0.625), pytest.approx(2.25))
    assert times.started == Moment(pytest.approx(1777838462.5), 0.001)
    assert times.ended == Moment(pytest.approx(1777838464.75), 0.001)
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ({"query": "a=1"}, "https://api.openai.com/v1/chat?a=1"),
        ({"actualPort": 8443}, "https://api.openai.com:8443/v1/chat"),
        ({"scheme": "http", "actualPort": 80}, "http://api.openai.com/v1/chat"),
    ],
)
def test_a_url_is_put_together_from_its_parts(place, url):
    assert viewer.load(write([exchange(**place)])).interactions[0].request.url == url


def test_an_encoded_body_is_base64():
    body = {"encoding": "base64", "encoded": base64.b64encode(BODY.encode()).decode()}
    response = exchange()["response"] | {"body": body}
    assert viewer.load(write([exchange(response=response)])).streams[0].text() == "Olá"


def test_without_moments_the_duration_is_the_time_of_the_whole_call():
    times = viewer.load(write([exchange(times={"start": TIMES["start"]})])).interactions[0].times
    assert (times.headers_s, times.whole_s, times.ended) == (None, 2.25, None)


def test_an_exchange_that_goes_on_has_no_end():
    loaded = viewer.load(write([exchange(status="RECEIVING_RESPONSE_BODY")]))
    assert (loaded.interactions[0].times.whole_s, loaded.interactions[0].times.ended) == (None, None)
    assert any("RECEIVING_RESPONSE_BODY" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    "change", [{"status": 200}, {"times": None, "durations": None}, {"request": {}, "response": {}}]
)
def test_other_lists_are_not_claimed(change):
    assert charles.recognise(Document(write([exchange(**change), {"header": "host"}]), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_exchanges_readable():
    for _, changed in with_odd_values(exchange()):
        assert viewer.load(write([changed, exchange()])).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged([exchange()])
