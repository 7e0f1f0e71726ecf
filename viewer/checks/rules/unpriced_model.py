"""The rule `unpriced-model`: no price is known for a model."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "unpriced-model",
    "off",
    "The answer names a model and reports its tokens, but there is no price for the model.",
    "Its cost is missing from every sum. Often the name is misspelt, or the model is no longer offered.",
)
# What `viewer.streams.list_prices` says if only the price is missing.
_NO_PRICE = "unpriced: the price list has no "


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation for the first answer of each model without a price."""
    told = set()
    for index, answer in recording.answers:
        if answer.usage is None or answer.model is None or answer.model in told:
            continue
        cost = answer.cost
        if cost.usd is None and cost.source.startswith(_NO_PRICE):
            told.add(answer.model)
            yield RULE.violation(
                recording.file,
                f"{cost.source.replace('unpriced: the', 'The', 1)}.",
                "Add its price to the file that VIEWER_PRICES names.",
                interaction=index,
            )
