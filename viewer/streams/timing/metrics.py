"""How fast a stream was: each figure with its bounds, or the reason why the recording cannot support it.

A paced stream has no figure that depends on time. Origin and lead are never mixed: the time before the first chunk is the lead,
and times between chunks come from `t`. The formulas are those of AIPerf and vLLM, which differ from each other and from
guidellm. Each measure names its formula.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from viewer.streams.hidden_reasoning import HiddenReasoning, silent_before_output
from viewer.streams.timing.rates import (
    between_chunks,
    chunks_per_second,
    phase_rate,
    time_of,
    time_per_output_token,
    tokens_per_second,
)
from viewer.streams.timing.timed_rows import (
    ENDS_ONLY,
    NOT_RECORDED,
    SHOWN_KINDS,
    Timed,
    chunk_rows,
    event_times,
    flow_rows,
    measure_between,
)
from viewer.streams.timing.timing import first_chunk
from viewer.streams.token_estimates import OUTPUT_KINDS
from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, is_kind
from viewer.types.http import RecordedTimes
from viewer.types.measure import Measure, unknown
from viewer.types.usage import Usage

# The fastest providers send a chunk every 0.8 ms. Chunks closer together were buffered on the way or sent from a cache.
TOGETHER_S = 0.0005
# A few chunks can arrive together by chance; this many in so short a time cannot.
BURST_S = 0.05
BURST_CHUNKS = 10
# The figures that depend on the time between chunks.
_PACE_FIGURES = (
    "thinking_time",
    "inter_chunk_mean",
    "inter_chunk_p50",
    "inter_chunk_p90",
    "inter_chunk_p99",
    "longest_stall",
    "time_per_output_token",
    "tokens_per_second",
    "reasoning_tokens_per_second",
    "content_tokens_per_second",
    "chunks_per_second",
)


def measure(
    timed: Timed, times: RecordedTimes, hidden: HiddenReasoning | None, usage: Usage | None
) -> Mapping[str, Measure]:
    """Return every figure by name."""
    burst = burst_s(timed)
    figures = _figures(timed, times, hidden, usage)
    if burst is not None:
        figures |= _without_pace(
            figures, f"all chunks arrived in one burst of {burst * 1e3:.0f} ms: buffered, or sent from a cache"
        )
    if timed.timing.marks_ends:
        figures |= _without_pace(figures, ENDS_ONLY)
    if timed.responses > 1:
        figures |= _without_pace(figures, f"the stream has {timed.responses} responses with pauses between them")
    return figures


def _without_pace(figures: dict[str, Measure], reason: str) -> dict[str, Measure]:
    return {name: unknown(figures[name].unit, reason) for name in _PACE_FIGURES}


def burst_s(timed: Timed) -> float | None:
    """Return the duration of a stream that arrived in one burst; None for any other.

    Only arrivals show this. Stamps say when the server made each event, not whether it was sent on its own.
    """
    if timed.timing.grade != "measured":
        return None
    times = event_times(timed, flow_rows(timed.kind))
    if len(times) < BURST_CHUNKS:
        return None
    length = float(times[-1] - times[0])
    return length if length < BURST_S and np.median(np.diff(times)) < TOGETHER_S else None


def _figures(
    timed: Timed, times: RecordedTimes, hidden: HiddenReasoning | None, usage: Usage | None
) -> dict[str, Measure]:
    return {
        "time_to_headers": time_to_headers(times),
        "ttft": _ttft(timed),
        "time_to_first_output": _time_to_first_output(timed),
        "thinking_time": thinking_time(timed, hidden),
        "stream_time": time_of(chunk_rows(timed.kind), timed, "first to last chunk"),
        "end_to_end": _end_to_end(timed),
        **between_chunks(timed),
        "time_per_output_token": time_per_output_token(timed, usage),
        "tokens_per_second": tokens_per_second(timed, usage),
        "reasoning_tokens_per_second": _reasoning_rate(timed, hidden),
        "content_tokens_per_second": phase_rate(timed, np.flatnonzero(timed.kind == CONTENT), "content"),
        "chunks_per_second": chunks_per_second(timed),
    }


def time_to_headers(times: RecordedTimes) -> Measure:
    """Measure from the request to the response headers."""
    if times.headers_s is None:
        return unknown("s", "the recording does not say when the headers arrived")
    return Measure(times.headers_s, times.headers_s, times.headers_s, "s", "measured", "request to response headers")


def _since_request(row: int, timed: Timed, source: str, *, to_beginning: bool = False) -> Measure:
    """Measure from the request to a row, or to its beginning: directly, or as the lead plus the time after the first chunk."""
    arrival, timing = timed.arrival, timed.timing
    lead = timing.lead
    if to_beginning and timing.grade == "span" and lead.grade == "measured" and timed.event[row] == _first_event(timed):
        # An event into which others were joined began when the first of them arrived.
        return replace(lead, source=source)
    if timing.origin == "request":
        high = float(arrival.high[row])
        value = None if lead.value is None or not timed.is_known(row) else float(arrival.t[row])
        return Measure(value, float(arrival.low[row]), high if np.isfinite(high) else None, "s", timing.grade, source)
    if timing.first_token_s is not None:
        return _since_first_token(row, timed, timing.first_token_s, source)
    if lead.low is None and lead.high is None:
        return unknown("s", lead.source)
    paced = timing.grade == "paced"
    low = max(0.0, float(arrival.low[row])) if not paced else 0.0
    high = float(arrival.high[row]) if not paced else np.inf
    latest = [limit for limit in (timing.whole_s,) if limit is not None]
    if lead.high is not None and np.isfinite(high):
        latest.append(lead.high + high)
    return Measure(
        None,
        None if lead.low is None else lead.low + low,
        min(latest, default=None),
        "s",
        "bounded",
        lead.source,
    )


def _first_event(timed: Timed) -> int:
    return int(timed.event[first_chunk(timed.kind)])


def _since_first_token(row: int, timed: Timed, first_token_s: float, source: str) -> Measure:
    """Measure from the request to a row as the server's own time to its first token, plus the time after that token.

    The client waits at least as long as the server works, so this is also a lower bound.
    """
    first = int(np.flatnonzero(is_kind(timed.kind, SHOWN_KINDS))[:1].sum())
    source = f"{source}; first token as timed by the server"
    if row <= first or timed.timing.grade == "paced":
        value = first_token_s if row == first else None
        return Measure(value, first_token_s, timed.timing.whole_s, "s", "span", source)
    after = measure_between(first, row, timed, source)
    value = None if after.value is None else first_token_s + after.value
    return Measure(value, first_token_s + (after.low or 0.0), timed.timing.whole_s, "s", "span", source)


def _ttft(timed: Timed) -> Measure:
    """Measure from the request to the first non-empty content or reasoning, like AIPerf, or else to the first output.

    Half of the turns of an agent are nothing but a tool call.
    """
    rows = np.flatnonzero(is_kind(timed.kind, (CONTENT, REASONING, AUDIO)))
    if not len(rows):
        source = "request to first output, as the stream has no content or reasoning (AIPerf's TTFO)"
        return _to_first_output(timed, source)
    return _since_request(
        int(rows[0]), timed, "request to first content or reasoning (AIPerf's TTFT)", to_beginning=True
    )


def _time_to_first_output(timed: Timed) -> Measure:
    """Measure from the request to the first content or tool call, like AIPerf's time to first output token."""
    return _to_first_output(timed, "request to first content or tool call (AIPerf's TTFO)")


