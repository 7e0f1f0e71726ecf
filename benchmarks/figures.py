"""A figure of a benchmark, and how it is taken."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the table."""

    what: str
    measured: str
    """What was measured, with its unit."""
    against: str
    """What it was measured against, with its unit."""
    ratio: float
    target: float
    is_at_least: bool = False
    """Whether the ratio is to be no less than the target, and not no more."""
    note: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether the target is met."""
        return self.ratio >= self.target if self.is_at_least else self.ratio <= self.target


def best_s(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the least CPU seconds of each work, taken in turn, so that what slows the machine down slows all of them.

    All of them run on one core and wait for nothing; on a machine that is shared, the time by the clock is that of others too.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            begin = time.process_time()
            work()
            taken.append(time.process_time() - begin)
    return [min(taken) for taken in times]
