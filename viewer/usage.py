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
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _HIGHEST_COUNT:
        return None
    return int(value)


def sum_check(name: str, total: int, *parts: int) -> Check:
    """Return the check that parts add up to a total."""
    passed = total == sum(parts)
    return Check(name, passed, f"{total} {'=' if passed else '≠'} {' + '.join(map(str, parts))}")


def part_check(name: str, part: int, whole: int) -> Check:
    """Return the check that a part is no greater than its whole."""
    return Check(name, part <= whole, f"{part} {'≤' if part <= whole else '>'} {whole}")
