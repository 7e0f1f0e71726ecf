"""When each chunk arrived, and how we know.

Recordings rarely have arrival times. What a recording has decides the grade of its times. A time without any support is
`paced`: it is for replay only and enters no figure. The best source is used: the client's record, then the server's stamps,
then totals. The other sources bound it, and contradictions are reported.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from viewer.streams.timing.arrival import MEASURED, Arrival, Evidence, time_by_arrivals, uniform_arrival
from viewer.streams.timing.spans import Spans, find_spans, spread_over_total, token_shares
from viewer.streams.timing.stamps import time_by_program, time_by_stamps
from viewer.types.chunk_table import KEEP_ALIVE, Floats, Grade, Ints
from viewer.types.http import Arrivals, RecordedTimes
from viewer.types.measure import Measure, unknown
from viewer.types.replies import ServerTimes
from viewer.wire import Events

# The speed at which a stream without times is replayed.
DEFAULT_PACE_TOKENS_PER_S = 50.0
WHOLE_SECOND = 1.0
# Two readings of one machine's clock differ by less. Of 47 recordings of Ollama, 42 agree to a tenth.
TOLERANCE_S = 0.1
TOLERATED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Timing:
    """How the times of a stream are known."""

    grade: Grade
    origin: str
    """What t = 0 is: "request" if the recording ties chunks to the request, else "first chunk"."""
    lead: Measure
    """From the request to the first chunk."""
    evidence: list[Evidence]
    is_window: bool = False
    """Whether only a total is known, but not how much of it passed before the first chunk."""
    whole_s: float | None = None
    """From the request to the end of the response; None if not recorded."""
    first_token_s: float | None = None
    """From the request to the first token as reported by the server; None if events are tied to the request."""
    marks_ends: bool = False
    """Whether the times are those at which whole parts of the answer were complete. When they began is not recorded."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The columns of a stream that bear on its times, in the order of the wire."""

    events: Events
    ends: Ints | None
    """The offset in the body at which each unit's payload ends; None if arrivals are not recorded by bytes."""
    event: Ints
    """The number of each row's unit. All rows of one event arrive together."""
    kind: Ints
    stamp: Floats
    """The provider's own time on the event, or NaN."""
    tokens: Floats
    tokens_before: float = 0.0
    """The number of hidden tokens before the first row."""
    has_stamps_of_program: bool = False
    """Whether the stamps are of the program that wrote the events, and of each event, in milliseconds."""
    has_stamps_of_pieces: bool = False
    """Whether such stamps are those of pieces of a text, and not of whole parts of the answer."""


def time_rows(
    rows: Rows,
    times: RecordedTimes,
    headers: Mapping[str, str],
    server: ServerTimes | None,
    pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S,
) -> tuple[Timing, Arrival]:
    """Time the rows of one stream."""
    evidence: list[Evidence] = []
    spans = find_spans(times, server, headers, evidence)
    grade, arrival, since_request = _best_source(rows, times.arrivals, spans, evidence, pace_tokens_per_s)
    if since_request and grade == "measured":
        since_request = _fits_request(rows, arrival, spans, evidence)
    if since_request:
        is_window = grade == "span" and spans.generation_s is None and spans.known_first_s is None
        return Timing(
            grade, "request", _known_lead(rows, arrival, spans, grade), evidence, is_window, spans.whole_s
        ), arrival
    arrival = _at_first_chunk(rows, arrival, grade)
    if grade == "bounded":
        arrival = _stretch_to_length(rows, arrival, spans)
    arrival, holds = _limit(arrival, spans, grade, evidence)
    evidence += _server_disagrees(rows, arrival, spans, grade)
    spans = spans if holds else replace(spans, whole_s=None, at_most_s=None)
    lead = _bounded_lead(arrival, spans, grade)
    is_window = grade == "span" and spans.generation_s is None
    marks_ends = grade == "stamped" and rows.has_stamps_of_program and not rows.has_stamps_of_pieces
    return Timing(grade, "first chunk", lead, evidence, is_window, spans.whole_s, spans.first_s, marks_ends), arrival


class _TimedRows(NamedTuple):
    grade: Grade
    arrival: Arrival
    since_request: bool


def _best_source(
    rows: Rows, arrivals: Arrivals | None, spans: Spans, evidence: list[Evidence], pace_tokens_per_s: float
) -> _TimedRows:
    """Time the rows by the best source that the recording has."""
    if arrivals is not None:
        arrival = time_by_arrivals(arrivals, rows.events, rows.ends, rows.event, evidence)
        if arrival is not None and arrivals.resolution_s < WHOLE_SECOND:
            return _TimedRows("measured", arrival, arrivals.since_request)
        if arrival is not None:
            seconds = np.where(np.isfinite(arrival.t), np.floor(arrival.t), np.nan)
            by_seconds = time_by_stamps(rows.event, seconds, "the recorder's", evidence)
            if by_seconds is not None:
                return _TimedRows(by_seconds.grade, by_seconds.arrival, since_request=False)
    if rows.has_stamps_of_program:
        stamped = time_by_program(rows.stamp, evidence)
    else:
        stamped = time_by_stamps(rows.event, rows.stamp, "the server's", evidence)
    if stamped is not None:
        return _TimedRows(stamped.grade, stamped.arrival, since_request=False)
    over_total = spread_over_total(rows.event, rows.tokens, rows.tokens_before, spans)
    if over_total is not None:
        return _TimedRows("span", over_total.arrival, over_total.since_request)
    return _TimedRows("paced", _pace(rows.event, rows.tokens, pace_tokens_per_s), since_request=False)


