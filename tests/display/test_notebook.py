"""What a notebook saves in its file holds no secrets."""

import json

import pytest

import viewer
from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.display.notebook import cassette_html, stream_html

SECRET = planted.secrets_of("anthropic-key")[0]
PASSWORD = "tulip-harbour-73"  # noqa: S105 - made up
ARGUMENTS = json.dumps({"password": PASSWORD})


def call(arguments):
    return {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "login", "arguments": arguments}}]}


DELTAS = [{"content": f"key {SECRET[:12]}"}, {"content": SECRET[12:]}, call(ARGUMENTS[:16]), call(ARGUMENTS[16:])]


@pytest.fixture
def cassette():
    return viewer.load(chat(DELTAS), "a.sse")


def shown(cassette):
    """Everything that a notebook can show: the cassette, its stream, and a stream whose cassette is gone."""
    yield cassette._repr_html_()
    yield cassette.streams[0]._repr_html_()
    yield viewer.load(chat(DELTAS), "a.sse").streams[0]._repr_html_()


def test_neither_a_cassette_nor_a_stream_shows_secrets(cassette):
    for html in shown(cassette):
        assert "key ••••" in html
        assert SECRET[12:] not in html
        assert PASSWORD not in html


def test_everything_can_be_kept(cassette):
    for html in (cassette_html(cassette, redact=False), stream_html(cassette.streams[0], redact=False)):
        assert SECRET in html
        assert PASSWORD in html


def test_more_can_be_removed(cassette):
    assert "login" in cassette_html(cassette)
    assert "key ••••" not in cassette_html(cassette, redact=viewer.Redaction(metrics_only=True))


def test_a_cassette_is_redacted_once(cassette, monkeypatch):
    first = cassette_html(cassette)
    monkeypatch.setattr("viewer.display.outgoing_recordings.outgoing", lambda *_: pytest.fail("redacted again"))
    assert cassette_html(cassette) == first
    assert stream_html(cassette.streams[0]) in first


def test_a_secret_that_is_left_is_a_sentence_and_not_an_exception(cassette, monkeypatch):
    monkeypatch.setattr("viewer.display.notebook._cassette_html", lambda _: SECRET)
    html = cassette_html(cassette)
    assert "a secret that was removed" in html
    assert SECRET[12:] not in html
