"""How fast a stream was: each figure with its bounds, or the reason why the recording cannot support it.

A paced stream has no figure that rests on time. Origin and lead are never mixed: what lies before the first chunk is the
lead, everything between chunks comes from `t`. The formulas are those of AIPerf and vLLM, which differ from each other and
from guidellm; each measure says which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from viewer.arrival import Arrival
from viewer.hidden import HiddenReasoning, silent_before_output
from viewer.http import RecordedTimes
from viewer.measure import Measure, unknown
from viewer.schema import AUDIO, CONTENT, KEEP_ALIVE, OTHER, REASONING, REFUSAL, TOOL_CALL, Floats, Ints
from viewer.timing import Timing, first_chunk
from viewer.usage import Usage

_NOT_RECORDED = "the recording does not say when chunks arrived"
_SPREAD = "only a total is recorded; what lies between chunks was spread and not measured"
_WITHIN_SECONDS = "whole-second stamps do not tell chunks of one second apart"
# No provider writes ten chunks in so short a time; a proxy, or a client that reads the whole first, does.
BURST_S = 0.05
BURST_CHUNKS = 10
_OF_THE_PACE = (
    "thinking_time",
    "inter_chunk_mean",
    "inter_chunk_p50",
    "inter_chunk_p90",
    "inter_chunk_p99",
    "time_per_output_token",
    "tokens_per_second",
    "reasoning_tokens_per_second",
    "content_tokens_per_second",
    "chunks_per_second",
)
_OUTPUT = (CONTENT, TOOL_CALL, REFUSAL, AUDIO)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Hold the columns of one stream's rows that its figures are made of, and how their times are known."""

    event: Ints
    kind: Ints
    stamp: Floats
    tokens: Floats
    arrival: Arrival
    timing: Timing


def measure(
    timed: Timed, times: RecordedTimes, hidden: HiddenReasoning | None, usage: Usage | None
) -> Mapping[str, Measure]:
    """Return every figure by name."""
    stream_time = _stream_time(timed)
    together = burst_s(timed)
    figures = _figures(timed, times, hidden, usage, stream_time)
    if together is not None:
        reason = f"all chunks came in one burst of {together * 1e3:.0f} ms: something on the way buffered the stream"
        figures |= {name: unknown(figures[name].unit, reason) for name in _OF_THE_PACE}
    return figures


def burst_s(timed: Timed) -> float | None:
    """Return how long a stream took to come that came all at once; None for any other.

    Stamps say when the server made each event, and not whether it then came alone, so that arrivals alone tell.
    """
    if timed.timing.grade != "measured":
        return None
    times = chunk_times(timed)
    length = float(times[-1] - times[0]) if len(times) else 0.0
    return length if len(times) >= BURST_CHUNKS and length < BURST_S else None


def _figures(
    timed: Timed, times: RecordedTimes, hidden: HiddenReasoning | None, usage: Usage | None, stream_time: Measure
) -> dict[str, Measure]:
    return {
        "time_to_headers": _time_to_headers(times),
        "ttft": _ttft(timed),
        "time_to_first_output": _time_to_first_output(timed),
        "thinking_time": _thinking_time(timed, hidden),
        "stream_time": stream_time,
        "end_to_end": _end_to_end(timed),
        **_between_chunks(timed, stream_time),
        "time_per_output_token": _time_per_output_token(timed, usage),
        "tokens_per_second": _tokens_per_second(timed, usage),
        "reasoning_tokens_per_second": _phase_rate(timed, (REASONING,), "reasoning"),
        "content_tokens_per_second": _phase_rate(timed, (CONTENT,), "content"),
        "chunks_per_second": _chunks_per_second(timed, stream_time),
    }


def chunk_rows(kind: Ints) -> Ints:
    """Return the rows that are chunks: no comments and pings, and no `[DONE]` where anything else was understood."""
    chunks = np.flatnonzero((kind != KEEP_ALIVE) & (kind != OTHER))
    return chunks if len(chunks) else np.flatnonzero(kind == OTHER)


def _time_to_headers(times: RecordedTimes) -> Measure:
    if times.headers_s is None:
        return unknown("s", "the recording does not say when the headers came")
    return Measure(times.headers_s, times.headers_s, times.headers_s, "s", "measured", "request to response headers")


def _since_request(row: int, timed: Timed, source: str) -> Measure:
    """Measure from the request to a row: on its own clock, or the lead and what came after the first chunk."""
    arrival, timing = timed.arrival, timed.timing
    lead = timing.lead
    if (
        timing.origin == "request"
        and lead.grade == "measured"
        and timed.event[row] == timed.event[first_chunk(timed.kind)]
    ):
        return replace(lead, source=source)
    if timing.origin == "request":
        high = float(arrival.high[row])
        value = None if lead.value is None else float(arrival.t[row])
        return Measure(value, float(arrival.low[row]), high if np.isfinite(high) else None, "s", timing.grade, source)
    if lead.value is None and lead.low is None and lead.high is None:
        return unknown("s", lead.source)
    paced = timing.grade == "paced"
    low = max(0.0, float(arrival.low[row])) if not paced else 0.0
    high = float(arrival.high[row]) if not paced else np.inf
    value = None if lead.value is None or paced else lead.value + float(arrival.t[row])
    return Measure(
        value,
        None if lead.low is None else lead.low + low,
        None if lead.high is None or not np.isfinite(high) else lead.high + high,
        "s",
        lead.grade if value is not None else "bounded",
        lead.source if value is None else f"{source}; {lead.source}",
    )


