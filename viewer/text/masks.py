"""Masking of headers and query parameters whose names say that they carry a secret."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

MASK = "•••"

_SECRET_WORDS = frozenset(
    [
        "apikey",
        "assertion",
        "auth",
        "authenticate",
        "authorization",
        "authtoken",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "key",
        "oidc",
        "organization",
        "passwd",
        "password",
        "project",
        "pwd",
        "secret",
        "session",
        "sessionid",
        "sig",
        "signature",
        "token",
    ]
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PARAMETER = re.compile(r"(?<=[?&;])([^=&;#]*)=([^&;#]*)")
_SCHEME = re.compile(r"\s*(?:bearer|basic|digest|token)\s", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@]*@")


def is_secret(name: str) -> bool:
    """Tell whether a header or parameter with this name carries a secret. `x-ratelimit-tokens` is a count and does not."""
    return any(word.lower() in _SECRET_WORDS for word in _WORD.findall(name))


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with secret values masked."""
    return {name: MASK if is_secret(name) or _SCHEME.match(value) else value for name, value in headers.items()}


def masked_url(url: str) -> str:
    """Return a URL with the secrets in its user part and its query masked, otherwise unchanged."""
    for begin, end in reversed(secret_parts(url)):
        url = url[:begin] + MASK + url[end:]
    return url


def secret_parts(url: str) -> list[tuple[int, int]]:
    """Return the spans of a URL that hold secrets: its user part, and the values of parameters with telling names."""
    users = [(match.start(), match.end() - 1) for match in _USER.finditer(url)]
    begin = users[-1][1] if users else 0
    values = [match.span(2) for match in _PARAMETER.finditer(url, begin) if _is_secret_parameter(unquote(match[1]))]
    return users + values


def _is_secret_parameter(name: str) -> bool:
    return is_secret(name) or name.lower() == "code"
