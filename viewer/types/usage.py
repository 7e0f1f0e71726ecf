"""Token usage in one vocabulary, and the provider's arithmetic checked.

The vocabulary is OpenTelemetry's (semantic-conventions-genai): input includes cached tokens and output includes reasoning
tokens, however the provider itself counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One identity that the reported numbers should satisfy."""

    name: str
    passed: bool
    figures: str
    """The identity with its numbers, such as "373 = 213 + 27 + 133"."""
    off_by: int = 0
    """How many tokens it is off by; 0 if it holds."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts. A field is None if the provider does not report it."""

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
    cache_write_1h: int | None = None
    """The part of `cache_write` that stays in the cache for an hour instead of five minutes."""
    audio_cache_read: int | None = None
    """The part of `cache_read` that is audio."""
    image_cache_read: int | None = None
    """The part of `cache_read` that is images."""
    image_input: int | None = None
    image_output: int | None = None
    video_input: int | None = None
    audio_input_s: float | None = None
    """The length of the audio, which some models count instead of tokens."""
    service_tier: str | None = None
    """The tier that served the request, in the provider's word, such as "flex"."""
    fallen: tuple[str, ...] = ()
    """The counts that an earlier usage object of the same stream gives as larger, each with both numbers."""
    tool_uses: Mapping[str, int] = field(default_factory=dict)
    """How often the provider used a tool of its own that may cost extra, such as {"web_search": 2}."""


# Above this, a float no longer represents every whole number.
_MAX_COUNT = 2**53


def count(reported: Mapping[str, Any], *path: str) -> int | None:
    """Return the count at a path of keys. Return None if it is absent or cannot be a count."""
    value: Any = reported
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _MAX_COUNT:
        return None
    return int(value)


def sum_check(name: str, total: int, *parts: int) -> Check:
    """Check that parts add up to a total."""
    passed = total == sum(parts)
    figures = f"{total} {'=' if passed else '≠'} {' + '.join(map(str, parts))}"
    return Check(name, passed, figures, abs(total - sum(parts)))


def part_check(name: str, part: int, whole: int) -> Check:
    """Check that a part is not greater than the whole."""
    return Check(name, part <= whole, f"{part} {'≤' if part <= whole else '>'} {whole}", max(0, part - whole))


# Identities that are known to fail without a fault in the recording: provider, start of the identity, reason.
_KNOWN_FAILURES = (
    ("openrouter", "reasoning ≤", "OpenRouter counts reasoning and completion tokens with different tokenizers"),
    ("vercel", "total = prompt", "Vercel's gateway leaves Gemini's reasoning tokens out of completion and total"),
    ("azure", "cached ≤", "xAI on Azure does not include cached tokens in the prompt tokens"),
    ("doubleword", "reasoning ≤", "Doubleword counts reasoning and completion tokens with different tokenizers"),
)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Whether the reported numbers add up, in one sentence."""

    adds_up: bool | None
    """None if there is nothing to check."""
    text: str


def check_arithmetic(usage: Usage, provider: str | None) -> Arithmetic:
    """Say whether the reported numbers add up. If not, say by how much they are off, and whether the reason is known."""
    failed = [check for check in usage.checks if not check.passed]
    if not usage.checks:
        missing = "no total" if usage.total is None else "a total, but not how it is made up"
        return Arithmetic(None, f"Nothing to check: the provider reports {missing}.")
    if not failed:
        sums = ", ".join(check.figures for check in usage.checks)
        return Arithmetic(adds_up=True, text=f"Adds up: {sums}.")
    worst = max(failed, key=lambda check: check.off_by)
    text = f"Does not add up: {worst.name}, but {worst.figures}. It is off by {worst.off_by:,} tokens."
    known = next((why for who, what, why in _KNOWN_FAILURES if who == provider and worst.name.startswith(what)), None)
    reason = f"This is known: {known}." if known else "No reason is known."
    return Arithmetic(adds_up=False, text=f"{text} {reason}")
