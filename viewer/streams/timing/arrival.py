"""When rows arrived, as every source of time says it; and the source that is surest, the client's own record."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from viewer.types.chunk_table import GRADES, Floats, Grade, Ints
from viewer.types.http import Arrivals
from viewer.wire import Events

MEASURED, BOUNDED = GRADES.index("measured"), GRADES.index("bounded")


@dataclass(frozen=True, slots=True)
class Evidence:
    """State one thing the recording holds about time."""

    source: str
    """The field it stands in, as the recorder or the provider names it."""
    statement: str
    """What it says, and what it does not."""
    contradicts: bool = False
    """Whether it cannot be true together with another."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """Hold the arrival of each row in seconds since the origin: best value, hard bounds, and how it is known."""

    t: Floats
    low: Floats
    high: Floats
    grade: Ints
    """Index into `GRADES` for each row."""
    second: Floats | None = None
    """The whole second of a clock that each row lies in, or missing; None where no such bound the rows."""

    def shifted(self, seconds: float) -> "Arrival":
        """Return the same on a clock that starts so much later."""
        return replace(self, t=self.t - seconds, low=self.low - seconds, high=self.high - seconds)


def uniform(t: Floats, low: Floats, high: Floats, grade: Grade) -> Arrival:
    """Return an arrival whose rows are all known in the same way; the best value is brought inside its bounds."""
    return Arrival(np.clip(t, low, high), low, high, np.full(len(t), GRADES.index(grade), dtype=np.int8))


def between(t: Floats, low: Floats, high: Floats, known: npt.NDArray[np.bool_], grade: Grade) -> Arrival:
    """Return an arrival in which rows that are not known lie between the known ones before and after them.

    The rows are in order; `t`, `low` and `high` count where `known` is set. A row before the first known one has no lower
    bound, one after the last no upper bound.
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


def measured(
    arrivals: Arrivals, events: Events, ends: Ints | None, event: Ints, evidence: list[Evidence]
) -> Arrival | None:
    """Return the client's own times on the clock that it wrote them in; None, with the reason, where they cannot be used.

    `ends` is where each unit's payload ends in the body, which is needed where arrivals go by bytes.
    """
    s = np.array(arrivals.s, dtype=np.float64)
    if not len(s) or not np.isfinite(s).all() or (np.diff(s) < 0).any():
        evidence.append(Evidence("arrivals", "The recorded arrival times run backwards, so they are not used."))
        return None
    at = np.full(len(events), np.nan)
    if arrivals.ends is None:
        carriers = np.array([index for index, data in enumerate(events.data) if data is not None], dtype=np.int64)
        if len(carriers) - len(s) == 1 and (events.data[carriers[-1]] or b"").startswith(b"[DONE]"):
            # Clients stop there, and many do not count it.
            carriers = carriers[:-1]
        if len(carriers) != len(s):
            said = (
                f"{len(s):,} arrival times are recorded for {len(carriers):,} events, so which is whose is not known."
            )
            evidence.append(Evidence("arrivals", said, contradicts=True))
            return None
        at[carriers] = s
    else:
        part = np.searchsorted(np.array(arrivals.ends), events.offset + events.size if ends is None else ends)
        inside = part < len(s)
        at[inside] = s[part[inside]]
    known = np.isfinite(at)
    if not known[event].any():
        return None
    evidence.append(Evidence("arrivals", f"The recorder wrote when each event arrived{_fineness(arrivals)}."))
    # A time that was rounded or cut off is off by no more than what it is coarse by.
    unit = between(at, at - arrivals.resolution_s, at + arrivals.resolution_s, known, "measured")
    return Arrival(unit.t[event], unit.low[event], unit.high[event], unit.grade[event])


def _fineness(arrivals: Arrivals) -> str:
    if arrivals.resolution_s < 1e-4:
        return ""
    return f", to {arrivals.resolution_s * 1e3:.3g} ms" if arrivals.resolution_s < 1 else ", to the whole second"
