"""The rule `secret`: a recording holds a key, a token or a password."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.secrets import violations_of
from viewer.checks.violation import Violation

RULE = Rule(
    "secret",
    "fail",
    "The recording holds a key, a token or a password.",
    "Whoever can read the repository can use it, and it stays in the history after the file is deleted.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each secret, without its value."""
    yield from violations_of(
        RULE, recording, "sure", "Revoke it, then remove it with `cassette-viewer redact --in-place`."
    )
