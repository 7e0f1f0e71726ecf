"""What spans and log records share: whose they are, and their strings as a check for secrets reads them."""

import json

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har, tool_call
from tests.support.otlp_requests import resource_of
from viewer.display.otlp import otlp_records, otlp_spans
from viewer.redaction import Redaction
from viewer.redaction.outputs import outgoing

# Escaped twice in the messages of a span.
ODD = 'pä"ss\\wörd-Q7z91'


@pytest.fixture(scope="module")
def cassette():
    called = tool_call("login", json.dumps({"password": ODD}))
    return viewer.load(har(entry(asked(), chat(called, finish="tool_calls"))), "login.har")


@pytest.mark.parametrize("export", [otlp_spans, otlp_records])
def test_a_secret_with_characters_that_json_escapes_is_still_seen_by_a_check(cassette, export):
    leaving = outgoing(cassette, Redaction())
    leaving.check(export(leaving.cassette).unescaped)
    assert ODD in export(cassette).unescaped
    with pytest.raises(viewer.CassetteError, match="a secret that was removed"):
        leaving.check(export(cassette).unescaped)


def test_the_resource_names_the_recording(cassette):
    resource = resource_of(otlp_records(cassette).text)
    assert resource == {
        "service.name": "unknown_service",
        "cassette.name": "login.har",
        "cassette.format": cassette.recorder,
        "cassette.calls": "1",
    }


def test_an_export_is_ascii_without_control_characters_beside_its_line_ends():
    cassette = viewer.load(har(entry(asked(), chat("\x1b[31m\x9b1m é"))), "a.har")
    for export in (otlp_spans, otlp_records):
        text = export(cassette).text
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
