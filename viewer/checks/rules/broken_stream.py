"""The rule `broken-stream`: a recording is damaged or contradicts itself."""

from collections.abc import Iterator

from viewer.checks.problem_rules import violations_about
from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "broken-stream",
    "warn",
    "An event or another part of the recording is damaged or contradicts the rest.",
    "An SDK that is given it may fail, or read something else than was sent.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each problem that says so."""
    yield from violations_about(
        RULE, recording, "broken", "Record it again, or look at it with `cassette-viewer show`."
    )
