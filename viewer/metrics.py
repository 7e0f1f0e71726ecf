"""How fast a stream was: each figure with its bounds, or the reason why the recording cannot support it.

A paced stream has no figure that rests on time. Origin and lead are never mixed: what lies before the first chunk is the
lead, everything between chunks comes from `t`.
"""

from collections.abc import Mapping

import numpy as np

from viewer.hidden import HiddenReasoning, silent_before_output
from viewer.http import RecordedTimes
from viewer.measure import Measure, unknown
from viewer.schema import CONTENT, KEEP_ALIVE, OTHER, REASONING, REFUSAL, TOOL_CALL, Floats, Ints
from viewer.timing import Arrival, Timing

_NOT_RECORDED = "the recording does not say when chunks arrived"


def measure(
    event: Ints,
    kind: Ints,
    stamp: Floats,
    arrival: Arrival,
    timing: Timing,
    times: RecordedTimes,
    hidden: HiddenReasoning | None,
) -> Mapping[str, Measure]:
    """Return every figure by name, from the columns of one stream's rows."""
    return {
        "time_to_headers": _time_to_headers(times),
        "ttft": _ttft(kind, arrival, timing),
        "thinking_time": _thinking_time(kind, arrival, timing, hidden),
        "stream_time": _stream_time(event, kind, arrival, timing),
        "chunks_per_second": _chunks_per_second(event, kind, stamp, arrival, timing),
    }


def _time_to_headers(times: RecordedTimes) -> Measure:
    if times.headers_s is None:
        return unknown("s", "the recording does not say when the headers came")
    return Measure(times.headers_s, times.headers_s, times.headers_s, "s", "measured", "request to response headers")


def _ttft(kind: Ints, arrival: Arrival, timing: Timing) -> Measure:
    """Measure request to first non-empty content or reasoning, as AIPerf does."""
    rows = np.flatnonzero(np.isin(kind, (CONTENT, REASONING)))
    if not len(rows):
        return unknown("s", "the stream has neither content nor reasoning")
    if timing.lead.low is None:
        return unknown("s", timing.lead.source)
    low = timing.lead.low + (max(0.0, float(arrival.low[rows[0]])) if timing.grade != "paced" else 0.0)
    return Measure(None, low, None, "s", "bounded", timing.lead.source)


def _between(first: int, last: int, arrival: Arrival, timing: Timing, source: str) -> Measure:
    """Measure from one row to a later one."""
    value = float(arrival.t[last] - arrival.t[first])
    if timing.origin == "first chunk" and arrival.low[first] == arrival.high[first]:
        low, high = float(arrival.low[last]), float(arrival.high[last])
    else:
        low = max(0.0, float(arrival.low[last] - arrival.high[first]))
        high = float(arrival.high[last] - arrival.low[first])
    return Measure(value, low, high if np.isfinite(high) else None, "s", timing.grade, source)


def _thinking_time(kind: Ints, arrival: Arrival, timing: Timing, hidden: HiddenReasoning | None) -> Measure:
    """Measure the first reasoning chunk, shown or known to be hidden, to the first output."""
    thought = kind == REASONING
    if hidden:
        thought |= silent_before_output(kind)
    output = np.flatnonzero(np.isin(kind, (CONTENT, TOOL_CALL, REFUSAL)))
    begin = np.flatnonzero(thought)
    if not len(begin):
        return unknown("s", "the stream shows no reasoning")
    if not len(output):
        return unknown("s", "the stream ends before any output")
    if begin[0] > output[0]:
        return unknown("s", "the reasoning comes after the output began")
    if timing.grade == "paced":
        return unknown("s", _NOT_RECORDED)
    return _between(int(begin[0]), int(output[0]), arrival, timing, "first reasoning chunk to first output")


def _stream_time(event: Ints, kind: Ints, arrival: Arrival, timing: Timing) -> Measure:
    chunks = chunk_rows(kind)
    if timing.grade == "paced" or len(np.unique(event[chunks])) < 2:
        return unknown("s", _NOT_RECORDED if timing.grade == "paced" else "the stream has fewer than two chunks")
    return _between(int(chunks[0]), int(chunks[-1]), arrival, timing, "first to last chunk")


def _chunks_per_second(event: Ints, kind: Ints, stamp: Floats, arrival: Arrival, timing: Timing) -> Measure:
    """Measure how many events a second brings; exact where the server's clock marks off full seconds."""
    if timing.grade == "paced":
        return unknown("chunks/s", _NOT_RECORDED)
    stamped = ~np.isnan(stamp)
    _, first_rows = np.unique(event[stamped], return_index=True)
    stamps = stamp[stamped][first_rows]
    full_seconds = int(stamps[-1] - stamps[0]) - 1 if len(stamps) else 0
    between = stamps[(stamps > stamps[0]) & (stamps < stamps[-1])] if len(stamps) else stamps
    # Over a second without chunks the stream stood still: what it then did in the others is no rate of the whole.
    if timing.grade == "bounded" and 0 < full_seconds == len(np.unique(between)):
        inside = len(between)
        rate = inside / full_seconds
        seconds = "one full second" if full_seconds == 1 else f"{full_seconds} full seconds"
        return Measure(rate, rate, rate, "chunks/s", "bounded", f"{inside} chunks stamped inside {seconds}")
    length = _stream_time(event, kind, arrival, timing)
    gaps = len(np.unique(event[chunk_rows(kind)])) - 1
    if not length.value:
        return unknown("chunks/s", length.source)
    return Measure(
        gaps / length.value,
        gaps / length.high if length.high else None,
        gaps / length.low if length.low else None,
        "chunks/s",
        timing.grade,
        f"{gaps} chunks after the first, over the time from first to last",
    )


def chunk_rows(kind: Ints) -> Ints:
    """Return the rows that are chunks: no comments and pings, and no `[DONE]` where anything else was understood."""
    chunks = np.flatnonzero((kind != KEEP_ALIVE) & (kind != OTHER))
    return chunks if len(chunks) else np.flatnonzero(kind == OTHER)
