"""Totals: how long a stream or a part of it took, where nothing says when each event came."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from viewer.cassettes.fields import moment
from viewer.streams.timing.arrival import Arrival, Evidence, uniform
from viewer.types.chunk_table import Floats, Ints
from viewer.types.http import RecordedTimes
from viewer.types.replies import ServerTimes

_LONGEST_S = 7 * 86_400.0
# How long the server, or a proxy before it, took until it answered; each in milliseconds.
_SERVER_HEADERS = ("openai-processing-ms", "x-envoy-upstream-service-time", "x-kong-upstream-latency")


@dataclass(frozen=True, slots=True)
class Spans:
    """Hold the totals of one response, from all that say something of it."""

    known_first_s: float | None = None
    """Request to first event, by the client's clock."""
    earliest_s: float = 0.0
    """No event came earlier than this after the request."""
    earliest_source: str = ""
    whole_s: float | None = None
    """No event came later than this after the request, by the client's clock."""
    generation_s: float | None = None
    """First to last token, by the server's own measure."""
    first_s: float | None = None
    """Request to first token, by the server's own measure."""
    at_most_s: float | None = None
    """First to last chunk took no longer than this."""
    about_s: float | None = None
    """First to last chunk took about this long, or less: by the server's total, or by two clocks that need not agree."""


def spans_of(
    times: RecordedTimes, server: ServerTimes | None, headers: Mapping[str, str], evidence: list[Evidence]
) -> Spans:
    """Return the totals that a recording holds, and say where each stands."""
    earliest, earliest_source = _earliest(times, headers, evidence)
    whole = _whole(times, earliest, evidence)
    first, generation, at_most = _of_server(server, evidence)
    about = server.whole_s if server else None
    if whole is None and at_most is None and not about:
        about = _by_two_clocks(times, headers, evidence)
    return Spans(times.first_s, earliest, earliest_source, whole, generation, first, at_most, about)


def _earliest(times: RecordedTimes, headers: Mapping[str, str], evidence: list[Evidence]) -> tuple[float, str]:
    """Return the latest of what is known to lie before the first event, and what it is."""
    bounds = [(0.0, "")]
    if times.headers_s is not None:
        bounds.append((times.headers_s, "after the response headers"))
        said = (
            f"Response headers came after {times.headers_s * 1000:.1f} ms. This time ends before the body is"
            " read: a lower bound of the first chunk, not the length of the stream."
        )
        evidence.append(Evidence("headers", said))
    if times.first_s is not None:
        bounds.append((times.first_s, "request to first event"))
        evidence.append(Evidence("first event", f"The first event came after {times.first_s * 1000:.1f} ms."))
    for name in _SERVER_HEADERS:
        value = headers.get(name, "").strip()
        if value.isdecimal() and len(value) < 9 and int(value):
            bounds.append((int(value) / 1e3, f"after the server had answered ({name})"))
            evidence.append(
                Evidence(name, f"The server took {value} ms until it answered: a lower bound of the first chunk.")
            )
    return max(bounds)


def _whole(times: RecordedTimes, earliest: float, evidence: list[Evidence]) -> float | None:
    whole = times.whole_s
    if whole is None or not 0 < whole < _LONGEST_S:
        return None
    if whole < earliest:
        said = f"The whole response is said to have taken {whole:.3f} s, less than until its first chunk could come."
        evidence.append(Evidence("length", said, contradicts=True))
        return None
    evidence.append(Evidence("length", f"Request to end of the response took {whole:.3f} s."))
    return whole


def _of_server(server: ServerTimes | None, evidence: list[Evidence]) -> tuple[float | None, float | None, float | None]:
    """Return time to first token, generation time, and the most that first to last chunk can have taken."""
    if server is None:
        return None, None, None
    first = server.first_s
    generation = server.generation_s
    if generation is None and server.whole_s is not None and first is not None:
        generation = server.whole_s - first
    parts = [("until the first token", first), ("for all tokens", generation), ("in all", server.whole_s)]
    measured = ", ".join(f"{seconds:.3f} s {what}" for what, seconds in parts if seconds is not None)
    if measured:
        evidence.append(Evidence(server.source, f"By the server's own measure: {measured}."))
    at_most = None
    if server.created_s is not None and server.completed_s is not None:
        ticks = server.completed_s - server.created_s
        if 0 <= ticks < _LONGEST_S:
            at_most = ticks + 1.0
            said = f"Created and completed {ticks} s apart, in whole seconds of the server's clock: it took less than {ticks + 1} s."
            evidence.append(Evidence(server.source, said))
    positive = generation if generation is not None and 0 < generation < _LONGEST_S else None
    return first if first is not None and 0 <= first < _LONGEST_S else None, positive, at_most


def _by_two_clocks(times: RecordedTimes, headers: Mapping[str, str], evidence: list[Evidence]) -> float | None:
    """Return the time from the server's Date to when the recorder had the whole."""
    answered = moment(headers.get("date"), 1.0)
    if times.ended is None or answered is None:
        return None
    # Both are cut off to what they are coarse by; the middle of what each can be is as good as any.
    about = times.ended.epoch_s - answered.epoch_s + (times.ended.resolution_s - answered.resolution_s) / 2
    if not 0 < about < _LONGEST_S:
        return None
    said = (
        f"Recorded {about:.1f} s after the server's Date: about how long the response took, give or take a second and"
        " what the two clocks differ by."
    )
    evidence.append(Evidence("Date", said))
    return about


def spread(event: Ints, tokens: Floats, tokens_before: float, spans: Spans) -> tuple[Arrival, bool] | None:
    """Return rows spread by tokens over the total that says most, and whether from the request; None without a total.

    `tokens_before` were made before the first row, out of sight. All rows of an event arrive with its last.
    """
    length = spans.generation_s or spans.at_most_s or spans.about_s
    if spans.whole_s is not None:
        return _over_whole(shares(event, tokens, tokens_before), spans.whole_s, spans), True
    if length is None:
        return None
    if length == spans.at_most_s:
        # The middle of what it can be: more than its ticks less one, and at most one more.
        length = max(length - 1.0, 0.5)
    share = shares(event, tokens, tokens_before)
    t = length * (share - share[:1].sum())
    at_origin = event == event[0] if len(event) else np.zeros(0, dtype=np.bool_)
    latest = np.inf if spans.at_most_s is None else spans.at_most_s
    return uniform(t, np.zeros(len(t)), np.where(at_origin, 0.0, latest), "span"), False


def _over_whole(share: Floats, whole_s: float, spans: Spans) -> Arrival:
    """Return rows spread over what of the whole response was not spent before the first token."""
    begin = spans.earliest_s
    if spans.generation_s is not None and spans.generation_s <= whole_s - begin:
        begin = whole_s - spans.generation_s
    t = begin + (whole_s - begin) * share
    return uniform(t, np.full(len(t), spans.earliest_s), np.full(len(t), whole_s), "span")


def shares(event: Ints, tokens: Floats, tokens_before: float) -> Floats:
    """Return how much of all tokens had been made when each row came, 0 to 1; by events where no row has a token."""
    counted = np.nan_to_num(tokens)
    if not counted.sum():
        counted = np.append(np.diff(event) > 0, True).astype(np.float64) if len(event) else counted
    made = tokens_before + np.cumsum(counted)
    last_row = np.searchsorted(event, event, side="right") - 1
    return made[last_row] / made[-1] if len(made) else made
