"""When each chunk arrived, and how we know.

Recordings rarely hold arrival times. What one holds decides the grade of every time read from it; a time that nothing
supports is `paced`, made for the eye alone, and enters no figure. The surest source is used: the client's record, then the
server's stamps, then totals; what the others say bounds it, and what cannot be true together is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from viewer.streams.timing.arrival import MEASURED, Arrival, Evidence, measured, uniform
from viewer.streams.timing.spans import Spans, shares, spans_of, spread
from viewer.streams.timing.stamps import timed_by_stamps
from viewer.types.chunk_table import KEEP_ALIVE, Floats, Grade, Ints
from viewer.types.http import Arrivals, RecordedTimes
from viewer.types.measure import Measure, unknown
from viewer.types.replies import ServerTimes
from viewer.wire import Events

DEFAULT_PACE_TOKENS_PER_S = 50.0
WHOLE_SECOND = 1.0
# Two clocks of one machine read at two places differ by less; of 47 recordings of Ollama 42 agree to a tenth.
TOLERANCE_S = 0.1
TOLERATED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Timing:
    """State how the times of a stream are known."""

    grade: Grade
    origin: str
    """What t = 0 is: "request" where the recording ties chunks to the request, else "first chunk"."""
    lead: Measure
    """From the request to the first chunk."""
    evidence: list[Evidence]
    is_window: bool = False
    """Whether only a total is known, and not how much of it passed before the first chunk."""
    whole_s: float | None = None
    """From the request to the end of the response, where the recording holds it."""
    first_token_s: float | None = None
    """From the request to the first token by the server's own measure, where events are not tied to the request."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Hold what of a stream's rows bears on their times; they are in the order of the wire."""

    events: Events
    ends: Ints | None
    """Where each unit's payload ends in the body; None where no arrival goes by bytes."""
    event: Ints
    """Number of the unit that each row came from; all rows of one event arrive together."""
    kind: Ints
    stamp: Floats
    """The provider's own time on the event, or missing."""
    tokens: Floats
    tokens_before: float = 0.0
    """Tokens made out of sight before the first row."""


def time_rows(
    rows: Rows,
    times: RecordedTimes,
    headers: Mapping[str, str],
    server: ServerTimes | None,
    pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S,
) -> tuple[Timing, Arrival]:
    """Return how the rows of one stream are timed, and when each arrived."""
    evidence: list[Evidence] = []
    spans = spans_of(times, server, headers, evidence)
    grade, arrival, since_request = _surest(rows, times.arrivals, spans, evidence, pace_tokens_per_s)
    if since_request and grade == "measured":
        since_request = _fits_request(rows, arrival, spans, evidence)
    if since_request:
        is_window = grade == "span" and spans.generation_s is None and spans.known_first_s is None
        return Timing(
            grade, "request", _known_lead(rows, arrival, spans, grade), evidence, is_window, spans.whole_s
        ), arrival
    arrival = _at_first_chunk(rows, arrival, grade)
    if grade == "bounded":
        arrival = _to_length(rows, arrival, spans)
    arrival, holds = _within(arrival, spans, grade, evidence)
    evidence += _server_disagrees(rows, arrival, spans, grade)
    spans = spans if holds else replace(spans, whole_s=None, at_most_s=None)
    lead = _bounded_lead(arrival, spans, grade)
    is_window = grade == "span" and spans.generation_s is None
    return Timing(grade, "first chunk", lead, evidence, is_window, spans.whole_s, spans.first_s), arrival


def _surest(
    rows: Rows, arrivals: Arrivals | None, spans: Spans, evidence: list[Evidence], pace_tokens_per_s: float
) -> tuple[Grade, Arrival, bool]:
    """Return the surest times there are, their grade, and whether they count from the request."""
    if arrivals is not None:
        arrival = measured(arrivals, rows.events, rows.ends, rows.event, evidence)
        if arrival is not None and arrivals.resolution_s < WHOLE_SECOND:
            return "measured", arrival, arrivals.since_request
        if arrival is not None:
            seconds = np.where(np.isfinite(arrival.t), np.floor(arrival.t), np.nan)
            by_seconds = timed_by_stamps(rows.event, seconds, "the recorder's", evidence)
            if by_seconds is not None:
                return *by_seconds, False
    stamped = timed_by_stamps(rows.event, rows.stamp, "the server's", evidence)
    if stamped is not None:
        return *stamped, False
    found = spread(rows.event, rows.tokens, rows.tokens_before, spans)
    if found is not None:
        return "span", *found
    return "paced", _paced(rows.event, rows.tokens, pace_tokens_per_s), False


def first_chunk(kind: Ints) -> int:
    """Return the first row that is no comment or ping; 0 where there is none."""
    chunks = np.flatnonzero(kind != KEEP_ALIVE)
    return int(chunks[0]) if len(chunks) else 0


def _at_first_chunk(rows: Rows, arrival: Arrival, grade: Grade) -> Arrival:
    """Return times since the first chunk, which is then at 0 exactly, and no later row before it."""
    if grade != "measured" or not len(arrival.t):
        return arrival
    first = first_chunk(rows.kind)
    shifted = arrival.shifted(arrival.t[first])
    at_origin = rows.event == rows.event[first]
    after = np.arange(len(rows.event)) >= first
    low = np.where(at_origin, 0.0, np.where(after, np.maximum(shifted.low, 0.0), shifted.low))
    return replace(shifted, low=low, high=np.where(at_origin, 0.0, shifted.high))


