"""The rule `possible-secret`: a recording holds a value that may be a secret."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.secrets import violations_of
from viewer.checks.violation import Violation

RULE = Rule(
    "possible-secret",
    "warn",
    "The recording holds a value that may be a secret: a cookie, the id of a session, or a value under a telling name.",
    "Some of them give rights for months. They are apart from `secret`, because many are harmless.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each value, without the value itself."""
    yield from violations_of(
        RULE, recording, "possible", "If it is one, remove it with `cassette-viewer redact --in-place`."
    )
