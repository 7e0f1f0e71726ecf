"""Totals: how long a stream or a part of it took, for recordings that do not say when each event arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from viewer.streams.recorded_at import server_date
from viewer.streams.timing.arrival import Arrival, Evidence, uniform_arrival
from viewer.types.chunk_table import Floats, Ints
from viewer.types.http import RecordedTimes
from viewer.types.replies import ServerTimes

# No response takes a week; a longer time is a mistake in the recording.
_MAX_S = 7 * 86_400.0
# How long the server, or a proxy in front of it, took to answer, in milliseconds.
_SERVER_HEADERS = ("openai-processing-ms", "x-envoy-upstream-service-time", "x-kong-upstream-latency")


@dataclass(frozen=True, slots=True)
class Spans:
    """The totals of one response, from all sources."""

    known_first_s: float | None = None
    """From the request to the first event, by the client's clock."""
    earliest_s: float = 0.0
    """No event arrived earlier than this after the request."""
    earliest_source: str = ""
    whole_s: float | None = None
    """No event arrived later than this after the request, by the client's clock."""
    generation_s: float | None = None
    """From the first to the last token, as reported by the server."""
    first_s: float | None = None
    """From the request to the first token, as reported by the server."""
    at_most_s: float | None = None
    """The first to the last chunk took no longer than this."""
    about_s: float | None = None
    """The first to the last chunk took about this long or less: the server's total, or the difference of two clocks."""


class _Earliest(NamedTuple):
    s: float
    source: str


class _ServerSpans(NamedTuple):
    first_s: float | None = None
    generation_s: float | None = None
    at_most_s: float | None = None


def find_spans(
    times: RecordedTimes, server: ServerTimes | None, headers: Mapping[str, str], evidence: list[Evidence]
) -> Spans:
    """Return the totals that a recording has, and add the source of each to `evidence`."""
    earliest = _earliest(times, headers, evidence)
    whole_s = _whole_s(times, earliest.s, evidence)
    by_server = _by_server(server, evidence)
    about_s = server.whole_s if server else None
    if whole_s is None and by_server.at_most_s is None and not about_s:
        about_s = _by_two_clocks_s(times, headers, evidence)
    return Spans(
        known_first_s=times.first_s,
        earliest_s=earliest.s,
        earliest_source=earliest.source,
        whole_s=whole_s,
        generation_s=by_server.generation_s,
        first_s=by_server.first_s,
        at_most_s=by_server.at_most_s,
        about_s=about_s,
    )


def _earliest(times: RecordedTimes, headers: Mapping[str, str], evidence: list[Evidence]) -> _Earliest:
    """Return the latest time that is known to lie before the first event."""
    bounds = [_Earliest(0.0, "")]
    if times.headers_s is not None:
        bounds.append(_Earliest(times.headers_s, "after the response headers"))
        statement = (
            f"The response headers arrived after {times.headers_s * 1000:.1f} ms. Headers come before the body, so this is"
            " only a lower bound for the first chunk."
        )
        evidence.append(Evidence("headers", statement))
    if times.first_s is not None:
        bounds.append(_Earliest(times.first_s, "request to first event"))
        evidence.append(Evidence("first event", f"The first event arrived after {times.first_s * 1000:.1f} ms."))
    for name in _SERVER_HEADERS:
        value = headers.get(name, "").strip()
        if value.isdecimal() and len(value) < 9 and int(value):
            bounds.append(_Earliest(int(value) / 1e3, f"after the server had answered ({name})"))
            evidence.append(
                Evidence(name, f"The server took {value} ms to answer, which is a lower bound for the first chunk.")
            )
    return max(bounds)


def _whole_s(times: RecordedTimes, earliest_s: float, evidence: list[Evidence]) -> float | None:
    whole_s = times.whole_s
    if whole_s is None or not 0 < whole_s < _MAX_S:
        return None
    if whole_s < earliest_s:
        statement = f"The recorded length of the response is {whole_s:.3f} s, shorter than the time to its first chunk."
        evidence.append(Evidence("length", statement, contradicts=True))
        return None
    evidence.append(Evidence("length", f"The response took {whole_s:.3f} s from the request to its end."))
    return whole_s


