"""The rule `retired-model`: a recording was answered by a model that is no longer offered."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.streams.list_prices import is_deprecated

RULE = Rule(
    "retired-model",
    "warn",
    "The price list marks the model of an answer as deprecated.",
    "It cannot be recorded again once the provider no longer offers the model. The list does not know of every retired model.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for the first answer of each deprecated model."""
    told = set()
    for index, answer in recording.answers:
        if answer.provider and answer.model and answer.model not in told:
            told.add(answer.model)
            if is_deprecated(answer.provider, answer.model):
                message = f"{answer.model} of {answer.provider} is deprecated."
                advice = "Record it again with a model that is still offered."
                yield RULE.violation(recording.file, message, advice, interaction=index)
