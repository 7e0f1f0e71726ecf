"""Find secrets in header lines inside plain text: `Authorization: Bearer …`, `Cookie: a=…; b=…`, folded lines included."""

import re
from collections.abc import Iterator

from viewer.redaction.names import is_placeholder
from viewer.redaction.spans import SecretSpan
from viewer.redaction.told.shapes import RULE, is_code, looks_like_credential, looks_random

_MIN_COOKIE = 4
_AUTHORIZATION = re.compile(
    r"""authorization["'`]?\]?[ \t]{0,4}(?::|=>?|,)[ \t]{0,4}(?:\r?\n[ \t]{1,8})?["'`]?"""
    r"""(?P<scheme>[A-Za-z][\w-]{1,30})(?:[ \t]{1,4}|[ \t]{0,4}\r?\n[ \t]{1,8})(?P<value>[^\s"'`<>,;{}()\0]{6,4096})""",
    re.IGNORECASE,
)
# These list several values, of which some are secret. All are removed.
_LISTING_SCHEMES = re.compile(
    r"authorization[\"'`]?\]?[ \t]{0,4}(?::|=>?|,)[ \t]{0,4}[\"'`]?(?:Digest|OAuth|AWS4-HMAC-SHA256|Hawk|Signature|MAC|SharedKey)"
    r"[ \t]{1,4}(?P<value>[^\n\r\0]*+(?:\r?\n[ \t]{1,8}[\w-]{1,30}=[^\n\r\0]*+)*)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:username|nonce|cnonce|response|opaque|credential|signature|mac|id|oauth_\w{1,20})=[\"']?([^\s\"',;&\0]{6,})",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\r?\n[ \t]{1,8}(?=[A-Za-z0-9+/=._~-]{8,}(?:[\s\"']|\Z))([A-Za-z0-9+/=._~-]++)")
_COOKIES = re.compile(
    r"""cookie["'`]?\]?[ \t]{0,4}(?::|=>?|,)[ \t]{0,4}(?:\r?\n[ \t]{1,8})?["'`]?"""
    r"""(?P<value>[\w.!#$%&*+^|~-]{1,80}=[^\n\r"'`\0]*+(?:\r?\n[ \t]{1,8}[\w.-]{1,80}=[^\n\r"'`\0]*+)*)""",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"(?<![^=;\s,:\"'`])([^=;\s,]{1,80})=([^;\n\r]*+)")
_COOKIE_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "version", "priority", "comment"})
_SESSION = re.compile(r"sess|sid|token|auth|jwt|remember|csrf|xsrf", re.IGNORECASE)
_SIGNATURE = re.compile(r"\bSignature=([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{27,}={0,2})")


def find_header_values(text: str, lowered: bytes) -> Iterator[SecretSpan]:
    """Yield the secrets in header lines. `lowered` is the text in lower case, with a byte for each character."""
    done = 0
    for place in _places(lowered, b"authorization"):
        if place < done:
            continue
        if match := _LISTING_SCHEMES.match(text, place):
            done = match.end()
            yield from _find_listed(text, *match.span("value"))
        else:
            yield from _find_authorization(text, place)
    done = 0
    for place in _places(lowered, b"cookie"):
        # One line is read once, so that many names in it take linear time.
        if place >= done and (match := _COOKIES.match(text, place)):
            done = match.end()
            yield from _find_cookies(text, *match.span("value"))
    if "Signature=" in text:
        for match in _SIGNATURE.finditer(text):
            yield SecretSpan(*match.span(1), RULE, match[1])


def _places(lowered: bytes, word: bytes) -> Iterator[int]:
    place = lowered.find(word)
    while place >= 0:
        yield place
        place = lowered.find(word, place + len(word))


def _find_listed(text: str, begin: int, end: int) -> Iterator[SecretSpan]:
    for match in _LISTED.finditer(text, begin, end):
        if not is_placeholder(match[1]):
            yield SecretSpan(*match.span(1), RULE, match[1])


def _find_authorization(text: str, place: int) -> Iterator[SecretSpan]:
    match = _AUTHORIZATION.match(text, place)
    if match is None or not _is_credential(match["value"]):
        return
    begin, end = match.span("value")
    yield SecretSpan(begin, end, RULE, match["value"])
    while wrapped := _WRAPPED.match(text, end):
        end = wrapped.end()
        yield SecretSpan(*wrapped.span(1), RULE, wrapped[1])


def _is_credential(value: str) -> bool:
    return not is_placeholder(value) and "•" not in value and looks_like_credential(value)


def _find_cookies(text: str, begin: int, end: int) -> Iterator[SecretSpan]:
    for match in _COOKIE.finditer(text, begin, end):
        name, value = match[1], match[2]
        if name.lower() in _COOKIE_ATTRIBUTES or len(value) < _MIN_COOKIE or "•" in value or is_placeholder(value):
            continue
        if not is_code(value) and (looks_like_credential(value) or looks_random(value) or _SESSION.search(name)):
            yield SecretSpan(*match.span(2), RULE, value)