def _ttft(timed: Timed) -> Measure:
    """Measure request to first non-empty content or reasoning, as AIPerf does."""
    rows = np.flatnonzero(np.isin(timed.kind, (CONTENT, REASONING, AUDIO)))
    if not len(rows):
        return unknown("s", "the stream has neither content nor reasoning nor audio")
    return _since_request(int(rows[0]), timed, "request to first content or reasoning (AIPerf's TTFT)")


def _time_to_first_output(timed: Timed) -> Measure:
    """Measure request to first content or tool call, as AIPerf's time to first output token."""
    rows = np.flatnonzero(np.isin(timed.kind, _OUTPUT))
    if not len(rows):
        return unknown("s", "the stream has no output")
    return _since_request(int(rows[0]), timed, "request to first content or tool call (AIPerf's TTFO)")


def _end_to_end(timed: Timed) -> Measure:
    rows = chunk_rows(timed.kind)
    if not len(rows):
        return unknown("s", "the stream has no chunks")
    return _since_request(int(rows[-1]), timed, "request to last chunk (vLLM's E2E)")


def _between(first: int, last: int, timed: Timed, source: str) -> Measure:
    """Measure from one row to a later one."""
    arrival, timing = timed.arrival, timed.timing
    value = float(arrival.t[last] - arrival.t[first])
    if timing.origin == "first chunk" and arrival.low[first] == arrival.high[first]:
        low, high = float(arrival.low[last]), float(arrival.high[last])
    else:
        low = max(0.0, float(arrival.low[last] - arrival.high[first]))
        high = float(arrival.high[last] - arrival.low[first])
    return Measure(value, low, high if np.isfinite(high) else None, "s", timing.grade, source)


def _thinking_time(timed: Timed, hidden: HiddenReasoning | None) -> Measure:
    """Measure the first reasoning chunk, shown or known to be hidden, to the first output."""
    thought = timed.kind == REASONING
    if hidden:
        thought |= silent_before_output(timed.kind)
    output = np.flatnonzero(np.isin(timed.kind, _OUTPUT))
    begin = np.flatnonzero(thought)
    if not len(begin):
        return unknown("s", "the stream shows no reasoning")
    if not len(output):
        return unknown("s", "the stream ends before any output")
    if begin[0] > output[0]:
        return unknown("s", "the reasoning comes after the output began")
    if timed.timing.grade == "paced":
        return unknown("s", _NOT_RECORDED)
    return _between(int(begin[0]), int(output[0]), timed, "first reasoning chunk to first output")


def _stream_time(timed: Timed) -> Measure:
    chunks = chunk_rows(timed.kind)
    if timed.timing.grade == "paced":
        return unknown("s", _NOT_RECORDED)
    if len(np.unique(timed.event[chunks])) < 2:
        return unknown("s", "the stream has fewer than two chunks")
    return _between(int(chunks[0]), int(chunks[-1]), timed, "first to last chunk")


def chunk_times(timed: Timed) -> Floats:
    """Return when each event that is a chunk arrived, in order, in seconds since the origin."""
    chunks = chunk_rows(timed.kind)
    _, first_rows = np.unique(timed.event[chunks], return_index=True)
    times: Floats = timed.arrival.t[chunks[first_rows]]
    return times


def _between_chunks(timed: Timed, stream_time: Measure) -> dict[str, Measure]:
    """Measure the time between chunks: mean, percentiles by numpy's linear rule, and the longest stall."""
    times = chunk_times(timed)
    names = {"inter_chunk_p50": 50, "inter_chunk_p90": 90, "inter_chunk_p99": 99}
    if stream_time.value is None:
        nothing = unknown("s", stream_time.source)
        return {"inter_chunk_mean": nothing, **dict.fromkeys(names, nothing), "longest_stall": nothing}
    count = len(times) - 1
    mean = _divided(stream_time, count, f"first to last chunk, over {count:,} gaps (AIPerf's ICL)")
    if timed.timing.grade in ("measured", "stamped"):
        gaps = np.diff(times)
        values = {name: float(np.percentile(gaps, percent)) for name, percent in names.items()}
        values["longest_stall"] = float(gaps.max())
        source = f"between {count + 1:,} chunks; percentiles by linear interpolation (numpy, vLLM, AIPerf)"
        exact = {name: Measure(value, value, value, "s", timed.timing.grade, source) for name, value in values.items()}
        return {"inter_chunk_mean": mean, **exact}
    reason = unknown("s", _WITHIN_SECONDS if timed.timing.grade == "bounded" else _SPREAD)
    return {"inter_chunk_mean": mean, **dict.fromkeys(names, reason), "longest_stall": _stall_by_seconds(timed, reason)}


