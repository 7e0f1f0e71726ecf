"""Finish reasons and token counts, which a stream may state more than once, and not the same each time."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from viewer.text.json import is_whole_number

_OUTPUT = frozenset(
    (
        "completion_tokens",
        "output_tokens",
        "outputTokens",
        "candidatesTokenCount",
        "eval_count",
        "tokens_predicted",
    )
)
_INPUT = frozenset(
    (
        "prompt_tokens",
        "input_tokens",
        "total_tokens",
        "inputTokens",
        "totalTokens",
        "prompt_eval_count",
        "promptTokenCount",
        "totalTokenCount",
        "tokens_evaluated",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
    )
)
"""Counts, and totals with them, of which some providers send an estimate first: Gemini's is often a few tokens too high."""
_COUNTS = _OUTPUT | _INPUT

_NO_REASON = ("null", "None")
"""A finish reason that is still missing, written as text, as DashScope does."""


def stated_reason(reason: Any) -> Any:
    """Return a finish reason as recorded, or None in place of one that only says that there is none yet."""
    return reason if reason and reason not in _NO_REASON else None


class ReplacedReason(NamedTuple):
    """A finish reason of a choice that a later one replaces."""

    choice: int
    earlier: str
    later: str


class FinishReasons(dict[int, str]):
    """The last finish reason of each choice, and what each one replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced: list[ReplacedReason] = []

    def __setitem__(self, choice: int, reason: str) -> None:
        """Set the reason of a choice."""
        earlier = self.get(choice)
        if earlier and reason and reason != earlier:
            self.replaced.append(ReplacedReason(choice, earlier, reason))
        super().__setitem__(choice, reason)


def keep_largest(largest: dict[str, int], reported: Mapping[str, Any]) -> None:
    """Note the counts of a usage object that are larger than those of all before it."""
    for name in _COUNTS.intersection(reported):
        value = reported[name]
        if is_whole_number(value) and value > largest.get(name, 0):
            largest[name] = value


def fallen_counts(largest: Mapping[str, int], reported: Mapping[str, Any]) -> list[str]:
    """Return the counts of the last usage object that are smaller than an earlier one, each with both numbers.

    Input only counts if it falls to 0.
    """
    later = {name: reported[name] for name in sorted(largest) if is_whole_number(reported.get(name))}
    return [
        f"{name} {largest[name]:,}, then {count:,}"
        for name, count in later.items()
        if count < largest[name] and (name in _OUTPUT or not count)
    ]
