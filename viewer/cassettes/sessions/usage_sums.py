"""Sums and differences of token counts. A count that one side lacks is not known."""

from collections.abc import Iterable
from functools import reduce
from typing import Literal

from viewer.types.usage import Usage


def sum_of(usages: Iterable[Usage | None]) -> Usage | None:
    """Return the sums of the counts. Return None if any usage is missing, or if there is none."""
    each = list(usages)
    known = [one for one in each if one is not None]
    return reduce(_add, known) if known and len(known) == len(each) else None


def more_than(usage: Usage, before: Usage | None) -> Usage:
    """Return what `usage` counts more than another one."""
    return _combine(usage, before, -1) if before else usage


def _add(one: Usage, other: Usage) -> Usage:
    return _combine(one, other, 1)


def _combine(one: Usage, other: Usage, sign: Literal[1, -1]) -> Usage:
    return Usage(
        input=_count(one.input, other.input, sign),
        output=_count(one.output, other.output, sign),
        reasoning=_count(one.reasoning, other.reasoning, sign),
        cache_read=_count(one.cache_read, other.cache_read, sign),
        cache_write=_count(one.cache_write, other.cache_write, sign),
        total=_count(one.total, other.total, sign),
    )


def _count(one: int | None, other: int | None, sign: int) -> int | None:
    return None if one is None or other is None else one + sign * other
