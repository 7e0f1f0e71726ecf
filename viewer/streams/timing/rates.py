"""How fast a stream was after it began: the time between chunks, and how much arrived per second."""

from dataclasses import replace

import numpy as np

from viewer.streams.timing.arrival import BOUNDED
from viewer.streams.timing.timed_rows import (
    NOT_RECORDED,
    SHOWN_KINDS,
    SPREAD,
    Timed,
    event_count,
    event_times,
    flow_rows,
    measure_between,
    shown_rows,
)
from viewer.text.words import counted
from viewer.types.chunk_table import Floats, Ints, begins_event, is_kind
from viewer.types.measure import Measure, unknown
from viewer.types.usage import Usage

_WITHIN_SECONDS = "whole-second stamps do not separate chunks within one second"


def between_chunks(timed: Timed) -> dict[str, Measure]:
    """Measure the time between the chunks that show something: mean, percentiles (numpy's linear rule), and the longest stall."""
    shown = shown_rows(timed.kind)
    times = event_times(timed, shown)
    names = {"inter_chunk_p50": 50, "inter_chunk_p90": 90, "inter_chunk_p99": 99}
    whole = time_of(shown, timed, "first to last chunk with content")
    if len(times) < 2 or whole.grade is None:
        nothing = unknown("s", whole.source if whole.grade is None else "fewer than two chunks have a time")
        return {"inter_chunk_mean": nothing, **dict.fromkeys(names, nothing), "longest_stall": nothing}
    count = event_count(timed, shown) - 1
    mean = _divide(whole, count, f"first to last chunk with content, divided by {counted(count, 'gap')} (AIPerf's ICL)")
    if timed.timing.grade in ("measured", "stamped"):
        gaps = np.diff(times)
        values = {name: float(np.percentile(gaps, percent)) for name, percent in names.items()}
        values["longest_stall"] = float(np.diff(event_times(timed, flow_rows(timed.kind))).max())
        sources = {
            **dict.fromkeys(
                names,
                f"between {len(times):,} chunks with content; percentiles by linear interpolation (numpy, vLLM, AIPerf)",
            ),
            "longest_stall": "the longest time between two chunks, from the first to the last with content",
        }
        error = _max_error_s(timed)
        grade = timed.timing.grade
        by_name = {
            name: Measure(value, max(0.0, value - error), value + error, "s", grade, sources[name])
            for name, value in values.items()
        }
        return {"inter_chunk_mean": mean, **by_name}
    reason = unknown("s", _WITHIN_SECONDS if timed.timing.grade == "bounded" else SPREAD)
    return {"inter_chunk_mean": mean, **dict.fromkeys(names, reason), "longest_stall": _stall_by_seconds(timed, reason)}


def _stall_by_seconds(timed: Timed, reason: Measure) -> Measure:
    """Bound the longest stall. Chunks in seconds that are k apart came more than k - 1 and less than k + 1 s apart."""
    seconds = _seconds(timed)
    if len(seconds) < 2:
        return reason
    apart = float(np.diff(seconds).max())
    return Measure(
        None, max(0.0, apart - 1), apart + 1, "s", "bounded", f"from whole-second stamps that are {apart:.0f} s apart"
    )


def _seconds(timed: Timed) -> Floats:
    """Return the whole second in which each event lies, if whole seconds bound the stream."""
    second = timed.arrival.second
    if timed.timing.grade != "bounded" or second is None:
        return np.zeros(0)
    known = np.isfinite(second)
    seconds: Floats = second[known][begins_event(timed.event[known])]
    return seconds


def _max_error_s(timed: Timed) -> float:
    """Return by how much rounding can change the time between two events."""
    known = timed.arrival.grade != BOUNDED
    width = timed.arrival.high[known] - timed.arrival.low[known]
    return float(width.max(initial=0.0)) / 2


def time_of(rows: Ints, timed: Timed, source: str) -> Measure:
    """Measure from the first to the last of some rows."""
    if timed.timing.grade == "paced":
        return unknown("s", NOT_RECORDED)
    if event_count(timed, rows) < 2:
        return unknown("s", "the stream has fewer than two chunks")
    return measure_between(int(rows[0]), int(rows[-1]), timed, source)


