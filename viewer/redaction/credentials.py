"""Leave out what authenticates an exchange. A cassette that the recorder or `--go-vcr` writes never needs it.

This goes further than redaction: a header is left out if its name or scheme tells, or if its value begins like a token.
"""

from dataclasses import replace

from viewer.redaction.finder import may_hold_secret
from viewer.text.masks import is_secret, masked_headers, masked_url
from viewer.types.http import Headers, Interaction


def without_credentials(interaction: Interaction) -> Interaction:
    """Return an interaction without the headers that may hold a secret, and with the secrets in its URLs masked."""
    request, response = interaction.request, interaction.response
    return replace(
        interaction,
        request=replace(request, url=masked_url(request.url), headers=_safe(request.headers)),
        response=replace(response, headers=_safe(response.headers)),
    )


def _safe(headers: Headers) -> Headers:
    kept = []
    for name, value in headers.items():
        masked = masked_url(value) if "://" in value else value
        if not is_secret(name) and masked_headers({name: value})[name] == value and not may_hold_secret(masked):
            kept.append((name, masked))
    return Headers(kept)