def first_chunk(kind: Ints) -> int:
    """Return the first row that is not a comment or ping, or 0 if there is none."""
    chunks = np.flatnonzero(kind != KEEP_ALIVE)
    return int(chunks[0]) if len(chunks) else 0


def _at_first_chunk(rows: Rows, arrival: Arrival, grade: Grade) -> Arrival:
    """Shift times to the first chunk. It is then exactly at 0, and no later row is before it."""
    if grade != "measured" or not len(arrival.t):
        return arrival
    first = first_chunk(rows.kind)
    shifted = arrival.shifted(arrival.t[first])
    at_origin = rows.event == rows.event[first]
    after = np.arange(len(rows.event)) >= first
    low = np.where(at_origin, 0.0, np.where(after, np.maximum(shifted.low, 0.0), shifted.low))
    return replace(shifted, low=low, high=np.where(at_origin, 0.0, shifted.high))


def _fits_request(rows: Rows, arrival: Arrival, spans: Spans, evidence: list[Evidence]) -> bool:
    """Tell whether measured times can count from the request. Add contradictions to `evidence`."""
    chunks = arrival.t[(rows.kind != KEEP_ALIVE) & (arrival.grade == MEASURED)]
    if not len(chunks):
        return True
    first, last = float(chunks[0]), float(chunks[-1])
    if first < spans.earliest_s - TOLERANCE_S:
        statement = (
            f"The recorded arrival of the first event is {first:.3f} s after the request, but it cannot be earlier than"
            f" {spans.earliest_s:.3f} s."
        )
    elif spans.whole_s is not None and last > spans.whole_s + TOLERANCE_S:
        statement = (
            f"The recorded arrival of the last event is {last:.3f} s after the request, but the response ended at"
            f" {spans.whole_s:.3f} s."
        )
    else:
        return True
    evidence.append(Evidence("contradiction", f"{statement} Only the times between events are used.", contradicts=True))
    return False


def _server_disagrees(rows: Rows, arrival: Arrival, spans: Spans, grade: Grade) -> Iterator[Evidence]:
    """Yield a contradiction between the server's stamps and its own total. Neither is changed."""
    chunks = arrival.t[rows.kind != KEEP_ALIVE]
    server = spans.generation_s
    if grade != "stamped" or server is None or not len(chunks):
        return
    length = float(chunks[-1] - chunks[0])
    if abs(length - server) > TOLERANCE_S + server * TOLERATED_SHARE:
        statement = f"The stamps say the stream took {length:.3f} s; the server reports {server:.3f} s."
        yield Evidence("contradiction", statement, contradicts=True)


def _stretch_to_length(rows: Rows, arrival: Arrival, spans: Spans) -> Arrival:
    """Stretch bounded times to the length that the server measured: the total is more precise than the stamps."""
    last = int(np.flatnonzero(rows.kind != KEEP_ALIVE)[-1:].sum())
    length = float(arrival.t[last])
    if spans.generation_s is None or length <= 0:
        return arrival
    # The first chunk's own tokens were made before it arrived.
    measured_s = spans.generation_s * (1 - float(token_shares(rows.event, rows.tokens, rows.tokens_before)[0]))
    return replace(arrival, t=np.clip(arrival.t * (measured_s / length), arrival.low, arrival.high))


def _limit(arrival: Arrival, spans: Spans, grade: Grade, evidence: list[Evidence]) -> tuple[Arrival, bool]:
    """Bound times since the first chunk by the length of the response. Also return whether the two agree."""
    limits = [spans.at_most_s] if spans.at_most_s is not None else []
    if spans.whole_s is not None:
        limits.append(spans.whole_s - spans.earliest_s)
    if not limits or not len(arrival.t) or grade == "paced":
        return arrival, True
    limit = min(limits)
    low = arrival.low[np.isfinite(arrival.low)].max(initial=0.0)
    if low > limit:
        statement = f"Its {grade} times say the stream took at least {low:.3f} s, but its recorded length says at most {limit:.3f} s."
        evidence.append(Evidence("contradiction", statement, contradicts=True))
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
        # It is not known how much of the total passed before the first chunk.
        return Measure(None, low, high, "s", grade, "within the whole response")
    return Measure(value, low, high if np.isfinite(high) else None, "s", grade, "request to first chunk")


def _bounded_lead(arrival: Arrival, spans: Spans, grade: Grade) -> Measure:
    """Bound the time before the first chunk if chunks are not tied to the request."""
    latest = None
    if spans.whole_s is not None:
        last = arrival.low[np.isfinite(arrival.low)].max(initial=0.0) if grade != "paced" else 0.0
        latest = max(spans.whole_s - float(last), spans.earliest_s)
    low = spans.earliest_s or None
    if low is None and latest is None:
        return unknown("s", "the recording does not say when the request was sent")
    return Measure(None, low, latest, "s", "bounded", spans.earliest_source if low else "within the response")


def _pace(event: Ints, tokens: Floats, pace_tokens_per_s: float) -> Arrival:
    """Return nominal times: each chunk takes as long as its tokens at the given pace."""
    counted = np.nan_to_num(tokens)
    total = np.cumsum(counted)
    # All rows of an event arrive with its last.
    last_row = np.searchsorted(event, event, side="right") - 1
    t = (total[last_row] - (total[last_row[0]] if len(total) else 0.0)) / pace_tokens_per_s
    return uniform_arrival(t, np.zeros(len(t)), np.full(len(t), np.inf), "paced")
