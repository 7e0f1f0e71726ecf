"""Times from the server's stamps. A sub-second stamp is the time itself; one in whole seconds bounds it."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from viewer.streams.timing.arrival import Arrival, Evidence, fill_between, uniform_arrival
from viewer.types.chunk_table import Floats, Grade, Ints, begins_event


class StampedRows(NamedTuple):
    """Rows timed by stamps."""

    grade: Grade
    arrival: Arrival


def time_by_stamps(event: Ints, stamp: Floats, clock: str, evidence: list[Evidence]) -> StampedRows | None:
    """Time rows by stamps that differ. Return None, with the reason as evidence, if the stamps say nothing.

    `clock` names whose stamps they are, such as "the server's".
    """
    stamped = np.isfinite(stamp)
    seconds = stamp[stamped]
    if not _run_forward(seconds, evidence):
        return None
    is_whole = not (seconds % 1).any()
    if seconds[0] == seconds[-1]:
        statement = f"Every event has the same {'whole second' if is_whole else 'time'}."
        if len(seconds) > 1:
            statement += " Most servers stamp all events with the creation time of the response, so the stamp does not say when each event arrived."
        evidence.append(Evidence("created", statement))
        return None
    if is_whole:
        return StampedRows("bounded", _by_whole_seconds(event, stamp, stamped, clock, evidence))
    statement = "The server put a sub-second time on each event: when it was made, not when it arrived."
    evidence.append(Evidence("created_at", statement))
    return StampedRows("stamped", _by_fine_stamps(stamp, stamped))


def time_by_program(stamp: Floats, evidence: list[Evidence]) -> StampedRows | None:
    """Time rows by the milliseconds that a program put on each of its own lines. A single line is timed too, unlike a server's."""
    stamped = np.isfinite(stamp)
    if not _run_forward(stamp[stamped], evidence):
        return None
    statement = "The program put a time on each line: when it wrote the line, which was once that part was complete."
    evidence.append(Evidence("timestamp", statement))
    return StampedRows("stamped", _by_fine_stamps(stamp, stamped))


def _run_forward(seconds: Floats, evidence: list[Evidence]) -> bool:
    """Tell whether there are stamps and none is earlier than the one before it. Add the reason to `evidence` if not."""
    reason = ""
    if not len(seconds):
        reason = "No event has a readable timestamp."
    elif (np.diff(seconds) < 0).any():
        reason = "The stamps run backwards, so they are not used."
    if reason:
        evidence.append(Evidence("stamps", reason))
    return not reason


def _by_fine_stamps(stamp: Floats, stamped: npt.NDArray[np.bool_]) -> Arrival:
    """Return the stamps as times since the first."""
    first = stamp[np.flatnonzero(stamped)[0]]
    t = stamp - first
    milliseconds = stamp[stamped] * 1e3
    # A float of an epoch time is off by up to a quarter of a microsecond.
    is_whole_ms = np.abs(milliseconds - np.round(milliseconds)).max() < 1e-3
    t = np.round(t, 3 if is_whole_ms else 6)
    # The time between two stamps that were cut to a unit is off by less than the unit.
    error_s = np.where(t == 0, 0.0, 1e-3 if is_whole_ms else 0.0)
    return fill_between(t, np.maximum(t - error_s, 0.0), t + error_s, stamped, "stamped")


def _by_whole_seconds(
    event: Ints, stamp: Floats, stamped: npt.NDArray[np.bool_], clock: str, evidence: list[Evidence]
) -> Arrival:
    """Time rows by whole seconds. Each stamped row lies in its second, and the number of rows before each tick is known."""
    seconds = stamp[stamped]
    ticks = int(seconds[-1] - seconds[0])
    statement = (
        f"{clock.capitalize()} stamps are whole seconds, and the last is {ticks:,} s after the first. Each stamped chunk"
        f" belongs to the second of its stamp, on {clock} clock."
    )
    evidence.append(Evidence("created", statement))
    first_row = np.flatnonzero(stamped)[0]
    position = _positions_in_seconds(event, stamp - seconds[0], stamped)
    index = np.arange(len(stamp))
    # A row without a stamp lies between the stamped rows before and after it.
    before = np.maximum.accumulate(np.where(stamped, index, -1))
    after = np.minimum.accumulate(np.where(stamped, index, len(stamp))[::-1])[::-1]
    zero = seconds[0]
    low = np.where(before >= 0, stamp[before] - zero - 1, -np.inf)
    high = np.where(after < len(stamp), stamp[np.minimum(after, len(stamp) - 1)] - zero + 1, np.inf)
    t = position[np.where(before >= 0, before, first_row)] - position[first_row]
    at_origin = event == event[first_row]
    low = np.where(at_origin, 0.0, np.where(before >= 0, np.maximum(low, 0.0), low))
    high = np.where(at_origin | (before < 0), 0.0, high)
    return replace(uniform_arrival(t, low, high, "bounded"), second=stamp)


def _positions_in_seconds(event: Ints, stamp: Floats, stamped: npt.NDArray[np.bool_]) -> Floats:
    """Return the most likely time of each stamped row, and NaN for the others.

    The number of events before each tick of the server's clock is known exactly. Between two ticks they are spread evenly. The
    first and the last second are only partly used; they get the rate of the nearest full second.
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
    # With only two seconds, both partial, the slowest rate that fits both is that of the fuller one.
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
