"""Token counts, costs and figures of many pairs of interactions, added up as far as both sides of a pair support them."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.comparison.comparison import Comparison
from viewer.comparison.figures import Relation
from viewer.text.words import LABELS, USAGE_LABELS
from viewer.types.chunk_table import GRADES, Grade
from viewer.types.measure import Measure

# Only these add up to something: how long all the answers together took. A sum of means or of rates says nothing.
_SUMMED = ("time_to_headers", "ttft", "stream_time", "end_to_end")


class Sum(NamedTuple):
    """An amount of both sides, over the pairs in which both have it."""

    label: str
    left: float
    right: float
    pairs: int
    without: int
    """How many pairs lack it on one side at least, although one has it."""


class Figure(NamedTuple):
    """One figure of all pairs whose times have the same grade on both sides."""

    label: str
    grade: Grade
    relations: dict[Relation, int]
    """How many pairs are lower, higher, the same or within bounds on the right."""
    left: Measure | None
    """The sum; None for a figure that does not add up, such as a rate."""
    right: Measure | None


@dataclass(slots=True)
class Totals:
    """Adds up one pair after another."""

    pairs: int = 0
    _usage: dict[str, Sum] = field(default_factory=dict)
    _cost: Sum = field(default_factory=lambda: Sum("cost", 0, 0, 0, 0))
    _relations: dict[tuple[str, Grade], Counter[Relation]] = field(default_factory=dict)
    _measures: dict[tuple[str, Grade], tuple[list[Measure], list[Measure]]] = field(default_factory=dict)
    unlike: int = 0
    """How many pairs have times of different grades, or times on one side only. They are in no figure."""

    def add(self, pair: Comparison) -> None:
        """Add a pair."""
        self.pairs += 1
        for row in pair.usage:
            total = self._usage.get(row.name, Sum(row.label, 0, 0, 0, 0))
            self._usage[row.name] = _plus(total, *row.counts[:2])
        self._cost = _plus(self._cost, *(cost.usd for cost in pair.cost.costs[:2]))
        is_unlike = False
        for metric in pair.metrics:
            first, other = metric.measures[:2]
            if first.grade is None or first.grade != other.grade or first.grade == "paced":
                is_unlike = is_unlike or first.grade != other.grade
                continue
            key = metric.name, first.grade
            self._relations.setdefault(key, Counter())[metric.differences[0].relation] += 1
            if metric.name in _SUMMED:
                lefts, rights = self._measures.setdefault(key, ([], []))
                lefts.append(first)
                rights.append(other)
        self.unlike += is_unlike

    def usage(self) -> list[Sum]:
        """Return the counts that both sides of a pair report, in the order of `USAGE_LABELS`, and the cost last."""
        sums = [self._usage[name] for name in USAGE_LABELS if name in self._usage]
        return [one for one in sums if one.pairs]

    def cost(self) -> Sum | None:
        """Return the cost in US dollars; None if no pair has one on both sides."""
        return self._cost if self._cost.pairs else None

    def figures(self) -> list[Figure]:
        """Return the figures, each grade by itself."""
        keys = [(name, grade) for name in LABELS for grade in GRADES if (name, grade) in self._relations]
        return [
            Figure(
                LABELS[name],
                grade,
                dict(self._relations[name, grade]),
                *map(_total, self._measures.get((name, grade), (None, None))),
            )
            for name, grade in keys
        ]


def _plus(total: Sum, left: float | None, right: float | None) -> Sum:
    if left is None or right is None:
        return total._replace(without=total.without + (left is not right))
    return total._replace(left=total.left + left, right=total.right + right, pairs=total.pairs + 1)


def _total(measures: list[Measure] | None) -> Measure | None:
    """Return a sum with its bounds. It has a value or a bound only if all have one."""
    if not measures:
        return None
    first = measures[0]
    value, low, high = (_sum_of(getattr(measure, part) for measure in measures) for part in ("value", "low", "high"))
    return Measure(value, low, high, first.unit, first.grade, first.source)


def _sum_of(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else math.fsum(value for value in known if value is not None)