def _divide(whole: Measure, parts: float, source: str) -> Measure:
    """Divide a measured time by a number of parts."""
    low, value, high = (None if one is None else one / parts for one in (whole.low, whole.value, whole.high))
    return replace(whole, low=low, value=value, high=high, source=source)


def _rate(count: float, length: Measure, unit: str, source: str) -> Measure:
    """Divide a number of things by a measured time."""
    if length.value == 0 or (length.value is None and length.grade is None):
        return unknown(unit, "all chunks arrived at once" if length.value == 0 else length.source)
    return Measure(
        count / length.value if length.value else None,
        count / length.high if length.high else None,
        count / length.low if length.low else None,
        unit,
        length.grade,
        source,
    )


def time_per_output_token(timed: Timed, usage: Usage | None) -> Measure:
    """Measure the time per output token after the first chunk, like vLLM: (E2E - TTFT) / (N - 1)."""
    shown = np.flatnonzero(is_kind(timed.kind, SHOWN_KINDS))
    if timed.timing.grade == "paced":
        return unknown("s", NOT_RECORDED)
    tokens = _tokens_shown(timed, shown, usage)
    if tokens is None:
        return unknown("s", "the stream reports no output tokens")
    if tokens < 2 or event_count(timed, shown) < 2:
        return unknown("s", "the stream has fewer than two chunks of output")
    length = measure_between(int(shown[0]), int(shown[-1]), timed, "first to last output")
    return _divide(length, tokens - 1, f"first to last output chunk, divided by {tokens - 1:,.0f} tokens (vLLM's TPOT)")


def _tokens_shown(timed: Timed, shown: Ints, usage: Usage | None) -> float | None:
    """Return the output tokens from the first shown chunk on. Hidden tokens before it have no time."""
    if usage is None or usage.output is None or not len(shown):
        return None
    silent = float(np.nansum(timed.tokens[: shown[0]]))
    return usage.output - timed.tokens_before - silent


def tokens_per_second(timed: Timed, usage: Usage | None) -> Measure:
    """Measure the output tokens per second after the first one."""
    source = "(output tokens − 1) divided by the time from first to last output chunk; tokens hidden before the first do not count"
    return _rate(1, time_per_output_token(timed, usage), "tokens/s", source)


def phase_rate(timed: Timed, rows: Ints, name: str) -> Measure:
    """Measure the estimated tokens per second of the rows of one kind, from the first to the last."""
    if timed.timing.grade == "paced":
        return unknown("tokens/s", NOT_RECORDED)
    if timed.timing.grade == "span":
        return unknown("tokens/s", SPREAD)
    if event_count(timed, rows) < 2:
        return unknown("tokens/s", f"the stream has fewer than two chunks of {name}")
    later = rows[timed.event[rows] > timed.event[rows[0]]]
    tokens = float(np.nansum(timed.tokens[later]))
    length = measure_between(int(rows[0]), int(rows[-1]), timed, name)
    return _rate(
        tokens,
        length,
        "tokens/s",
        f"estimated {name} tokens after the first chunk, divided by the time from first to last",
    )


def chunks_per_second(timed: Timed) -> Measure:
    """Measure the events per second from the first to the last with content. Exact if the server's whole-second stamps mark off full seconds."""
    if timed.timing.grade == "paced":
        return unknown("chunks/s", NOT_RECORDED)
    stamps = _seconds(timed)
    full_seconds = int(stamps[-1] - stamps[0]) - 1 if len(stamps) else 0
    inside = stamps[(stamps > stamps[0]) & (stamps < stamps[-1])] if len(stamps) else stamps
    # After a second without chunks, the rate of the other seconds is not that of the whole stream.
    if 0 < full_seconds == len({*inside.tolist()}):
        rate = len(inside) / full_seconds
        seconds = "one full second" if full_seconds == 1 else f"{full_seconds} full seconds"
        return Measure(rate, rate, rate, "chunks/s", "bounded", f"{len(inside):,} chunks stamped within {seconds}")
    flow = flow_rows(timed.kind)
    gaps = event_count(timed, flow) - 1
    source = f"{counted(gaps, 'chunk')} after the first with content, divided by the time to the last"
    return _rate(gaps, time_of(flow, timed, source), "chunks/s", source)