def _stall_by_seconds(timed: Timed, reason: Measure) -> Measure:
    """Bound the longest stall by stamps: what is stamped k seconds apart came more than k - 1 and less than k + 1 apart."""
    stamps = timed.stamp[np.isfinite(timed.stamp)]
    if timed.timing.grade != "bounded" or len(stamps) < 2:
        return reason
    apart = float(np.diff(stamps).max())
    return Measure(
        None, max(0.0, apart - 1), apart + 1, "s", "bounded", f"two chunks in a row are stamped {apart:.0f} s apart"
    )


def _divided(whole: Measure, parts: float, source: str) -> Measure:
    """Return a measured time over a number of parts."""
    low, value, high = (None if one is None else one / parts for one in (whole.low, whole.value, whole.high))
    return replace(whole, low=low, value=value, high=high, source=source)


def _rate(count: float, length: Measure, unit: str, source: str) -> Measure:
    """Return a number of things over a measured time."""
    if not length.value:
        return unknown(unit, length.source if length.value is None else "all chunks came at once")
    return Measure(
        count / length.value,
        count / length.high if length.high else None,
        count / length.low if length.low else None,
        unit,
        length.grade,
        source,
    )


def _time_per_output_token(timed: Timed, usage: Usage | None) -> Measure:
    """Measure the time of each output token after the first chunk, as vLLM does: (E2E - TTFT) / (N - 1)."""
    shown = np.flatnonzero(np.isin(timed.kind, (*_OUTPUT, REASONING)))
    tokens = usage.output if usage else None
    if timed.timing.grade == "paced":
        return unknown("s", _NOT_RECORDED)
    if tokens is None:
        return unknown("s", "the stream reports no output tokens")
    if tokens < 2 or len(np.unique(timed.event[shown])) < 2:
        return unknown("s", "the stream has fewer than two chunks of output")
    length = _between(int(shown[0]), int(shown[-1]), timed, "first to last output")
    return _divided(length, tokens - 1, f"first to last chunk of output, over {tokens - 1:,} tokens (vLLM's TPOT)")


def _tokens_per_second(timed: Timed, usage: Usage | None) -> Measure:
    per_token = _time_per_output_token(timed, usage)
    if per_token.value is None or usage is None or usage.output is None:
        return unknown("tokens/s", per_token.source)
    length = _divided(per_token, 1 / (usage.output - 1), per_token.source)
    return _rate(
        usage.output - 1, length, "tokens/s", "output tokens after the first, over first to last chunk of output"
    )


def _phase_rate(timed: Timed, kinds: tuple[int, ...], name: str) -> Measure:
    """Measure the estimated tokens of one kind over the time from its first to its last chunk."""
    rows = np.flatnonzero(np.isin(timed.kind, kinds))
    if timed.timing.grade == "paced":
        return unknown("tokens/s", _NOT_RECORDED)
    if timed.timing.grade == "span":
        return unknown("tokens/s", _SPREAD)
    if len(np.unique(timed.event[rows])) < 2:
        return unknown("tokens/s", f"the stream has fewer than two chunks of {name}")
    later = rows[timed.event[rows] > timed.event[rows[0]]]
    tokens = float(np.nansum(timed.tokens[later]))
    length = _between(int(rows[0]), int(rows[-1]), timed, name)
    return _rate(
        tokens, length, "tokens/s", f"estimated tokens of {name} after the first chunk, over first to last of it"
    )


def _chunks_per_second(timed: Timed, stream_time: Measure) -> Measure:
    """Measure how many events a second brings; exact where the server's clock marks off full seconds."""
    event, stamp = timed.event, timed.stamp
    if timed.timing.grade == "paced":
        return unknown("chunks/s", _NOT_RECORDED)
    stamped = np.isfinite(stamp)
    _, first_rows = np.unique(event[stamped], return_index=True)
    stamps = stamp[stamped][first_rows]
    full_seconds = int(stamps[-1] - stamps[0]) - 1 if len(stamps) else 0
    between = stamps[(stamps > stamps[0]) & (stamps < stamps[-1])] if len(stamps) else stamps
    # Over a second without chunks the stream stood still: what it then did in the others is no rate of the whole.
    if timed.timing.grade == "bounded" and 0 < full_seconds == len(np.unique(between)):
        inside = len(between)
        rate = inside / full_seconds
        seconds = "one full second" if full_seconds == 1 else f"{full_seconds} full seconds"
        return Measure(rate, rate, rate, "chunks/s", "bounded", f"{inside} chunks stamped inside {seconds}")
    gaps = len(np.unique(event[chunk_rows(timed.kind)])) - 1
    return _rate(gaps, stream_time, "chunks/s", f"{gaps} chunks after the first, over the time from first to last")
