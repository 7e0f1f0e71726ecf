"""Token usage in one vocabulary, and the provider's arithmetic checked.

The vocabulary is OpenTelemetry's (semantic-conventions-genai): input includes what came from the cache, output includes
reasoning, whatever the provider itself counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """State one identity that the reported numbers should satisfy."""

    name: str
    passed: bool
    figures: str
    """The identity with the numbers put in, e.g. "373 = 213 + 27 + 133"."""
    off_by: int = 0
    """By how many tokens it fails."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Hold token counts; None where the provider does not report one."""

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    audio_input: int | None = None
    audio_output: int | None = None
    total: int | None = None
    reported: Mapping[str, Any] | None = None
    """The provider's object, untouched."""
    checks: tuple[Check, ...] = ()


_HIGHEST_COUNT = 2**53


def count(reported: Mapping[str, Any], *path: str) -> int | None:
    """Return the whole number at a path of keys; None where it is absent, or no number that can be one."""
    value: Any = reported
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _HIGHEST_COUNT:
        return None
    return int(value)


def sum_check(name: str, total: int, *parts: int) -> Check:
    """Return the check that parts add up to a total."""
    passed = total == sum(parts)
    figures = f"{total} {'=' if passed else '≠'} {' + '.join(map(str, parts))}"
    return Check(name, passed, figures, abs(total - sum(parts)))


def part_check(name: str, part: int, whole: int) -> Check:
    """Return the check that a part is no greater than its whole."""
    return Check(name, part <= whole, f"{part} {'≤' if part <= whole else '>'} {whole}", max(0, part - whole))


# What is known to fail, and why it is no fault of the recording: provider, how the identity begins, and the reason.
_TRAPS = (
    ("openrouter", "reasoning ≤", "OpenRouter counts reasoning and completion with different tokenizers"),
    ("vercel", "total = prompt", "Vercel's gateway leaves Gemini's reasoning out of the completion and of the total"),
    ("azure", "cached ≤", "xAI on Azure does not count what came from the cache into the prompt"),
    ("doubleword", "reasoning ≤", "Doubleword counts reasoning and completion with different tokenizers"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """State whether the reported numbers add up."""

    adds_up: bool | None
    """None where there is nothing to check."""
    text: str


def verdict(usage: Usage, provider: str | None) -> Verdict:
    """Return in a sentence whether the reported numbers add up, else by how much they do not, and whether that is known."""
    failed = [check for check in usage.checks if not check.passed]
    if not usage.checks:
        return Verdict(None, "Nothing to check: the provider reports no total.")
    if not failed:
        sums = ", ".join(check.figures for check in usage.checks)
        return Verdict(True, f"Adds up: {sums}.")  # noqa: FBT003 - adds up
    worst = max(failed, key=lambda check: check.off_by)
    text = f"Does not add up, by {worst.off_by:,} tokens: {worst.name}, but {worst.figures}."
    known = next((why for who, what, why in _TRAPS if who == provider and worst.name.startswith(what)), None)
    return Verdict(False, f"{text} A known trap: {known}." if known else f"{text} No reason for it is known.")  # noqa: FBT003 - does not
