"""What recognises a violation in a later run: the same after other interactions were added, removed or recorded again.

A fingerprint reveals nothing. Of a request and of a secret it holds 16 bits of a digest: enough that another key in the same place is
reported as new (65,535 times of 65,536), and too few to tell which of a list of guesses it was.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from viewer.checks.recording import Recording
from viewer.checks.violation import Violation, fingerprint_of
from viewer.comparison.normalise import canonical, masked, normalised, normalised_path
from viewer.text.json import parse
from viewer.types.http import Request

_DIGEST_BYTES = 2
_NUMBER = re.compile(r"(?<![\w.-])[0-9](?:[0-9,.]*[0-9])?(?![\w-])")


def identify(recording: Recording, violations: Sequence[Violation]) -> Sequence[Violation]:
    """Fill in the fingerprints of the violations of one recording that have none, and tell apart those that are alike.

    An interaction is recognised by its request, because its index changes when another is recorded before it.
    """
    interactions = recording.cassette.interactions
    identified = []
    seen: Counter[str] = Counter()
    for one in violations:
        fingerprint = one.fingerprint
        if not fingerprint:
            about = "" if one.interaction is None else request_key(interactions[one.interaction].request)
            fingerprint = fingerprint_of(one.rule, one.file, f"{about}\0{message_key(one.message)}")
        seen[fingerprint] += 1
        if (number := seen[fingerprint]) > 1:
            fingerprint = fingerprint_of(one.rule, one.file, f"{fingerprint}\0{number}")
        identified.append(replace(one, fingerprint=fingerprint))
    return identified


def message_key(message: str) -> str:
    """Return a message without its numbers, such as lines, sizes and counts. Those in names stay: "gpt-4", "a1.yaml"."""
    return _NUMBER.sub("#", message)


def request_key(request: Request) -> str:
    """Return what tells a request from others of its file: method, address and body, without ids, times and secrets."""
    try:
        url = urlsplit(request.url)
        address = f"{url.hostname}{normalised_path(url.path)}"
    except ValueError:
        address = request.url
    try:
        body = canonical(masked(normalised(parse(request.body)))).encode("utf-8", "surrogatepass")
    except ValueError:
        body = request.body
    return _digest(f"{request.method}\0{address}\0".encode("utf-8", "surrogatepass") + body)


def secret_key(value: str) -> str:
    """Return what tells a secret from another one in the same place."""
    return _digest(value.encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).digest()[:_DIGEST_BYTES].hex()