def _to_first_output(timed: Timed, source: str) -> Measure:
    rows = np.flatnonzero(is_kind(timed.kind, OUTPUT_KINDS))
    if not len(rows):
        return unknown("s", "the stream has no output")
    return _since_request(int(rows[0]), timed, source, to_beginning=True)


def _end_to_end(timed: Timed) -> Measure:
    rows = chunk_rows(timed.kind)
    if not len(rows):
        return unknown("s", "the stream has no chunks")
    return _since_request(int(rows[-1]), timed, "request to last chunk (vLLM's E2E)")


def thinking_time(timed: Timed, hidden: HiddenReasoning | None) -> Measure:
    """Measure from the first reasoning chunk, shown or known to be hidden, to the first output."""
    is_reasoning = timed.kind == REASONING
    if hidden:
        is_reasoning |= silent_before_output(timed.kind)
    output = np.flatnonzero(is_kind(timed.kind, OUTPUT_KINDS))
    reasoning = np.flatnonzero(is_reasoning)
    if not len(reasoning):
        return unknown("s", "the stream shows no reasoning")
    if not len(output):
        return unknown("s", "the stream ends before any output")
    if reasoning[0] > output[0]:
        return unknown("s", "the reasoning comes after the start of the output")
    if timed.timing.grade == "paced" or timed.timing.marks_ends:
        return unknown("s", ENDS_ONLY if timed.timing.marks_ends else NOT_RECORDED)
    return measure_between(int(reasoning[0]), int(output[0]), timed, "first reasoning chunk to first output")


def _reasoning_rate(timed: Timed, hidden: HiddenReasoning | None) -> Measure:
    """Measure the reasoning tokens per second, with hidden ones where the stream shows a silent chunk for them."""
    if hidden and not hidden.silent_chunks:
        return unknown("tokens/s", "the reasoning is hidden, and nothing in the stream shows when it took place")
    is_reasoning = timed.kind == REASONING
    if hidden:
        is_reasoning |= silent_before_output(timed.kind)
    return phase_rate(timed, np.flatnonzero(is_reasoning), "reasoning")
