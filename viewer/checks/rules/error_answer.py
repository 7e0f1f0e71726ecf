"""The rule `error-answer`: an error was answered."""

from collections.abc import Iterator

from viewer.checks.problem_rules import violations_about
from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "error-answer",
    "warn",
    "The server or the provider answered with an error.",
    "Unless the test is about the error, the recording is one of a failed run.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each problem that says so."""
    yield from violations_about(
        RULE,
        recording,
        "error answered",
        "Record it again, or exclude it in the settings if the test is about the error.",
    )
