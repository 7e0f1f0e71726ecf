"""No output that holds a removed value is returned."""

import base64
import json
import zlib

import pytest

import viewer
from tests.redaction.test_cassette import chat, go_vcr
from viewer.redaction.cassette import redact_to_share
from viewer.redaction.known_values import KnownValue, KnownValues
from viewer.redaction.verification import check_lanes, check_output
from viewer.types.problems import CassetteError

REMOVED = KnownValues([KnownValue("json-key", "hunter2-sekret")])


def deflated(text):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode()


@pytest.mark.parametrize(
    ("output", "place"),
    [
        ("a\nb hunter2-sekret", "in line 2"),
        (b"a\nb hunter2-sekret \xff", "in line 2"),
        (json.dumps({"a": "hunter2-\\u0073ekret"}), "in line 1"),
        (f"<script>{deflated('some text and more, ' * 9 + 'hunter2-sekret')}</script>", "in its packed data"),
        (f"<script>{deflated(deflated('some text and more: ' * 9 + 'hunter2-sekret'))}</script>", "in its packed data"),
    ],
)
def test_an_output_that_holds_a_removed_value_is_refused_with_its_place(output, place):
    with pytest.raises(CassetteError, match=rf"page: a secret that was removed \(json-key\) is left {place}\."):
        check_output(output, REMOVED, "page")


def test_an_output_without_the_removed_value_passes():
    check_output("hunter2 and sekret " + deflated("nothing " * 30), REMOVED, "page")
    check_output("hunter2-sekret", KnownValues([]), "page")


def test_what_the_fixed_parts_of_a_page_hold_is_no_secret():
    check_output("let hunter2-sekret = 1; text", REMOVED, "page", fixed="let hunter2-sekret = 1;")


def test_a_removed_value_that_chunks_hold_together_is_refused():
    cassette = viewer.load(
        go_vcr(response=chat([{"content": piece} for piece in ("it is hun", "ter2-sek", "ret")])), "a.yaml"
    )
    with pytest.raises(CassetteError, match=r"a\.yaml, interaction 0: a secret that was removed"):
        check_lanes(cassette, REMOVED)
    check_lanes(cassette, KnownValues([KnownValue("json-key", "it is nothing")]))


def test_a_report_with_a_secret_left_is_not_written(monkeypatch, tmp_path):
    recorded = go_vcr(body=b'{"password": "hunter2-sekret"}', response=chat([{"content": "so"}]))
    cassette = viewer.load(recorded, "a.yaml")
    viewer.report(cassette, tmp_path / "a.html")
    # A page that is not made of what was redacted.
    monkeypatch.setattr("viewer.display.report.page.conversation_of", lambda *_: viewer_conversation(cassette))
    with pytest.raises(CassetteError, match=r"a\.yaml: a secret that was removed \(json-key\) is left"):
        viewer.report(cassette, tmp_path / "b.html")
    assert (tmp_path / "a.html").exists()
    assert not (tmp_path / "b.html").exists()


def viewer_conversation(cassette):
    from viewer.conversation.conversation import conversation_of

    return conversation_of(cassette.interactions[0], cassette.streams[0])


def test_what_was_removed_is_known_to_the_redacted_cassette():
    redacted = redact_to_share(viewer.load(go_vcr(body=b'{"password": "hunter2-sekret"}'), "a.yaml"))
    assert [(span.rule, span.value) for span in redacted.removed.find("hunter2-sekret")] == [
        ("json-key", "hunter2-sekret")
    ]


def test_an_output_that_inflates_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("viewer.redaction.verification._MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(CassetteError, match="too many to check"):
        check_output(deflated("x" * 2_000_000), REMOVED, "page")
