"""A number that says how well it is known."""

from dataclasses import dataclass

from viewer.types.chunk_table import Grade


@dataclass(frozen=True, slots=True)
class Measure:
    """Hold one figure with its bounds; what the recording cannot support has no value, and `source` says why."""

    value: float | None
    low: float | None
    """The true value is never below this; None where nothing bounds it."""
    high: float | None
    """The true value is never above this; None where nothing bounds it."""
    unit: str
    grade: Grade | None
    """How well the times it rests on are known; None where it has neither value nor bound."""
    source: str
    """What was counted or read, in words."""


def unknown(unit: str, reason: str) -> Measure:
    """Return the measure of something that the recording does not hold."""
    return Measure(None, None, None, unit, None, reason)
