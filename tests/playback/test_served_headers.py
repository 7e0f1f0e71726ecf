import pytest

from tests.support.recorded_exchanges import cassette_of, events, exchange, recorded_with
from viewer.playback.playable import playables_of


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
