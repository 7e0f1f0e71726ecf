"""Masking of headers and query parameters whose names say that they carry a secret."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from viewer.text.secret_names import HEADER_WORDS, words_of

MASK = "•••"

_PARAMETER = re.compile(r"(?<=[?&;#])([^=&;#?/]*)=([^&;#]*)")
_SCHEME = re.compile(r"\s*(?:bearer|basic|digest|token)\s", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@]*@")
# A password that is not percent-encoded may hold any character. A number after the colon is a port.
_ODD_USER = re.compile(r"(?<=://)[^/?#@:\s]{0,100}:(?![0-9]{1,5}(?:[/?#]|$))[^\s]{1,500}@(?=[A-Za-z0-9\[])")
_HTTP = re.compile(r"(?:https?|wss?)$", re.IGNORECASE)
# The token of a bot of Telegram, and what follows `/token/` or the like.
_PATH_KEY = re.compile(
    r"(?<=/bot)[0-9]{6,12}:[A-Za-z0-9_-]{30,}|(?<=/token/)[A-Za-z0-9_-]{16,}|(?<=/api_key/)[A-Za-z0-9_-]{16,}"
)


def is_secret(name: str) -> bool:
    """Tell whether a header or parameter with this name carries a secret. `x-ratelimit-tokens` is a count and does not."""
    return not HEADER_WORDS.isdisjoint(words_of(name))


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with secret values masked."""
    return {name: MASK if is_secret(name) or _SCHEME.match(value) else value for name, value in headers.items()}


def masked_url(url: str) -> str:
    """Return a URL with the secrets in its user part and its query masked, otherwise unchanged."""
    return mask_parts(url, secret_parts(url))


def mask_parts(url: str, parts: Iterable[tuple[int, int]]) -> str:
    """Replace ordered spans of a URL by masks."""
    pieces: list[str] = []
    place = 0
    for begin, end in parts:
        pieces += (url[place:begin], MASK)
        place = end
    return "".join([*pieces, url[place:]])


def secret_parts(url: str) -> list[tuple[int, int]]:
    """Return the spans of a URL that hold secrets: its user part, keys in its path, and parameters with telling names."""
    users = _user_parts(url)
    begin = users[-1][1] if users else 0
    values = [
        match.span(2)
        for match in _PARAMETER.finditer(url, begin)
        if match[2] and _is_secret_parameter(unquote(match[1]))
    ]
    first = min((value[0] for value in values), default=len(url))
    keys = [match.span() for match in _PATH_KEY.finditer(url, begin, first)]
    return users + keys + values


def _user_parts(url: str) -> list[tuple[int, int]]:
    """Return the spans of user parts, up to the last `@` that a host can follow if the password holds odd characters."""
    odd = _ODD_USER.search(url) if "@" in url else None
    if odd is None or (
        _HTTP.search(url, 0, odd.start() - 3) and "@" in re.split("[/?#]", url[odd.start() :], maxsplit=1)[0]
    ):
        return [(match.start(), match.end() - 1) for match in _USER.finditer(url)]
    user = odd[0]
    # A later `@` may also be part of the query.
    query = re.search(r"@[\w.\[\]:-]+(?:/[^@?]*)?\?[\w.-]+=", user)
    return [(odd.start(), odd.start() + (query.start() if query else len(user) - 1))]


def _is_secret_parameter(name: str) -> bool:
    # A parameter that names the account is no secret.
    words = HEADER_WORDS.intersection(words_of(name)) - {"organization", "project"}
    return bool(words) or name.lower() == "code"
