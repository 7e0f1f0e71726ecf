"""What must not be shown: values of headers and query parameters that carry secrets, by name."""

import re
from collections.abc import Mapping

MASK = "•••"

_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "api-key",
        "x-auth-token",
        "proxy-authorization",
        "www-authenticate",
        "x-goog-api-key",
        "x-amz-security-token",
        "openai-organization",
        "openai-project",
    }
)
_PARAMETERS = re.compile(
    r"([?&;](?:key|api[-_]?key|token|access[-_]token|sig|signature|x-amz-(?:signature|security-token|credential))=)[^&;#]*",
    re.IGNORECASE,
)
_USER = re.compile(r"(?<=://)[^/?#@]*@")


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with the values masked that carry secrets."""
    return {name: MASK if name.lower() in _HEADERS else value for name, value in headers.items()}


def masked_url(url: str) -> str:
    """Return a URL with the secrets in its query and its user part masked, all else as it stands."""
    return _PARAMETERS.sub(rf"\g<1>{MASK}", _USER.sub(f"{MASK}@", url))
