"""Which of the secrets that redaction removes are surely secrets, and which may be harmless.

Redaction removes what could be a secret, because a mark too many costs nothing. A check that fails a build must almost never be
wrong, so it looks at each again:

- what expires within minutes or gives no rights is not reported: signatures of requests to AWS, cookies of load balancers;
- a value that says that it is made up, such as `REDACTED_1f3c`, is not reported;
- cookies, ids of sessions and values without the randomness of a key may be harmless.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from viewer.checks.fingerprints import secret_key
from viewer.checks.places import places_of
from viewer.checks.recording import Recording
from viewer.checks.rule import Rule
from viewer.checks.violation import Violation
from viewer.redaction.findings import FoundSecret
from viewer.redaction.kinds import KINDS
from viewer.redaction.pattern_search import search_for
from viewer.redaction.patterns import PATTERNS
from viewer.text.masks import MASK

Certainty = Literal["sure", "possible"]

# Signatures and signed URLs expire.
_SIGNATURES = frozenset({"aws-signature", "url-parameter"})
_KINDS_WITH_A_FORM = frozenset(kind.rule for kind in KINDS) - _SIGNATURES
_FORMS = search_for(PATTERNS)
_SIGNATURE = re.compile(r"AWS4-[A-Z0-9-]+ Credential=|Signature ")
# Cloudflare's and AWS's cookies, by which a load balancer recognises a client for some minutes.
# https://developers.cloudflare.com/fundamentals/reference/policies-compliances/cloudflare-cookies/
_HARMLESS_COOKIE = re.compile(
    r"\s*(?:__cf_bm|_cfuvid|__cflb|__cfruid|__cfseq\w*|cf_ob_info|cf_use_ob|AWSALB(?:TG)?(?:CORS)?|GAESA|NID|incap_ses_\w+|visid_incap_\w+)="
)
_COOKIE_ATTRIBUTE = re.compile(
    r"\s*(?:(?:path|domain|expires|max-age|samesite|priority)=.*|httponly|secure|partitioned|[0-9]{2}[- ].*|)",
    re.IGNORECASE,
)
# A cookie may follow a comma or a semicolon, and so does each attribute.
_COOKIE_PARTS = re.compile(r"[;,]")
# Keys of JSON and assignments in texts are named like secrets more often without being one: digests of commits, for instance.
_NAMED_FOR_SURE = frozenset({"header-secret", "url-secret"})
_MADE_UP_WORDS = (
    r"(?i)redact|fake|dummy|example|placeholder|test|mock|sample|invalid|your[-_ ]|xxxx|0{6}|1{6}|12345|abcdef"
)
_MADE_UP = re.compile(_MADE_UP_WORDS)
# Real keys say these of themselves, but no value without a form does.
_SAYS_SECRET = re.compile(r"(?i)secret|api[-_ ]?key")
# Such a word in the address of a database says nothing about its password.
_ADDRESS = re.compile("[@;?&]")
# A longer text of random characters, such as a private key, may hold a short word by chance.
_MAX_MADE_UP = 200
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|digest|apikey)\s+")
_INTERACTION = re.compile(r"(?:request|response) ([0-9]+) ")
_SESSION = re.compile("session|request-id")
# A key of 16 random characters of base64 or hexadecimal is above this; words and numbered names are below.
_MIN_LENGTH = 16
_MIN_BITS = 3.0


def secrets_of(recording: Recording, certainty: Certainty) -> list[FoundSecret]:
    """Return the secrets of a recording of which a certainty holds."""
    return [one for one in recording.redacted.rules.ledger.secrets() if certainty_of(one) == certainty]


def certainty_of(secret: FoundSecret) -> Certainty | None:
    """Tell how sure it is that a value is a secret. Return None if it surely is not one."""
    value = secret.value
    rule = _rule_of(secret)
    is_cookie = all(place.endswith(("header cookie", "header set-cookie")) for place in secret.places)
    if is_cookie:
        return "possible" if _has_telling_cookie(value) else None
    is_made_up = _is_made_up(value)
    if rule in _KINDS_WITH_A_FORM:
        # A key may hold such a word by chance.
        return "possible" if is_made_up else "sure"
    says_so = (is_made_up or _SAYS_SECRET.search(value)) and not _ADDRESS.search(value)
    if says_so or _SIGNATURE.match(value):
        return None
    is_named = rule in _NAMED_FOR_SURE and not any(map(_SESSION.search, secret.places))
    return "sure" if is_named and _is_random(_SCHEME.sub("", value, count=1)) else "possible"


def _has_telling_cookie(value: str) -> bool:
    return any(
        not _HARMLESS_COOKIE.match(part)
        and not _COOKIE_ATTRIBUTE.fullmatch(part)
        and not _is_made_up(part.rpartition("=")[2] or part)
        for part in _COOKIE_PARTS.split(value)
    )


def _rule_of(secret: FoundSecret) -> str:
    """Return the rule of a secret. A header for keys hides which kind of key it holds, so its value is looked at."""
    rule = secret.finding.rule
    if rule not in _NAMED_FOR_SURE:
        return rule
    token = _SCHEME.sub("", secret.value, count=1)
    return next((span.rule for span in _FORMS.find(token) if span.rule in _KINDS_WITH_A_FORM), rule)


def _is_made_up(value: str) -> bool:
    return len(value) <= _MAX_MADE_UP and _MADE_UP.search(value) is not None


def _is_random(token: str) -> bool:
    """Tell whether a text is as long and as varied as keys are."""
    if len(token) < _MIN_LENGTH or " " in token:
        return False
    counts = Counter(token).values()
    bits = -sum(count / len(token) * math.log2(count / len(token)) for count in counts)
    return bits >= _MIN_BITS and any(map(str.isdigit, token))


def violations_of(rule: Rule, recording: Recording, certainty: Certainty, advice: str) -> Iterator[Violation]:
    """Yield a violation for each secret of a certainty, with how it begins as `redact --list` shows it, and never its value."""
    places = places_of(recording)
    for secret in secrets_of(recording, certainty):
        finding, value, found_in = secret
        match = _INTERACTION.match(found_in[0])
        interaction = int(match[1]) if match else None
        begins = "" if finding.preview == MASK else f" {finding.preview}"
        yield rule.violation(
            recording.file,
            f"{_rule_of(secret)}{begins} in {finding.where}.",
            advice,
            key=f"{finding.rule}\0{secret_key(value)}",
            line=places.text(value, interaction),
            interaction=interaction,
        )
