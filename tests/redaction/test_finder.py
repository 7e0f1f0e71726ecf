"""Secrets are found in any layer of a text, and so is everything that begins like a token, which the recorder leaves out."""

import base64

import pytest

from tests.support import planted
from viewer.redaction.finder import SecretFinder, may_hold_secret
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


def test_base64_in_a_binary_frame_in_base64_is_unpacked():
    secret = planted.secrets_of("openai-key")[0]
    frame = bytes(range(200, 256)) + base64.b64encode(f"the key is {secret}".encode()) + b"\xff\xfe\0"
    text = f"body: {base64.b64encode(frame).decode()}"
    [span] = SecretFinder(PATTERNS).find(text)
    assert (span.rule, span.value) == ("openai-key", secret)
