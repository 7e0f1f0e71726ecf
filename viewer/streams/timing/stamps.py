"""The server's own time on each event: finer than a second, it is the time; whole seconds bound it."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from viewer.streams.timing.arrival import Arrival, Evidence, between, uniform
from viewer.types.chunk_table import Floats, Grade, Ints, begins_event


def timed_by_stamps(event: Ints, stamp: Floats, clock: str, evidence: list[Evidence]) -> tuple[Grade, Arrival] | None:
    """Return times from stamps that move, and their grade; None, with the reason as evidence, where they say nothing.

    `clock` says whose they are, such as "the server's".
    """
    stamped = np.isfinite(stamp)
    seconds = stamp[stamped]
    if not len(seconds):
        evidence.append(Evidence("stamps", "No event carries a time stamp that can be read."))
        return None
    if (np.diff(seconds) < 0).any():
        evidence.append(Evidence("stamps", "The stamps run backwards, so they bound nothing."))
        return None
    whole = not (seconds % 1).any()
    if seconds[0] == seconds[-1]:
        what = "whole second" if whole else "time"
        said = f"Every event carries the same {what}."
        if len(seconds) > 1:
            said += " Most servers stamp all events with the time the response was created, so it says nothing of when each came."
        evidence.append(Evidence("created", said))
        return None
    if whole:
        return "bounded", _bounded(event, stamp, stamped, clock, evidence)
    return "stamped", _stamped(stamp, stamped, evidence)


def _stamped(stamp: Floats, stamped: npt.NDArray[np.bool_], evidence: list[Evidence]) -> Arrival:
    """Return the stamps as times since the first."""
    said = "The server put its own time, finer than a second, on each event: when it was made, not when it arrived."
    evidence.append(Evidence("created_at", said))
    t = stamp - stamp[np.flatnonzero(stamped)[0]]
    return between(t, t, t, stamped, "stamped")


def _bounded(
    event: Ints, stamp: Floats, stamped: npt.NDArray[np.bool_], clock: str, evidence: list[Evidence]
) -> Arrival:
    """Return times from whole seconds: each stamped row lies in its second, and how many came by each tick is known."""
    seconds = stamp[stamped]
    ticks = int(seconds[-1] - seconds[0])
    said = (
        f"{clock.capitalize()} stamps are whole seconds, and the last is {ticks:,} s after the first: each stamped chunk"
        f" came within the second it is stamped with, on {clock} clock."
    )
    evidence.append(Evidence("created", said))
    first_row = np.flatnonzero(stamped)[0]
    position = _positions_in_seconds(event, stamp - seconds[0], stamped)
    index = np.arange(len(stamp))
    # A row without a stamp came after the last stamped row before it and before the next one.
    before = np.maximum.accumulate(np.where(stamped, index, -1))
    after = np.minimum.accumulate(np.where(stamped, index, len(stamp))[::-1])[::-1]
    zero = seconds[0]
    low = np.where(before >= 0, stamp[before] - zero - 1, -np.inf)
    high = np.where(after < len(stamp), stamp[np.minimum(after, len(stamp) - 1)] - zero + 1, np.inf)
    t = position[np.where(before >= 0, before, first_row)] - position[first_row]
    at_origin = event == event[first_row]
    low = np.where(at_origin, 0.0, np.where(before >= 0, np.maximum(low, 0.0), low))
    high = np.where(at_origin | (before < 0), 0.0, high)
    return replace(uniform(t, low, high, "bounded"), second=stamp)


def _positions_in_seconds(event: Ints, stamp: Floats, stamped: npt.NDArray[np.bool_]) -> Floats:
    """Return where in time each stamped row most likely lies, missing for the others.

    How many events came before each tick of the server's clock is known exactly; between two ticks they are spread
    evenly. The first and the last second are only partly used: there the rate of the nearest full second goes on.
    """
    is_first = begins_event(event[stamped])
    row_event = np.cumsum(is_first) - 1
    event_stamp = stamp[stamped][is_first]
    ticks = np.diff(event_stamp, prepend=-np.inf) > 0
    event_second = np.cumsum(ticks) - 1
    second, begin = event_stamp[ticks], np.flatnonzero(ticks)
    n = np.diff(begin, append=len(event_stamp))
    rank = np.arange(len(event_stamp)) - begin[event_second]
    used = np.ones(len(second))
    # With two seconds only, both partial, the slowest rate that fits both is the fuller one's.
    first_rate = n[1] if len(second) > 2 else n.max()
    last_rate = n[-2] if len(second) > 2 else n.max()
    used[0] = min(1.0, n[0] / first_rate)
    used[-1] = min(1.0, n[-1] / last_rate)
    offset = np.zeros(len(second))
    offset[0] = 1 - used[0]
    place = event_stamp + offset[event_second] + used[event_second] * (rank + 0.5) / n[event_second]
    position = np.full(len(stamp), np.nan)
    position[stamped] = place[row_event]
    return position
