"""How fast a stream was: each figure with its bounds, or the reason why the recording cannot support it.

A paced stream has no figure that rests on time. Origin and lead are never mixed: what lies before the first chunk is the
lead, everything between chunks comes from `t`. The formulas are those of AIPerf and vLLM, which differ from each other and
from guidellm; each measure says which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from viewer.arrival import BOUNDED, Arrival
from viewer.hidden import HiddenReasoning, silent_before_output
from viewer.http import RecordedTimes
from viewer.measure import Measure, unknown
from viewer.schema import (
    AUDIO,
    CONTENT,
    KEEP_ALIVE,
    OTHER,
    REASONING,
    REFUSAL,
    TOOL_CALL,
    Floats,
    Ints,
    begins_event,
    is_kind,
)
from viewer.timing import Timing, first_chunk
from viewer.usage import Usage

_NOT_RECORDED = "the recording does not say when chunks arrived"
_SPREAD = "only a total is recorded, which counts the time before the first chunk in"
_WITHIN_SECONDS = "whole-second stamps do not tell chunks of one second apart"
# The fastest providers send a chunk every 0.8 ms; what comes closer together was kept back on its way, or sent from memory.
TOGETHER_S = 0.0005
BURST_S = 0.05
BURST_CHUNKS = 10
_OF_THE_PACE = (
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
_OUTPUT = (CONTENT, TOOL_CALL, REFUSAL, AUDIO)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Hold the columns of one stream's rows that its figures are made of, and how their times are known."""

    event: Ints
    kind: Ints
    tokens: Floats
    tokens_before: float
    """Tokens made out of sight before the first row."""
    arrival: Arrival
    timing: Timing
    responses: int = 1
    """How many responses the stream holds, one after another."""

    def is_known(self, row: int) -> bool:
        """Tell whether a row's own time is known, and not only what it lies between."""
        return self.timing.grade not in ("measured", "stamped") or int(self.arrival.grade[row]) != BOUNDED


def measure(
    timed: Timed, times: RecordedTimes, hidden: HiddenReasoning | None, usage: Usage | None
) -> Mapping[str, Measure]:
    """Return every figure by name."""
    stream_time = _stream_time(timed)
    together = burst_s(timed)
    figures = _figures(timed, times, hidden, usage, stream_time)
    if together is not None:
        figures |= _without_pace(
            figures, f"all chunks came in one burst of {together * 1e3:.0f} ms: buffered, or sent from memory"
        )
    if timed.responses > 1:
        figures |= _without_pace(figures, f"the stream holds {timed.responses} responses with pauses between them")
    return figures


def _without_pace(figures: dict[str, Measure], reason: str) -> dict[str, Measure]:
    return {name: unknown(figures[name].unit, reason) for name in _OF_THE_PACE}


def burst_s(timed: Timed) -> float | None:
    """Return how long a stream took to come that came all at once; None for any other.

    Stamps say when the server made each event, and not whether it then came alone, so that arrivals alone tell.
    """
    if timed.timing.grade != "measured":
        return None
    times = chunk_times(timed)
    if len(times) < BURST_CHUNKS:
        return None
    length = float(times[-1] - times[0])
    return length if length < BURST_S and np.median(np.diff(times)) < TOGETHER_S else None


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


def _events(timed: Timed, rows: Ints) -> int:
    """Return how many events some rows came from."""
    return int(np.count_nonzero(begins_event(timed.event[rows])))


def _time_to_headers(times: RecordedTimes) -> Measure:
    if times.headers_s is None:
        return unknown("s", "the recording does not say when the headers came")
    return Measure(times.headers_s, times.headers_s, times.headers_s, "s", "measured", "request to response headers")


def _since_request(row: int, timed: Timed, source: str, *, is_begin: bool = False) -> Measure:
    """Measure from the request to a row, or to its begin: on its own clock, or the lead and what came after the first chunk."""
    arrival, timing = timed.arrival, timed.timing
    lead = timing.lead
    if is_begin and timing.grade == "span" and lead.grade == "measured" and timed.event[row] == _first_event(timed):
        # An event that others were joined into began when the first of them came.
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
    """Measure from the request to a row by the server's own time to its first token, and what came after that token.

    The client waits no less than the server works, so that it is a lower bound too.
    """
    first = int(np.flatnonzero(is_kind(timed.kind, (*_OUTPUT, REASONING)))[:1].sum())
    source = f"{source}; to the first token by the server's own measure"
    if row <= first or timed.timing.grade == "paced":
        value = first_token_s if row == first else None
        return Measure(value, first_token_s, timed.timing.whole_s, "s", "span", source)
    after = _between(first, row, timed, source)
    value = None if after.value is None else first_token_s + after.value
    return Measure(value, first_token_s + (after.low or 0.0), timed.timing.whole_s, "s", "span", source)


