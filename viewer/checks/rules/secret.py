"""The rule `secret`: a recording holds a key, a token or a password."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.redaction import find_secrets

RULE = Rule(
    "secret",
    "fail",
    "The recording holds a key, a token or a password.",
    "Whoever can read the repository can use it, and it stays in the history after the file is deleted.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each secret, without its value."""
    for finding in find_secrets(recording.cassette):
        yield RULE.violation(
            recording.file,
            f"{finding.rule} ({finding.preview}) in {finding.where}.",
            "Revoke it, then remove it with `cassette-viewer redact --in-place`.",
            key=f"{finding.id}\0{finding.where}",
        )
