"""Remove secrets from recordings before they are shared.

Example:
    from pathlib import Path

    import viewer
    from viewer.redaction import Redaction, find_secrets, redact, redact_file

    cassette = viewer.load("recording.yaml")
    for finding in find_secrets(cassette):
        print(finding.id, finding.where, finding.count)

    # An open cassette, as for a report or a notebook:
    redacted, findings = redact(cassette, Redaction(emails=True, keep=frozenset({"openai-key-1"})))

    # A recorded file, in the recorder's own format:
    data, findings = redact_file(Path("recording.yaml").read_bytes(), "recording.yaml")

Redaction keeps times, tokens and the number of chunks. What was removed once is removed everywhere, and no output is written that
still holds it in any encoding. A secret that neither a name nor its form gives away is not found, nor is one in an image or in
ordinary words: look at what you share. docs/redaction.md says more.
"""

from typing import TYPE_CHECKING

from viewer.types.exports import lazy_exports

if TYPE_CHECKING:
    from viewer.redaction.cassette import Redaction as Redaction
    from viewer.redaction.cassette import find_secrets as find_secrets
    from viewer.redaction.cassette import redact as redact
    from viewer.redaction.files import redact_bytes as redact_bytes
    from viewer.redaction.files import redact_file as redact_file
    from viewer.redaction.findings import Finding as Finding
    from viewer.redaction.patterns import SecretPattern as SecretPattern

_HOMES = {
    "Finding": "findings",
    "Redaction": "cassette",
    "SecretPattern": "patterns",
    "find_secrets": "cassette",
    "redact": "cassette",
    "redact_bytes": "files",
    "redact_file": "files",
}

__all__, __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
