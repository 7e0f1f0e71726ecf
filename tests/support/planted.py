"""Made-up secrets of the kinds that services issue, and the ways in which they are written."""

import base64
import json
import random
import string
from urllib.parse import quote

_ALNUM = string.ascii_letters + string.digits
_PEM = "-----BEGIN RSA PRIVATE KEY-----\n{}\n{}\n-----END RSA PRIVATE KEY-----"


def _random(dice, length, alphabet=_ALNUM):
    return "".join(dice.choices(alphabet, k=length))


def _jwt(dice):
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    claims = base64.urlsafe_b64encode(json.dumps({"sub": _random(dice, 12)}).encode()).decode().rstrip("=")
    return f"{head}.{claims}.{_random(dice, 43)}"


KINDS = {
    "openai-key": lambda dice: f"sk-proj-{_random(dice, 40)}T3BlbkFJ{_random(dice, 40)}",
    "openai-service-key": lambda dice: f"sk-svcacct-{_random(dice, 30)}-{_random(dice, 30)}",
    "sk-key": lambda dice: f"sk-{_random(dice, 48)}",
    "anthropic-key": lambda dice: f"sk-ant-api03-{_random(dice, 40)}_{_random(dice, 40)}-{_random(dice, 8)}AA",
    "openrouter-key": lambda dice: f"sk-or-v1-{_random(dice, 64, '0123456789abcdef')}",
    "groq-key": lambda dice: f"gsk_{_random(dice, 52)}",
    "xai-key": lambda dice: f"xai-{_random(dice, 80)}",
    "google-key": lambda dice: f"AIzaSy{_random(dice, 33)}",
    "hugging-face-token": lambda dice: f"hf_{_random(dice, 34, string.ascii_letters)}",
    "replicate-token": lambda dice: f"r8_{_random(dice, 37)}",
    "perplexity-key": lambda dice: f"pplx-{_random(dice, 48)}",
    "aws-key-id": lambda dice: f"AKIA{_random(dice, 16, string.ascii_uppercase + '234567')}",
    "github-token": lambda dice: f"ghp_{_random(dice, 36)}",
    "github-fine-grained": lambda dice: f"github_pat_{_random(dice, 22)}_{_random(dice, 59)}",
    "gitlab-token": lambda dice: f"glpat-{_random(dice, 20)}",
    "slack-token": lambda dice: (
        f"xoxb-{_random(dice, 12, string.digits)}-{_random(dice, 12, string.digits)}-{_random(dice, 24)}"
    ),
    "jwt": _jwt,
    "private-key": lambda dice: _PEM.format(_random(dice, 64, _ALNUM + "+/"), _random(dice, 40, _ALNUM + "+/")),
    "stripe-key": lambda dice: f"sk_live_{_random(dice, 24)}",
    "sendgrid-key": lambda dice: f"SG.{_random(dice, 22)}.{_random(dice, 43)}",
    "npm-token": lambda dice: f"npm_{_random(dice, 36)}",
}


def secrets_of(kind, count=10):
    """Return secrets of one kind, the same on every call."""
    dice = random.Random(kind)  # noqa: S311 - not a real secret
    return [KINDS[kind](dice) for _ in range(count)]


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