def _fits_request(rows: Rows, arrival: Arrival, spans: Spans, evidence: list[Evidence]) -> bool:
    """Tell whether measured times can count from the request; what contradicts it becomes evidence."""
    chunks = arrival.t[(rows.kind != KEEP_ALIVE) & (arrival.grade == MEASURED)]
    if not len(chunks):
        return True
    first, last = float(chunks[0]), float(chunks[-1])
    if first < spans.earliest_s - TOLERANCE_S:
        said = f"The first event is said to have come {first:.3f} s after the request, before {spans.earliest_s:.3f} s had passed."
    elif spans.whole_s is not None and last > spans.whole_s + TOLERANCE_S:
        said = (
            f"The last event is said to have come {last:.3f} s after the request, the end after {spans.whole_s:.3f} s."
        )
    else:
        return True
    evidence.append(Evidence("contradiction", f"{said} Only what lies between events is used.", contradicts=True))
    return False


def _server_disagrees(rows: Rows, arrival: Arrival, spans: Spans, grade: Grade) -> Iterator[Evidence]:
    """Yield where the server's stamps cannot be true together with its own total; neither is changed for that."""
    chunks = arrival.t[rows.kind != KEEP_ALIVE]
    server = spans.generation_s
    if grade != "stamped" or server is None or not len(chunks):
        return
    length = float(chunks[-1] - chunks[0])
    if abs(length - server) > TOLERANCE_S + server * TOLERATED_SHARE:
        said = f"By its stamps the stream took {length:.3f} s, by the server's own measure {server:.3f} s."
        yield Evidence("contradiction", said, contradicts=True)


def _to_length(rows: Rows, arrival: Arrival, spans: Spans) -> Arrival:
    """Return bounded times stretched to the length that the server measured: stamps bound it, the total says it."""
    last = int(np.flatnonzero(rows.kind != KEEP_ALIVE)[-1:].sum())
    length = float(arrival.t[last])
    if spans.generation_s is None or length <= 0:
        return arrival
    # The first chunk's own tokens were made before it came.
    measured_s = spans.generation_s * (1 - float(shares(rows.event, rows.tokens, rows.tokens_before)[0]))
    return replace(arrival, t=np.clip(arrival.t * (measured_s / length), arrival.low, arrival.high))


def _within(arrival: Arrival, spans: Spans, grade: Grade, evidence: list[Evidence]) -> tuple[Arrival, bool]:
    """Return times since the first chunk bounded from above by how long the response took, and whether the two fit."""
    limits = [spans.at_most_s] if spans.at_most_s is not None else []
    if spans.whole_s is not None:
        limits.append(spans.whole_s - spans.earliest_s)
    if not limits or not len(arrival.t) or grade == "paced":
        return arrival, True
    limit = min(limits)
    low = arrival.low[np.isfinite(arrival.low)].max(initial=0.0)
    if low > limit:
        said = f"By {grade} times the stream took at least {low:.3f} s, by its length at most {limit:.3f} s."
        evidence.append(Evidence("contradiction", said, contradicts=True))
        return arrival, False
    high = np.minimum(arrival.high, limit)
    return replace(arrival, high=high, t=np.minimum(arrival.t, high)), True


def _known_lead(rows: Rows, arrival: Arrival, spans: Spans, grade: Grade) -> Measure:
    if not len(arrival.t):
        return unknown("s", "the stream has no chunks")
    first = first_chunk(rows.kind)
    known = spans.known_first_s
    if grade == "span" and known is not None:
        return Measure(known, known, known, "s", "measured", "request to first event")
    value, low, high = (float(column[first]) for column in (arrival.t, arrival.low, arrival.high))
    if grade == "span" and spans.generation_s is None:
        # Nothing says how much of a total passed before the first chunk.
        return Measure(None, low, high, "s", grade, "within the whole response")
    return Measure(value, low, high if np.isfinite(high) else None, "s", grade, "request to first chunk")


def _bounded_lead(arrival: Arrival, spans: Spans, grade: Grade) -> Measure:
    """Return what is known of the time before the first chunk where chunks are not tied to the request."""
    latest = None
    if spans.whole_s is not None:
        last = arrival.low[np.isfinite(arrival.low)].max(initial=0.0) if grade != "paced" else 0.0
        latest = max(spans.whole_s - float(last), spans.earliest_s)
    low = spans.earliest_s or None
    if low is None and latest is None:
        return unknown("s", "the recording does not say when the request was sent")
    return Measure(None, low, latest, "s", "bounded", spans.earliest_source if low else "within the response")


def _paced(event: Ints, tokens: Floats, pace_tokens_per_s: float) -> Arrival:
    """Return nominal times: every chunk takes as long as its tokens at the chosen pace."""
    counted = np.nan_to_num(tokens)
    total = np.cumsum(counted)
    # All rows of an event arrive with its last.
    last_row = np.searchsorted(event, event, side="right") - 1
    t = (total[last_row] - (total[last_row[0]] if len(total) else 0.0)) / pace_tokens_per_s
    return uniform(t, np.zeros(len(t)), np.full(len(t), np.inf), "paced")
