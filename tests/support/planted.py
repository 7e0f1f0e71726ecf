"""Made-up secrets of a few kinds by the rules that find them, and the ways in which they are written.

Tests of one behaviour take their secrets from here. `tests/support/planting/` makes them, and has all kinds and places.
"""

import base64
import json
from urllib.parse import quote

from tests.support.planting.all_kinds import KINDS as ALL_KINDS

KINDS = {
    "openai-key": "openai-project",
    "openai-service-key": "openai-service-account",
    "sk-key": "moonshot",
    "anthropic-key": "anthropic-api",
    "openrouter-key": "openrouter",
    "groq-key": "groq",
    "xai-key": "xai",
    "google-key": "google-api",
    "hugging-face-token": "hugging-face",
    "replicate-token": "replicate",
    "perplexity-key": "perplexity",
    "aws-key-id": "aws-access-key",
    "github-token": "github-personal",
    "github-fine-grained": "github-fine-grained",
    "gitlab-token": "gitlab-personal",
    "slack-token": "slack-bot",
    "jwt": "jwt",
    "private-key": "rsa-private-key",
    "stripe-key": "stripe-live",
    "sendgrid-key": "sendgrid",
    "npm-token": "npm",
}
"""The planted kind by a short name."""


def secrets_of(kind, count=10):
    """Return secrets of one kind, the same on every call."""
    return [ALL_KINDS[KINDS[kind]].secret(number).text for number in range(count)]


ALL = [(kind, secret) for kind in KINDS for secret in secrets_of(kind)]


def core(secret):
    """Return the unique part of a secret: without the beginning that all of its kind share, and without line ends."""
    return secret.split("\n")[1][:24] if "\n" in secret else secret[-16:]


def json_escaped(text):
    return json.dumps(text)[1:-1]


def unicode_escaped(text):
    return "".join(f"\\u{ord(one):04x}" for one in text)


def packed(text):
    return base64.b64encode(f"the key is {text}".encode()).decode()


def percent(text):
    return quote(text, safe="")


def all_percent(text):
    return "".join(f"%{ord(one):02X}" for one in text)


def forms(secret):
    """Yield the texts that no file without the secret may hold, in any encoding."""
    bare = core(secret)
    yield from (bare, unicode_escaped(bare), all_percent(bare), percent(bare))
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + bare.encode()).decode().rstrip("=")
        yield whole[4:-4]
