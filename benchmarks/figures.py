"""One benchmark figure, and how it is measured."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    what: str
    measured: str
    """The measured value with its unit."""
    against: str
    """The value it is compared with, with its unit."""
    ratio: float
    target: float
    is_at_least: bool = False
    """Whether the target is a minimum instead of a maximum."""
    note: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether the target is met."""
        return self.ratio >= self.target if self.is_at_least else self.ratio <= self.target


def best_s(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the lowest CPU time of each task in seconds. The tasks alternate, so that a slow phase of the machine affects all.

    Each task runs on one core and waits for nothing. On a shared machine, wall time would include other programs.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            begin = time.process_time()
            work()
            taken.append(time.process_time() - begin)
    return [min(taken) for taken in times]
