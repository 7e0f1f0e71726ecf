"""When each piece of a recorded body is sent, and how well that time is known.

A piece is one event with the bytes that close it. Events that arrived together are one piece. Times count from the request. What a
recording does not say is not made up: the least time that it allows is used, and `Schedule.known` says so.
"""

from typing import NamedTuple

import numpy as np

from viewer.streams.stream import Stream
from viewer.streams.timing.timing import DEFAULT_PACE_TOKENS_PER_S
from viewer.text.words import seconds
from viewer.types.chunk_table import Grade, begins_event
from viewer.types.http import RecordedTimes

_NOTES: dict[Grade, str] = {
    "measured": "",
    "stamped": "by the server's clock",
    "bounded": "between whole seconds",
    "span": "only a total is recorded, and the events are spread over it",
    "paced": f"no times are recorded, so {DEFAULT_PACE_TOKENS_PER_S:.0f} tokens/s",
}


class Schedule(NamedTuple):
    """The pieces of one body and their times."""

    ends: tuple[int, ...]
    """The byte offset in the body at which each piece ends. The last is the length of the body."""
    due_s: tuple[float, ...]
    """When each piece is sent, in seconds since the request. Never decreasing."""
    headers_s: float
    """When the headers are sent, in seconds since the request: not after the first piece."""
    event_ends: tuple[int, ...]
    """The byte offset in the body at which each event ends. A body without events is one event."""
    grade: str
    """The grade of these times, such as "measured"; "none" if the response has no events and no time is recorded."""
    note: str = ""
    """What the grade alone does not say, such as that the time before the first event is not recorded."""

    @property
    def known(self) -> str:
        """How these times are known, in words."""
        return f"{self.grade}: {self.note}" if self.note else self.grade

    @property
    def last_s(self) -> float:
        """When the last byte is sent."""
        return self.due_s[-1] if self.due_s else self.headers_s


def schedule_stream(stream: Stream, body_bytes: int) -> Schedule:
    """Return when each event of a stream is sent."""
    columns = stream.columns
    first_rows = begins_event(columns.event)
    ends = (columns.offset.astype(np.int64) + columns.size)[first_rows]
    if not len(ends):
        return schedule_whole(stream.recorded_times, body_bytes)
    lead_s, lead = _lead(stream)
    due_s = np.maximum.accumulate(np.maximum(columns.arrival.t[first_rows] + lead_s, 0.0))
    # What follows the last event that was read, because it is too large or no event, comes with it.
    ends[-1] = body_bytes
    last_of_piece = np.append(np.diff(due_s) > 0, True)
    return Schedule(
        tuple(ends[last_of_piece].tolist()),
        tuple(due_s[last_of_piece].tolist()),
        _headers_s(stream.recorded_times, float(due_s[0])),
        tuple(ends.tolist()),
        stream.timing.grade,
        "; ".join(filter(None, (_NOTES[stream.timing.grade], lead))),
    )


def schedule_whole(times: RecordedTimes, body_bytes: int) -> Schedule:
    """Return when the parts of a body without events are sent: as they arrived, or together when the response ended."""
    arrivals = times.arrivals
    ends = (body_bytes,) if body_bytes else ()
    if arrivals is not None and arrivals.since_request and arrivals.ends and arrivals.ends[-1] == body_bytes:
        return Schedule(arrivals.ends, arrivals.s, _headers_s(times, arrivals.s[0]), ends, "measured")
    whole_s, grade, note = _whole(times)
    return Schedule(ends, (whole_s,) * len(ends), _headers_s(times, whole_s), ends, grade, note)


def _lead(stream: Stream) -> tuple[float, str]:
    """Return how long before t = 0 the request was sent, and what to say of it."""
    timing = stream.timing
    if timing.origin == "request":
        return 0.0, ""
    lead = timing.lead
    if lead.value is not None:
        return lead.value, ""
    if timing.first_token_s is not None:
        return timing.first_token_s, "the first event comes when the server says that it was made"
    if lead.low:
        return lead.low, f"the first event came after at least {seconds(lead.low)}, which is used"
    return 0.0, "the time before the first event is not recorded"


def _whole(times: RecordedTimes) -> tuple[float, str, str]:
    """Return when a body without events is sent, the grade of that time, and what to say of it."""
    if times.whole_s is not None:
        return times.whole_s, "measured", ""
    if times.arrivals is not None and times.arrivals.since_request and times.arrivals.s:
        return times.arrivals.s[-1], "measured", ""
    if times.headers_s is not None:
        return times.headers_s, "bounded", "sent with the headers, because the end is not recorded"
    return 0.0, "none", "sent at once, because no times are recorded"


def _headers_s(times: RecordedTimes, first_s: float) -> float:
    """Return when the headers came; together with the first piece if that is not recorded."""
    return first_s if times.headers_s is None else min(times.headers_s, first_s)
