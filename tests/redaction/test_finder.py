"""What the recorder leaves out of its cassettes: everything that redaction finds, and everything that begins like a token."""

import pytest

from tests.support import planted
from viewer.redaction.finder import may_hold_secret
from viewer.redaction.patterns import PATTERNS


@pytest.mark.parametrize("kind", planted.KINDS)
def test_every_kind_of_secret_is_recognised(kind):
    assert all(may_hold_secret(f"it is {secret};") for secret in planted.secrets_of(kind))


@pytest.mark.parametrize(
    "beginning",
    ["sk-", "sk_live_", "xai-", "gsk_", "AKIA", "ASIA", "AIza", "ghp_", "github_pat_", "hf_", "eyJ"]
    + [anchor for pattern in PATTERNS if pattern.is_token for anchor in pattern.anchors],
)
def test_twelve_characters_after_the_beginning_of_a_token_are_enough(beginning):
    assert may_hold_secret(f"a {beginning}planted-text")


@pytest.mark.parametrize(
    "value", ["application/json", "text/event-stream; charset=utf-8", "gzip, deflate, br", "412", "req_011CSqs7"]
)
def test_ordinary_headers_hold_no_secret(value):
    assert not may_hold_secret(value)
