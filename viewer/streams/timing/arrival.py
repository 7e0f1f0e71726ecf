"""When rows arrived, in the form that every source of time uses, and the best source: the client's own record."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from viewer.types.chunk_table import GRADES, Floats, Grade, Ints
from viewer.types.http import Arrivals
from viewer.wire import Events

MEASURED, BOUNDED = GRADES.index("measured"), GRADES.index("bounded")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that the recording says about time."""

    source: str
    """The recorder's or provider's name of the field."""
    statement: str
    """In words: what it says, and what it does not."""
    contradicts: bool = False
    """Whether it contradicts other evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The arrival of each row in seconds since the origin: best value, hard bounds, and how it is known."""

    t: Floats
    low: Floats
    high: Floats
    grade: Ints
    """Each row's index in `GRADES`."""
    second: Floats | None = None
    """The whole second of a clock in which each row lies, or NaN; None if the rows are not bounded by whole seconds."""

    def shifted(self, seconds: float) -> "Arrival":
        """Return the same arrival on a clock that starts `seconds` later."""
        return replace(self, t=self.t - seconds, low=self.low - seconds, high=self.high - seconds)


def uniform_arrival(t: Floats, low: Floats, high: Floats, grade: Grade) -> Arrival:
    """Return an arrival whose rows all have one grade. The best values are clipped to their bounds."""
    return Arrival(np.clip(t, low, high), low, high, np.full(len(t), GRADES.index(grade), dtype=np.int8))


def fill_between(t: Floats, low: Floats, high: Floats, known: npt.NDArray[np.bool_], grade: Grade) -> Arrival:
    """Return an arrival in which unknown rows lie between the known rows before and after them.

    The rows are in order. `t`, `low` and `high` are used only where `known` is set. A row before the first known one has no
    lower bound, and a row after the last one has no upper bound.
    """
    earliest = np.maximum.accumulate(np.where(known, low, -np.inf))
    latest = np.minimum.accumulate(np.where(known, high, np.inf)[::-1])[::-1]
    before = np.maximum.accumulate(np.where(known, t, -np.inf))
    after = np.minimum.accumulate(np.where(known, t, np.inf)[::-1])[::-1]
    middle = np.where(np.isfinite(before), np.where(np.isfinite(after), (before + after) / 2, before), after)
    return Arrival(
        np.where(known, t, middle),
        np.where(known, low, earliest),
        np.where(known, high, latest),
        np.where(known, GRADES.index(grade), BOUNDED).astype(np.int8),
    )


def time_by_arrivals(
    arrivals: Arrivals, events: Events, ends: Ints | None, event: Ints, evidence: list[Evidence]
) -> Arrival | None:
    """Return the client's own times, on its clock. Return None, with the reason as evidence, if they cannot be used.

    `ends` is the offset in the body at which each unit's payload ends. It is needed if arrivals are recorded by bytes.
    """
    s = np.array(arrivals.s, dtype=np.float64)
    if not len(s) or not np.isfinite(s).all() or (np.diff(s) < 0).any():
        evidence.append(Evidence("arrivals", "The recorded arrival times run backwards, so they are not used."))
        return None
    at = np.full(len(events), np.nan)
    if arrivals.ends is None:
        with_data = np.array([index for index, data in enumerate(events.data) if data is not None], dtype=np.int64)
        if len(with_data) - len(s) == 1 and (events.data[with_data[-1]] or b"").startswith(b"[DONE]"):
            # Clients stop at [DONE], and many do not count it.
            with_data = with_data[:-1]
        if len(with_data) != len(s):
            statement = (
                f"{len(s):,} arrival times are recorded for {len(with_data):,} events, so they cannot be matched."
            )
            evidence.append(Evidence("arrivals", statement, contradicts=True))
            return None
        at[with_data] = s
    else:
        part = np.searchsorted(np.array(arrivals.ends), events.offset + events.size if ends is None else ends)
        is_recorded = part < len(s)
        at[is_recorded] = s[part[is_recorded]]
    known = np.isfinite(at)
    if not known[event].any():
        return None
    evidence.append(Evidence("arrivals", f"The recorder wrote when each event arrived{_fineness(arrivals)}."))
    # A time that was rounded or truncated is off by at most its resolution.
    unit = fill_between(at, at - arrivals.resolution_s, at + arrivals.resolution_s, known, "measured")
    return Arrival(unit.t[event], unit.low[event], unit.high[event], unit.grade[event])


def _fineness(arrivals: Arrivals) -> str:
    if arrivals.resolution_s < 1e-4:
        return ""
    return f", to {arrivals.resolution_s * 1e3:.3g} ms" if arrivals.resolution_s < 1 else ", to the whole second"
