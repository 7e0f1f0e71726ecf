"""Sets of stretches of time, as sorted pairs of begin and end that do not touch each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple


class Stretch(NamedTuple):
    """A stretch of time, in seconds."""

    begin_s: float
    end_s: float


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the time that is in any of the stretches. Those without a length are left out."""
    joined: list[Stretch] = []
    for one in sorted(stretches):
        if one.end_s <= one.begin_s:
            continue
        if joined and one.begin_s <= joined[-1].end_s:
            joined[-1] = Stretch(joined[-1].begin_s, max(joined[-1].end_s, one.end_s))
        else:
            joined.append(one)
    return joined


def minus(stretches: Iterable[Stretch], removed: list[Stretch]) -> list[Stretch]:
    """Return the time of a union that is not in another one."""
    left: list[Stretch] = []
    place = 0
    for begin_s, end_s in stretches:
        while place < len(removed) and removed[place].end_s <= begin_s:
            place += 1
        at = begin_s
        for gone in islice(removed, place, None):
            if gone.begin_s >= end_s:
                break
            if gone.begin_s > at:
                left.append(Stretch(at, gone.begin_s))
            at = max(at, gone.end_s)
        if at < end_s:
            left.append(Stretch(at, end_s))
    return left


def within(stretches: Sequence[Stretch], begin_s: float, end_s: float) -> list[Stretch]:
    """Return the time of a union that lies between two moments."""
    first = bisect_right(stretches, begin_s, key=lambda one: one.end_s)
    last = bisect_left(stretches, end_s, lo=first, key=lambda one: one.begin_s)
    cut = (Stretch(max(one.begin_s, begin_s), min(one.end_s, end_s)) for one in islice(stretches, first, last))
    return [one for one in cut if one.end_s > one.begin_s]


def length_s(stretches: Iterable[Stretch]) -> float:
    """Return how long the stretches of a union are together."""
    return sum(one.end_s - one.begin_s for one in stretches)
