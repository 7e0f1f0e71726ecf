"""Arithmetic of token counts that several dialects share."""

from collections.abc import Iterator

from viewer.types.usage import Check, Usage, part_check, sum_check


def first_count(*counts: int | None) -> int | None:
    """Return the first count that is reported."""
    return next((count for count in counts if count is not None), None)


def inclusive_checks(usage: Usage) -> Iterator[Check]:
    """Yield the checks of counts whose input includes cached tokens and whose output includes reasoning tokens."""
    if usage.input is not None and usage.output is not None and usage.total is not None:
        yield sum_check("total = input + output", usage.total, usage.input, usage.output)
    if usage.reasoning and usage.output is not None:
        yield part_check("reasoning ≤ output", usage.reasoning, usage.output)
    if usage.cache_read and usage.input is not None:
        yield part_check("cached ≤ input", usage.cache_read, usage.input)
