"""A figure together with how well it is known."""

from dataclasses import dataclass

from viewer.types.chunk_table import Grade


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its bounds. If the recording cannot support a value, it is None and `source` says why."""

    value: float | None
    low: float | None
    """The true value is never below this; None if it has no lower bound."""
    high: float | None
    """The true value is never above this; None if it has no upper bound."""
    unit: str
    grade: Grade | None
    """How well the times behind it are known; None if it has neither a value nor a bound."""
    source: str
    """In words: what was counted or read, or why nothing is known."""


def unknown(unit: str, reason: str) -> Measure:
    """Return a measure without value and bounds, for what the recording does not hold."""
    return Measure(None, None, None, unit, None, reason)
