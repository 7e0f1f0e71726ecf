"""Names of secrets: keys of JSON bodies, and headers that identify the account or the request."""

import re

from viewer.redaction.marks import read_marks
from viewer.text.masks import is_secret
from viewer.text.secret_names import Telling, telling

IDENTITY_RULE = "header-identity"
# Headers that hold no secret but identify the account, or the request in the records of the provider.
_IDENTITY = re.compile(
    r"(?:x-)?(?:amzn?-|goog-|ms-|client-|apim-|groq-|fastly-|fly-|vercel-|github-|oai-|correlation-|openai-|anthropic-)*"
    r"(?:request-?id|organi[sz]ation(?:-id)?|org-id|project(?:-id)?|workspace(?:-id)?|account(?:-id)?|user-id|tenant-id|trace-id"
    r"|correlation-id|client-request-id|cf-ray|id-2)",
    re.IGNORECASE,
)
_IDENTITY_HEADERS = frozenset(
    {"cf-ray", "traceparent", "x-cloud-trace-context", "x-amzn-trace-id", "x-kong-request-id"}
)
_CREDENTIAL = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._~+/=:-]{20,}")
# As frameworks make the ids of their sessions. Agents and models call theirs by UUIDs, ULIDs and names with a prefix.
_SESSION = re.compile(
    r"(?:s(?:%3[aA]|:))?(?!01[0-9A-HJKMNP-TV-Z]{24}$)(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]{20,}(?:[.!%][\w.+/=!%-]*)?"
)
# As `_CREDENTIAL`, but shorter, for names that are hardly those of anything else.
_SHORT_CREDENTIAL = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._~+/=:-]{12,}")
_WORDS = r"redacted|filtered|scrubbed|masked|hidden|removed|sanitized|dummy|fake|test|mock|placeholder|example|none|null|undefined"
_PLACEHOLDER = re.compile(
    rf"[\s•*.xX…_-]*|(?i:(?:bearer|basic|token)\s+)?[<\[{{*#_$(]*\s*(?i:{_WORDS})[A-Za-z_ -]{{0,24}}[>\]}}*#_)]*"
    r"|(?i:(?:bearer|basic|token)\s+)?(?:[•*.xX…_-]+|<[A-Za-z_ -]{1,40}>(?::<[A-Za-z_ -]{1,40}>)?|\{\{?[A-Za-z_ .-]{1,40}\}?\}|\$\{?[A-Za-z_]{1,40}\}?)"
)
# What people write into examples.
_EXAMPLE = re.compile(
    r"(?i:change[-_ ]?(?:me|it|this)[!.]?|(?:enter|insert|put|add|set)?[-_ ]?your[-_ ][A-Za-z_ -]{2,40}|&lt;[A-Za-z_ -]{1,40}&gt;.?)"
)
# As `mark_number` leaves it.
_REDACTED_NUMBER = re.compile("-?1{4,}")
_COUNT = re.compile(r"[0-9.,]*(?:ms|s|m|h)?")
_PIN = re.compile("[0-9]{4,}")
_FLAGS = frozenset({"true", "false"})
# Headers that tell about a secret: whether browsers may send one, what it is called, and an id that Azure calls a session.
_ABOUT_SECRETS = re.compile(
    r"access-control-.*|.*-(?:name|type|length|limit|expiry|expires|expiration)|azureml-model-session"
)
_NOT_LETTERS = re.compile("[^a-z0-9]+")


def header_rule(name: str, value: str) -> str | None:
    """Return the rule by which the value of a header is redacted; None if it is not."""
    lowered = name.lower()
    # The values of a repeated header are joined. Each may be a placeholder.
    if "ratelimit" in lowered or all(map(is_placeholder, value.split(", "))):
        return None
    if _ABOUT_SECRETS.fullmatch(lowered) or value.strip().lower() in _FLAGS or _repeats(name, value):
        return None
    if is_identity(name):
        return IDENTITY_RULE
    is_count = _COUNT.fullmatch(value) and not (_PIN.fullmatch(value) and telling(name) is Telling.SURELY)
    return "header-secret" if is_secret(name) and not is_count else None


def is_identity(name: str) -> bool:
    """Return whether a header of this name identifies the account or the request."""
    return _IDENTITY.fullmatch(name) is not None or name.lower() in _IDENTITY_HEADERS


def is_secret_key(name: str, value: str) -> bool:
    """Return whether the value of a key in a JSON body is a secret. Token counts and tokens of text are not."""
    if is_placeholder(value) or value.strip().lower() in _FLAGS or _repeats(name, value):
        return False
    match telling(name):
        case Telling.SURELY:
            return True
        case Telling.LIKELY:
            return _SHORT_CREDENTIAL.fullmatch(value) is not None
        case Telling.MAYBE:
            return _CREDENTIAL.fullmatch(value) is not None
        case Telling.HARDLY:
            return is_session(value)
        case Telling.NOTHING:
            return False


def may_be_secret_key(name: str) -> bool:
    """Return whether the value of a key can be a secret, so that `is_secret_key` must look at it."""
    return telling(name) is not Telling.NOTHING


def is_session(value: str) -> bool:
    """Return whether a value looks like the id of a session by which a framework knows its user."""
    return _SESSION.fullmatch(value) is not None


def is_placeholder(value: str) -> bool:
    """Return whether a value only says that a secret was removed before."""
    return _PLACEHOLDER.fullmatch(read_marks(value)) is not None or any(
        one.fullmatch(value) for one in (_EXAMPLE, _REDACTED_NUMBER)
    )


def _repeats(name: str, value: str) -> bool:
    """Return whether a value is only its own name again, or the end of it: `OPEN-API-KEY: api-key`."""
    word = _NOT_LETTERS.sub("", value.lower())
    return bool(word) and _NOT_LETTERS.sub("", name.lower()).endswith(word)
