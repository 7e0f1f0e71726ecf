"""Which interactions can be served, and what is served of them."""

from dataclasses import replace

import pytest

from tests.support.recorded_exchanges import cassette_of, events, exchange
from viewer.playback.playable import playables_of, refuse_unplayable
from viewer.redaction.cassette import Redaction
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

KEY = "sk-proj-abcdefghij0123456789ABCDEFGHIJ"


def test_headers_of_the_connection_and_of_an_encoded_body_are_not_served():
    recorded = {
        "Content-Type": "text/event-stream",
        "Content-Encoding": "gzip",
        "Content-Length": "17",
        "Transfer-Encoding": "chunked",
        "Connection": "keep-alive",
        "Access-Control-Allow-Origin": "*",
        "X-Request-Id": "req_1",
        "Retry-After": "2",
    }
    (playable,) = playables_of(cassette_of(exchange(headers=recorded)), None)
    assert dict(playable.headers) == {
        "content-type": "text/event-stream",
        "x-request-id": "req_1",
        "retry-after": "2",
    }


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"".join(events("x")), "text/event-stream"),
        (b'{"a":1}\n{"a":2}\n', "application/x-ndjson"),
        (b'{"a": 1}', "application/json"),
        (b"plain", "application/octet-stream"),
    ],
)
def test_a_media_type_that_is_not_recorded_is_that_of_the_body(body, media_type):
    (playable,) = playables_of(cassette_of(exchange([body], headers={})), None)
    assert dict(playable.headers) == {"content-type": media_type}


def test_header_values_cannot_hold_line_ends():
    (playable,) = playables_of(cassette_of(exchange(headers={"x-a": "1\r\nx-b: 2"})), None)
    assert ("x-a", "1 x-b: 2") in playable.headers


def test_secrets_in_responses_are_not_served_unless_it_is_asked_for():
    cassette = cassette_of(exchange(events(f"key {KEY[:20]}", KEY[20:])))
    (redacted,) = playables_of(cassette, Redaction())
    (as_recorded,) = playables_of(cassette, None)
    assert KEY[:20].encode() not in redacted.body
    assert as_recorded.body == cassette.interactions[0].response.body
    assert redacted.schedule.ends[-1] == len(redacted.body)
    # What is compared with the client's request stays as recorded.
    assert redacted.request == cassette.interactions[0].request


def test_a_body_that_is_gone_is_not_served_as_an_empty_one():
    lost = Problem("warning", "The response body is in a file of its own, which is missing: b.json.", interaction=0)
    (playable,) = playables_of(cassette_of(exchange([]), problems=[lost]), None)
    assert "which is missing: b.json" in playable.trouble
    with pytest.raises(CassetteError, match=r"made\.yaml, interaction 0: cannot be served: .*b.json"):
        refuse_unplayable([playable])


def test_an_answer_without_a_body_is_served():
    (playable,) = playables_of(cassette_of(exchange([], status=204)), None)
    assert (playable.trouble, playable.status) == ("", 204)
    refuse_unplayable([playable])


def test_a_request_without_a_response_cannot_be_served():
    alone = Interaction(Request("POST", "https://x/v1"), Response(headers=Headers()))
    (playable,) = playables_of(cassette_of(alone), None)
    assert playable.trouble == "The recording holds no response."


def test_nothing_at_all_cannot_be_served():
    with pytest.raises(CassetteError, match="no interactions"):
        refuse_unplayable([])


def recorded_with(status=200, headers=(), body=b'{"a":1}'):
    one = exchange()
    return cassette_of(replace(one, response=replace(one.response, status=status, headers=Headers(headers), body=body)))


def test_each_cookie_is_a_header_of_its_own():
    cookies = ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/", "b=2"]
    (one,) = playables_of(recorded_with(headers=[("Set-Cookie", cookie) for cookie in cookies]), None)
    assert [value for name, value in one.headers if name == "set-cookie"] == cookies


def test_headers_that_http_cannot_carry_are_left_out():
    headers = [(":status", "200"), ("na me", "x"), ("naïve", "x"), ("", "x"), ("x-kept", "a\x0bb\r\nx-made: c\0")]
    (one,) = playables_of(recorded_with(headers=[*headers, ("content-type", "text/plain")]), None)
    assert one.headers == (("x-kept", "a b x-made: c"), ("content-type", "text/plain"))


def test_what_this_server_said_of_an_earlier_answer_is_not_said_again():
    earlier = [("cassette-viewer-times", "paced"), ("cassette-viewer-fault", "slow=4"), ("content-type", "text/plain")]
    (one,) = playables_of(recorded_with(headers=earlier), None)
    assert one.headers == (("content-type", "text/plain"),)


@pytest.mark.parametrize("status", [-1, 99, 100, 103, 600, 999, 1000])
def test_a_status_that_no_answer_has_is_told(status):
    (one,) = playables_of(recorded_with(status), None)
    assert one.trouble == f"The status {status} is not that of an answer."


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_is_served_without_the_recorded_one(status):
    (one,) = playables_of(recorded_with(status), None)
    assert (one.status, one.body, one.schedule.ends, one.trouble) == (status, b"", (), "")