def _ttft(timed: Timed) -> Measure:
    """Measure request to first non-empty content or reasoning, as AIPerf does."""
    rows = np.flatnonzero(is_kind(timed.kind, (CONTENT, REASONING, AUDIO)))
    if not len(rows):
        return unknown("s", "the stream has neither content nor reasoning nor audio")
    return _since_request(int(rows[0]), timed, "request to first content or reasoning (AIPerf's TTFT)", is_begin=True)


def _time_to_first_output(timed: Timed) -> Measure:
    """Measure request to first content or tool call, as AIPerf's time to first output token."""
    rows = np.flatnonzero(is_kind(timed.kind, _OUTPUT))
    if not len(rows):
        return unknown("s", "the stream has no output")
    return _since_request(int(rows[0]), timed, "request to first content or tool call (AIPerf's TTFO)", is_begin=True)


def _end_to_end(timed: Timed) -> Measure:
    rows = chunk_rows(timed.kind)
    if not len(rows):
        return unknown("s", "the stream has no chunks")
    return _since_request(int(rows[-1]), timed, "request to last chunk (vLLM's E2E)")


def _between(first: int, last: int, timed: Timed, source: str) -> Measure:
    """Measure from one row to a later one."""
    arrival, timing = timed.arrival, timed.timing
    value: float | None = float(arrival.t[last] - arrival.t[first])
    if not timed.is_known(first) or not timed.is_known(last) or timing.is_window:
        value = None
    if timing.origin == "first chunk" and arrival.low[first] == arrival.high[first]:
        low, high = float(arrival.low[last]), float(arrival.high[last])
    else:
        low = max(0.0, float(arrival.low[last] - arrival.high[first]))
        high = float(arrival.high[last] - arrival.low[first])
    if value is None and not low and not np.isfinite(high):
        return unknown("s", _SPREAD)
    return Measure(value, low, high if np.isfinite(high) else None, "s", timing.grade, source)


def _thinking_time(timed: Timed, hidden: HiddenReasoning | None) -> Measure:
    """Measure the first reasoning chunk, shown or known to be hidden, to the first output."""
    thought = timed.kind == REASONING
    if hidden:
        thought |= silent_before_output(timed.kind)
    output = np.flatnonzero(is_kind(timed.kind, _OUTPUT))
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
    if _events(timed, chunks) < 2:
        return unknown("s", "the stream has fewer than two chunks")
    return _between(int(chunks[0]), int(chunks[-1]), timed, "first to last chunk")


def chunk_times(timed: Timed) -> Floats:
    """Return when each event that is a chunk arrived, in order, in seconds since the origin."""
    chunks = chunk_rows(timed.kind)
    rows = chunks[begins_event(timed.event[chunks])]
    if timed.timing.grade in ("measured", "stamped"):
        rows = rows[timed.arrival.grade[rows] != BOUNDED]
    times: Floats = timed.arrival.t[rows]
    return times


def _between_chunks(timed: Timed, stream_time: Measure) -> dict[str, Measure]:
    """Measure the time between chunks: mean, percentiles by numpy's linear rule, and the longest stall."""
    times = chunk_times(timed)
    names = {"inter_chunk_p50": 50, "inter_chunk_p90": 90, "inter_chunk_p99": 99}
    if len(times) < 2 or stream_time.grade is None:
        nothing = unknown("s", stream_time.source if stream_time.grade is None else "fewer than two chunks have a time")
        return {"inter_chunk_mean": nothing, **dict.fromkeys(names, nothing), "longest_stall": nothing}
    count = _events(timed, chunk_rows(timed.kind)) - 1
    mean = _divided(stream_time, count, f"first to last chunk, over {count:,} gaps (AIPerf's ICL)")
    if timed.timing.grade in ("measured", "stamped"):
        gaps = np.diff(times)
        values = {name: float(np.percentile(gaps, percent)) for name, percent in names.items()}
        values["longest_stall"] = float(gaps.max())
        source = f"between {len(times):,} chunks; percentiles by linear interpolation (numpy, vLLM, AIPerf)"
        fine = _fineness_s(timed)
        grade = timed.timing.grade
        told = {
            name: Measure(value, max(0.0, value - fine), value + fine, "s", grade, source)
            for name, value in values.items()
        }
        return {"inter_chunk_mean": mean, **told}
    reason = unknown("s", _WITHIN_SECONDS if timed.timing.grade == "bounded" else _SPREAD)
    return {"inter_chunk_mean": mean, **dict.fromkeys(names, reason), "longest_stall": _stall_by_seconds(timed, reason)}


def _stall_by_seconds(timed: Timed, reason: Measure) -> Measure:
    """Bound the longest stall: what lies in seconds that are k apart came more than k - 1 and less than k + 1 s apart."""
    seconds = _seconds(timed)
    if len(seconds) < 2:
        return reason
    apart = float(np.diff(seconds).max())
    return Measure(
        None, max(0.0, apart - 1), apart + 1, "s", "bounded", f"two chunks in a row are stamped {apart:.0f} s apart"
    )


