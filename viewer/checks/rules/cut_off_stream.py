"""The rule `cut-off-stream`: a recording ends too early."""

from collections.abc import Iterator

from viewer.checks.problem_rules import violations_about
from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "cut-off-stream",
    "warn",
    "A stream or the file ends before its end.",
    "A test that plays it sees half an answer, and may pass because of that.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each problem that says so."""
    yield from violations_about(
        RULE, recording, "cut off", "Record it again, and let the client read the stream to its end."
    )
