"""Which names say that what stands under them is a secret: keys of JSON bodies, and headers that name who asked."""

import re

from viewer.text.masks import is_secret

# Headers that carry no secret but say whose account it was, or which request in the provider's books.
_IDENTITY = re.compile(
    r"(?:x-)?(?:amzn?-|goog-|ms-|client-|apim-|groq-|fastly-|fly-|vercel-|github-|oai-|correlation-|openai-|anthropic-)*"
    r"(?:request-?id|organi[sz]ation(?:-id)?|org-id|project(?:-id)?|workspace(?:-id)?|account(?:-id)?|user-id|tenant-id|trace-id"
    r"|correlation-id|client-request-id|cf-ray|id-2)",
    re.IGNORECASE,
)
_IDENTITIES = frozenset({"cf-ray", "traceparent", "x-cloud-trace-context", "x-amzn-trace-id", "x-kong-request-id"})
_SPACERS = re.compile(r"[^a-z0-9]")
_KEY_ENDS = (
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "subscriptionkey",
    "accountkey",
    "signingkey",
    "secretaccesskey",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "bearertoken",
    "sessiontoken",
    "securitytoken",
    "oauthtoken",
    "apitoken",
    "idtoken",
    "authorization",
    "authorizationtoken",
    "clientassertion",
    "connectionstring",
    "setcookie",
)
_KEYS = frozenset({"pwd", "cookie", "cookies", "credential", "credentials", "jwt", "bearer", "xapikey"})
# What looks like one word of a language is a token of text, as in logprobs.
_CREDENTIAL = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._~+/=:-]{20,}")
_WORDS = r"redacted|filtered|scrubbed|masked|hidden|removed|sanitized|dummy|fake|test|mock|placeholder|example|none|null|undefined"
_PLACEHOLDER = re.compile(
    rf"[\s•*.xX…_-]*|(?i:(?:bearer|basic|token)\s+)?[<\[{{*#_$(]*\s*(?i:{_WORDS})[A-Za-z_ -]{{0,24}}[>\]}}*#_)]*"
    r"|(?i:(?:bearer|basic|token)\s+)?(?:[•*.xX…_-]+|<[A-Za-z_ -]{1,40}>|\{\{?[A-Za-z_ .-]{1,40}\}?\}|\$\{?[A-Za-z_]{1,40}\}?)"
)
_COUNT = re.compile(r"[0-9.,]*(?:ms|s|m|h)?")


def header_rule(name: str, value: str) -> str | None:
    """Return why the value of a header must go; None where it may stay."""
    lowered = name.lower()
    # Of a header that is repeated each value may say that it was taken out.
    if "ratelimit" in lowered or all(map(is_placeholder, value.split(", "))):
        return None
    if _IDENTITY.fullmatch(lowered) or lowered in _IDENTITIES:
        return "header-identity"
    return "header-secret" if is_secret(name) and not _COUNT.fullmatch(value) else None


def is_secret_key(name: str, value: str) -> bool:
    """Tell whether what stands in a JSON body under a key is a secret; counts of tokens, and tokens of text, are none."""
    if is_placeholder(value):
        return False
    plain = _SPACERS.sub("", name.lower())
    if plain in ("token", "authenticationtoken"):
        return bool(_CREDENTIAL.fullmatch(value))
    return plain in _KEYS or plain.endswith(_KEY_ENDS)


def may_be_secret_key(name: str) -> bool:
    """Tell whether a key's value must be looked at."""
    plain = _SPACERS.sub("", name.lower())
    return plain in ("token", "authenticationtoken") or plain in _KEYS or plain.endswith(_KEY_ENDS)


def is_placeholder(value: str) -> bool:
    """Tell whether a value is none, but says that one was taken out."""
    return _PLACEHOLDER.fullmatch(value) is not None