def _seconds(timed: Timed) -> Floats:
    """Return the whole second that each event lies in, as far as that bounds it."""
    second = timed.arrival.second
    if timed.timing.grade != "bounded" or second is None:
        return np.zeros(0)
    known = np.isfinite(second)
    seconds: Floats = second[known][begins_event(timed.event[known])]
    return seconds


def _fineness_s(timed: Timed) -> float:
    """Return by how much the time between two events can be off, for what the recorder rounds."""
    known = timed.arrival.grade != BOUNDED
    width = timed.arrival.high[known] - timed.arrival.low[known]
    return float(width.max(initial=0.0)) / 2


def _divided(whole: Measure, parts: float, source: str) -> Measure:
    """Return a measured time over a number of parts."""
    low, value, high = (None if one is None else one / parts for one in (whole.low, whole.value, whole.high))
    return replace(whole, low=low, value=value, high=high, source=source)


def _rate(count: float, length: Measure, unit: str, source: str) -> Measure:
    """Return a number of things over a measured time."""
    if length.value == 0 or (length.value is None and length.grade is None):
        return unknown(unit, "all chunks came at once" if length.value == 0 else length.source)
    return Measure(
        count / length.value if length.value else None,
        count / length.high if length.high else None,
        count / length.low if length.low else None,
        unit,
        length.grade,
        source,
    )


def _time_per_output_token(timed: Timed, usage: Usage | None) -> Measure:
    """Measure the time of each output token after the first chunk, as vLLM does: (E2E - TTFT) / (N - 1)."""
    shown = np.flatnonzero(is_kind(timed.kind, (*_OUTPUT, REASONING)))
    if timed.timing.grade == "paced":
        return unknown("s", _NOT_RECORDED)
    tokens = _tokens_shown(timed, shown, usage)
    if tokens is None:
        return unknown("s", "the stream reports no output tokens")
    if tokens < 2 or _events(timed, shown) < 2:
        return unknown("s", "the stream has fewer than two chunks of output")
    length = _between(int(shown[0]), int(shown[-1]), timed, "first to last output")
    return _divided(length, tokens - 1, f"first to last chunk of output, over {tokens - 1:,.0f} tokens (vLLM's TPOT)")


def _tokens_shown(timed: Timed, shown: Ints, usage: Usage | None) -> float | None:
    """Return the output tokens from the first chunk shown on: those made out of sight before it have no time."""
    if usage is None or usage.output is None or not len(shown):
        return None
    silent = float(np.nansum(timed.tokens[: shown[0]]))
    return usage.output - timed.tokens_before - silent


def _tokens_per_second(timed: Timed, usage: Usage | None) -> Measure:
    source = "output tokens after the first, over first to last chunk of output"
    return _rate(1, _time_per_output_token(timed, usage), "tokens/s", source)


def _phase_rate(timed: Timed, kinds: tuple[int, ...], name: str) -> Measure:
    """Measure the estimated tokens of one kind over the time from its first to its last chunk."""
    rows = np.flatnonzero(is_kind(timed.kind, kinds))
    if timed.timing.grade == "paced":
        return unknown("tokens/s", _NOT_RECORDED)
    if timed.timing.grade == "span":
        return unknown("tokens/s", _SPREAD)
    if _events(timed, rows) < 2:
        return unknown("tokens/s", f"the stream has fewer than two chunks of {name}")
    later = rows[timed.event[rows] > timed.event[rows[0]]]
    tokens = float(np.nansum(timed.tokens[later]))
    length = _between(int(rows[0]), int(rows[-1]), timed, name)
    return _rate(
        tokens, length, "tokens/s", f"estimated tokens of {name} after the first chunk, over first to last of it"
    )


def _chunks_per_second(timed: Timed, stream_time: Measure) -> Measure:
    """Measure how many events a second brings; exact where the server's clock marks off full seconds."""
    if timed.timing.grade == "paced":
        return unknown("chunks/s", _NOT_RECORDED)
    stamps = _seconds(timed)
    full_seconds = int(stamps[-1] - stamps[0]) - 1 if len(stamps) else 0
    between = stamps[(stamps > stamps[0]) & (stamps < stamps[-1])] if len(stamps) else stamps
    # Over a second without chunks the stream stood still: what it then did in the others is no rate of the whole.
    if 0 < full_seconds == len(np.unique(between)):
        inside = len(between)
        rate = inside / full_seconds
        seconds = "one full second" if full_seconds == 1 else f"{full_seconds} full seconds"
        return Measure(rate, rate, rate, "chunks/s", "bounded", f"{inside:,} chunks stamped inside {seconds}")
    gaps = _events(timed, chunk_rows(timed.kind)) - 1
    return _rate(gaps, stream_time, "chunks/s", f"{gaps:,} chunks after the first, over the time from first to last")
