"""The table of secret kinds: every kind is found whole, wherever it is written, and what only resembles one is not."""

import re
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from viewer.redaction.finder import SecretFinder
from viewer.redaction.kinds import KINDS
from viewer.redaction.kinds.forms import example
from viewer.redaction.kinds.places import KINDS as PLACES
from viewer.redaction.pattern_search import search_for
from viewer.redaction.patterns import PATTERNS

ROOT = Path(__file__).resolve().parents[2]
FINDER = SecretFinder(PATTERNS)
SEARCH = search_for(PATTERNS)
TOKENS = [kind for kind in KINDS if kind not in PLACES]


def found(text):
    return [(span.rule, span.value) for span in FINDER.find(text)]


def examples(kind):
    """Yield an example of every form of a kind."""
    for form in [kind.form] if kind.expression else kind.form.split(" or "):
        braces = re.search(r"\{([^}]*)\}", form)
        for choice in braces[1].split(",") if braces else [""]:
            yield example(form[: braces.start()] + choice + form[braces.end() :] if braces else form)


WRAPS = (
    "The key is {}, I think.",
    '{{"value": "{}"}}',
    "X={}\n",
    "https://example.com/v1?x={}&y=1",
    "export X='{}'; run",
    "ключ {} 鍵",
    # Long texts are searched in another way.
    "word " * 200 + "{}" + " word" * 200,
)


@pytest.mark.parametrize("kind", TOKENS, ids=lambda kind: kind.rule)
def test_an_example_is_found_whole_in_every_place(kind):
    for secret in examples(kind):
        for wrap in WRAPS:
            values = [value for _, value in found(wrap.format(secret))]
            assert secret in values or (kind.expression and any(secret[-20:] in value for value in values)), wrap


@pytest.mark.parametrize("kind", TOKENS, ids=lambda kind: kind.rule)
def test_a_placeholder_in_the_form_of_a_secret_is_none(kind):
    if not kind.expression:
        secret = re.sub(r"(?<=[_.-])[A-Za-z0-9]{12,}(?![A-Za-z0-9])", lambda run: "x" * len(run[0]), example(kind.form))
        assert "xxxx" not in secret or kind.rule not in [rule for rule, _ in found(f"X={secret}")]


@pytest.mark.parametrize(
    ("form", "characters"),
    [
        ("SK<hex:31>", "one too few"),
        ("AC<hex:33>", "one too many"),
        ("fc-<hex:31>", "one too few"),
        ("pa-<url:42>", "one too few"),
        ("key-<hex:31>", "one too few"),
        ("s.<alnum:23>", "one too few"),
        ("s.<alnum:25>", "one too many"),
        ("00<url:41>", "one too many"),
        ("AKIA<upper:15>", "one too few"),
        ("dapi<hex:31>", "one too few"),
        ("A3-<upper:6>-<upper:6>-<upper:5>-<upper:5>-<upper:5>-<upper:4>", "one too few"),
        ("<digit:7>:AA<url:33>", "one too few"),
    ],
)
def test_the_length_of_a_common_form_is_exact(form, characters):
    assert found(f"it is {example(form)} here") == [], characters


@pytest.mark.parametrize(
    "text",
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 d41d8cd98f00b204e9800998ecf8427e",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "req_011CSqs7kkjhasdf chatcmpl-9nKLDPq8wqMzBYoPZ8mTeX2e3fkQ resp_68af2e2a0a3c81a0b6f7 toolu_01A09q90qw90lq917835lq9",
        "sk-fading-circle-container sk-toggleable__content sk-estimator-doc-link-1",
        "re_compile_pattern_of_the_module re_path fc-event-title-container pa-4 pat-of-butter fw_update_available",
        "this.s.someMethodNameOfAnInstance s.replaceAllOccurrencesIn",
        "the hf_hub_download function, xai-org/grok-1, key-value store, npm_config_user_agent, ek_value",
        "1/12/2024 4/0 0/1 1//2 AQ. t1.micro v1.0-beta SKU12345 ACCOUNT SG.UN r8_unorm",
        "import { live_preview } from 'sandbox_environment'; test_that_something_of_the_module_works",
        "https://localhost:4873/@babel/core http://example.com:8080/a@b?x=y@z https://user@example.com/path",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "postgres://user:${PASSWORD}@db/x https://user:{password}@host redis://:<password>@host",
        "Bearer authentication is required; the token_type is bearer and Basic access",
        "AKIAIOSFODNN7EXAMPLE ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk_live_your-api-key",
    ],
)
def test_ordinary_text_holds_no_secret(text):
    assert found(text) == []
    assert found("word " * 200 + text) == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://app:p$w#{}!@db:5432/x", "p$w#{}!"),
        ("https://ci:a!b?c={}@example.com/", "a!b?c={}"),
        ("postgres://app:a/b{}@db:5432/x", "a/b{}"),
        ("Server=db;Uid=sa;Pwd={};Encrypt=yes", "{}"),
        ("Driver=x;PASSWORD = {}", "{}"),
        ("authorization: BEARER {}", "{}"),
        ("-H 'X-API-KEY: {}'", "{}"),
        ("?Access_Token={}&x=1", "{}"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=x, Signature={}", "{}"),
        ("AWS_SECRET_ACCESS_KEY={}", "{}"),
        ("blob: AccountKey={};EndpointSuffix=x", "{}"),
    ],
)
def test_a_secret_is_recognised_by_its_place(text, secret):
    value = example({"AWS4": "<hex:64>", "AWS_": "<base64:40>", "blob": "<base64:86>=="}.get(text[:4], "<alnum:24>"))
    if "Signature" in text:
        value = example("<hex:64>")
    assert secret.format(value) in [found_value for _, found_value in found(text.format(value))]


@pytest.mark.parametrize("is_valid", [True, False])
def test_a_token_inside_a_word_is_found_only_if_its_checksum_is_right(is_valid):
    body = "a1B2c3D4e5" * 3
    checksum = base62(zlib.crc32(body.encode()) + (not is_valid))
    secret = f"ghp_{body}{checksum}"
    assert (secret in [value for _, value in found(f"nn{secret}")]) is is_valid
    # By itself it is found in any case: people shorten tokens and make them up.
    assert secret in [value for _, value in found(f"X={secret}")]


def base62(number):
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 62**place % 62] for place in range(5, -1, -1))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.rule)
def test_a_text_of_many_beginnings_is_searched_in_linear_time(kind):
    anchors = [anchor for pattern in PATTERNS if pattern.rule == kind.rule for anchor in pattern.anchors[:1]]
    began = time.process_time()
    for anchor in anchors:
        for unit in (f"-{anchor}", f"{anchor}-", f"{anchor};"):
            list(SEARCH.find(unit * (6_000 // len(unit))))
    assert time.process_time() - began < 1


def test_the_page_of_kinds_is_current():
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "secret-kinds"], capture_output=True, text=True, check=True
    )
    assert (ROOT / "docs" / "secret-kinds.md").read_text() == made.stdout, (
        "run scripts/secret-kinds > docs/secret-kinds.md"
    )


def test_every_rule_has_a_service_and_a_source():
    assert all(kind.service and kind.source.startswith("https://") for kind in KINDS)
