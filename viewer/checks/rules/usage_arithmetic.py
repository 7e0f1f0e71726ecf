"""The rule `usage-arithmetic`: the reported token counts do not add up."""

from collections.abc import Iterator

from viewer.checks.problem_rules import violations_about
from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "usage-arithmetic",
    "warn",
    "The token counts that the provider reports contradict each other.",
    "Costs and budgets that are computed from them are wrong.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for each problem that says so."""
    yield from violations_about(RULE, recording, "usage", "Do not compute costs or budgets from these counts.")
