"""Synthetic cassettes in the layout of govcr's `track.Track`."""

import base64
import gzip

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import govcr

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = {"Scheme": "https", "User": None, "Host": "api.openai.com", "Path": "/v1/chat", "RawPath": "", "RawQuery": "a=1"}


def packed(text):
    return base64.b64encode(text.encode()).decode()


def track(url=URL, **more):
    received = {
        "Status": "200 OK",
        "StatusCode": 200,
        "Header": {"Content-Type": ["text/event-stream"]},
        "Body": packed(BODY),
    }
    sent = {"Method": "POST", "URL": url, "Header": {"Accept": ["a", "b"]}, "Body": packed("{}"), "Host": "other.test"}
    return {"Request": sent, "Response": received, "ErrType": None, "ErrMsg": None, "UUID": "1", **more}


def cassette(*tracks):
    return {"Tracks": list(tracks)}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_tracks_are_read(pack):
    loaded = viewer.load(pack(write(cassette(track()))))
    assert (loaded.format, loaded.problems) == ("govcr", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat?a=1")
    assert (request.headers["accept"], request.body) == ("a, b", b"{}")
    assert (response.status_line, response.body) == ("200 OK", BODY.encode())
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("change", "url"),
    [
        ({"Path": "/a b/é"}, "https://api.openai.com/a%20b/%C3%A9?a=1"),
        ({"Path": "/a/b", "RawPath": "/a%2Fb"}, "https://api.openai.com/a%2Fb?a=1"),
        ({"Host": "", "Scheme": ""}, "//other.test/v1/chat?a=1"),
    ],
)
def test_a_url_is_put_together_as_go_does(change, url):
    assert viewer.load(write(cassette(track(URL | change)))).interactions[0].request.url == url


def test_a_failed_call_is_an_error_with_its_reason():
    loaded = viewer.load(write(cassette(track(Response=None, ErrType="*net.OpError", ErrMsg="dial tcp: refused"))))
    assert any("dial tcp: refused" in problem.message for problem in loaded.problems if problem.severity == "error")


def test_a_cassette_that_is_cut_off_in_its_request_has_a_problem():
    whole = write(cassette(track()))
    loaded = viewer.load(whole[: whole.index(b'"Response"')])
    assert (loaded.format, loaded.interactions[0].request.method) == ("govcr", "POST")
    assert any("no response" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("tracks", [[], [{"Request": {}, "Response": {}}], {}, ["x"]])
def test_other_lists_of_tracks_are_not_claimed(tracks):
    assert govcr.recognise(Document(write({"Tracks": tracks}), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_tracks_readable():
    for _, changed in with_odd_values(track()):
        assert viewer.load(write(cassette(changed, track()))).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(cassette(track()))