def _by_server(server: ServerTimes | None, evidence: list[Evidence]) -> _ServerSpans:
    if server is None:
        return _ServerSpans()
    first = server.first_s
    generation = server.generation_s
    if generation is None and server.whole_s is not None and first is not None:
        generation = server.whole_s - first
    parts = [("until the first token", first), ("for all tokens", generation), ("in all", server.whole_s)]
    measured = ", ".join(f"{seconds:.3f} s {what}" for what, seconds in parts if seconds is not None)
    if measured:
        evidence.append(Evidence(server.source, f"The server reports: {measured}."))
    at_most = None
    if server.created_s is not None and server.completed_s is not None:
        ticks = server.completed_s - server.created_s
        if 0 <= ticks < _MAX_S:
            at_most = ticks + 1.0
            statement = (
                f"The response was created and completed {ticks} s apart, in whole seconds of the server's clock:"
                f" it took less than {ticks + 1} s."
            )
            evidence.append(Evidence(server.source, statement))
    return _ServerSpans(
        first if first is not None and 0 <= first < _MAX_S else None,
        generation if generation is not None and 0 < generation < _MAX_S else None,
        at_most,
    )


def _by_two_clocks_s(times: RecordedTimes, headers: Mapping[str, str], evidence: list[Evidence]) -> float | None:
    """Return the time from the server's Date header until the recorder had the whole response."""
    answered = server_date(headers)
    if times.ended is None or answered is None:
        return None
    # Both are truncated to their resolution, so the best guess for each is the middle of its range.
    about_s = times.ended.epoch_s - answered.epoch_s + (times.ended.resolution_s - answered.resolution_s) / 2
    if not 0 < about_s < _MAX_S:
        return None
    statement = (
        f"Recorded {about_s:.1f} s after the server's Date. The response took about that long, give or take a second and the"
        " difference of the two clocks."
    )
    evidence.append(Evidence("Date", statement))
    return about_s


class SpreadRows(NamedTuple):
    """Rows spread over a total, and whether their times count from the request."""

    arrival: Arrival
    since_request: bool


def spread_over_total(event: Ints, tokens: Floats, tokens_before: float, spans: Spans) -> SpreadRows | None:
    """Spread rows by tokens over the most informative total. Return None if there is no total.

    `tokens_before` is the number of hidden tokens before the first row. All rows of an event arrive with its last.
    """
    length = spans.generation_s or spans.at_most_s or spans.about_s
    if spans.whole_s is not None:
        share = token_shares(event, tokens, tokens_before)
        return SpreadRows(_over_whole(share, spans.whole_s, spans), since_request=True)
    if length is None:
        return None
    if length == spans.at_most_s:
        # The middle of its range, which is one second to either side of its ticks.
        length = max(length - 1.0, 0.5)
    share = token_shares(event, tokens, tokens_before)
    t = length * (share - share[:1].sum())
    at_origin = event == event[0] if len(event) else np.zeros(0, dtype=np.bool_)
    latest = np.inf if spans.at_most_s is None else spans.at_most_s
    arrival = uniform_arrival(t, np.zeros(len(t)), np.where(at_origin, 0.0, latest), "span")
    return SpreadRows(arrival, since_request=False)


def _over_whole(share: Floats, whole_s: float, spans: Spans) -> Arrival:
    """Spread rows over the part of the response in which tokens can have arrived."""
    begin = spans.earliest_s
    if spans.generation_s is not None and spans.generation_s <= whole_s - begin:
        begin = whole_s - spans.generation_s
    t = begin + (whole_s - begin) * share
    return uniform_arrival(t, np.full(len(t), spans.earliest_s), np.full(len(t), whole_s), "span")


def token_shares(event: Ints, tokens: Floats, tokens_before: float) -> Floats:
    """Return the share of all tokens, 0 to 1, that was made when each row arrived. Count events if no row has tokens."""
    counted = np.nan_to_num(tokens)
    if not counted.sum():
        counted = np.append(np.diff(event) > 0, True).astype(np.float64) if len(event) else counted
    made = tokens_before + np.cumsum(counted)
    last_row = np.searchsorted(event, event, side="right") - 1
    return made[last_row] / made[-1] if len(made) else made
