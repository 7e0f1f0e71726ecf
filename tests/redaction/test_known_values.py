"""A value that was removed in one place is found in every other, however it is written there."""

import base64
import html
import json
from urllib.parse import quote

import pytest

import viewer
from tests.redaction.test_cassette import chat, everything_in, go_vcr
from viewer.redaction import redact, redact_file
from viewer.redaction.finder import SecretFinder
from viewer.redaction.known_values import KnownValue, KnownValues, is_distinct

PASSWORD = "hunter2-sekret/§"  # noqa: S105 - made up


def found(text, *removed, kept=()):
    known = KnownValues([KnownValue("rule", value) for value in removed], kept)
    return [text[span.begin : span.end] for span in SecretFinder((), (known.find,)).find(text)]


@pytest.mark.parametrize(
    "written",
    [
        PASSWORD,
        json.dumps(PASSWORD)[1:-1],
        json.dumps(json.dumps(PASSWORD))[3:-3],
        "".join(f"\\u{ord(one):04X}" for one in PASSWORD),
        quote(PASSWORD, safe=""),
        quote(quote(PASSWORD, safe=""), safe=""),
        "".join(f"&#{ord(one)};" for one in PASSWORD),
        "".join(f"&#x{ord(one):x};" for one in PASSWORD),
        html.escape(html.escape("".join(f"&#{ord(one)};" for one in PASSWORD))),
        PASSWORD.encode().hex(),
        PASSWORD.encode().hex().upper(),
        *(base64.b64encode(b"x" * shift + PASSWORD.encode()).decode() for shift in range(3)),
        *(base64.urlsafe_b64encode(b"x" * shift + PASSWORD.encode()).decode() for shift in range(3)),
    ],
)
def test_a_known_value_is_found_in_every_encoding(written):
    assert found(f"so {written} it is", PASSWORD)


def test_a_known_value_is_found_in_folded_base64():
    packed = base64.encodebytes(b"some text of one line and a half, so that it folds " + PASSWORD.encode() * 2).decode()
    assert "\n" in packed.strip()
    assert found(packed, PASSWORD)


@pytest.mark.parametrize(
    ("removed", "elsewhere"),
    [
        ("Bearer a1b2c3d4e5", "a1b2c3d4e5"),
        ("Basic " + base64.b64encode(b"me:hunter2x").decode(), "hunter2x"),
        ("me:hunter2x", "hunter2x"),
        ("sid=0123456789abcdef; theme=dark", "0123456789abcdef"),
        ("hunter2%2Fx", "hunter2/x"),
    ],
)
def test_the_secret_part_of_a_removed_value_is_found_by_itself(removed, elsewhere):
    assert found(f"'{elsewhere}'", removed) == [elsewhere]


@pytest.mark.parametrize(
    "value", ["monday", "Assistant", "chat.completion", "application/json", "true", "12345", "2026", "1.5", "•••••••••"]
)
def test_a_value_like_ordinary_text_is_not_searched_elsewhere(value):
    assert not is_distinct(value)
    assert found(f"it is {value} now", value) == []


def test_a_known_word_inside_a_longer_word_stays():
    assert found("hunter2xy, ahunter2x and hunter2x.", "hunter2x") == ["hunter2x"]


def test_what_the_caller_keeps_is_not_searched():
    assert found("a1b2c3d4e5", "Bearer a1b2c3d4e5", kept=["a1b2c3d4e5"]) == []


def test_a_password_in_a_request_is_removed_from_the_answer_that_repeats_it_over_chunks():
    answer = chat([{"content": piece} for piece in ("it is hun", "ter2-sek", "ret/§, right?")])
    recorded = go_vcr(body=json.dumps({"password": PASSWORD}).encode(), response=answer)
    redacted, findings = redact(viewer.load(recorded, "a.yaml"))
    assert redacted.streams[0].text() == "it is ••••••••••••••••, right?"
    assert not any(PASSWORD[:8] in text for text in everything_in(redacted))
    [finding] = findings
    assert (finding.count, finding.where) == (2, "request 0 body, response 0 body")
    written, _ = redact_file(recorded, "a.yaml")
    assert b"hunter2" not in written
    assert b"ter2-sek" not in written
