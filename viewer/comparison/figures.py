"""Figures, counts, costs and facts of two or more recordings beside each other, each against the first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.comparison.aspects import Aspect
from viewer.comparison.normalise import settled_text
from viewer.comparison.side import Side
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, number, quantity
from viewer.types.measure import Measure
from viewer.types.usage import Usage

Verdict = Literal["same", "lower", "higher", "within bounds", "not known"]

USAGE_LABELS = {
    "input": "input tokens, with cache",
    "cache_read": "of it from cache",
    "cache_write": "written to cache",
    "audio_input": "of it audio",
    "output": "output tokens, with reasoning",
    "reasoning": "of it reasoning",
    "audio_output": "of it audio",
    "total": "total, as reported",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """State how a figure differs from that of the first recording."""

    verdict: Verdict
    """"within bounds" where the bounds overlap, so that neither is known to be greater."""
    delta: float | None
    """The value less the first one, in the figure's unit; None where one of the two has no value."""
    ratio: float | None
    """The value by the first one; None as above, and where the first is 0."""
    note: str = ""
    """Why it is not known, or that the two are known in different ways."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """Hold one figure of each recording."""

    name: str
    """As in `stream.metrics`."""
    label: str
    unit: str
    measures: tuple[Measure, ...]
    differences: tuple[Difference, ...]
    """Of each recording after the first, against the first."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Hold one count of each recording; None where it is not reported."""

    name: str
    """As the field of `Usage`."""
    label: str
    counts: tuple[int | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the counts are not all the same."""
        return len(set(self.counts)) > 1


@dataclass(frozen=True, slots=True)
class CostRow:
    """Hold the cost of each recording; it depends on the day, and is no difference in itself."""

    costs: tuple[Cost, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Hold one thing that is known of each recording; None where it is not."""

    label: str
    values: tuple[str | int | None, ...]
    aspect: Aspect | None
    """What a difference is a difference of; None where it is none in itself, such as the recorder."""
    differs: bool


def metric_rows(streams: Sequence[Stream]) -> tuple[MetricRow, ...]:
    """Return each figure that the recording of one of the streams supports."""
    rows = []
    for name in streams[0].metrics if streams else ():
        measures = tuple(stream.metrics[name] for stream in streams)
        if any(measure.grade is not None for measure in measures):
            first, *others = measures
            differences = tuple(difference(first, other) for other in others)
            rows.append(MetricRow(name, LABELS.get(name, name), first.unit, measures, differences))
    return tuple(rows)


def difference(first: Measure, other: Measure) -> Difference:
    """Return how a measure differs from a first one, no further than both recordings support it."""
    lacking = first if first.grade is None else other
    if lacking.grade is None or "paced" in (first.grade, other.grade):
        return Difference("not known", None, None, lacking.source)
    both = first.value is not None and other.value is not None
    delta = other.value - first.value if other.value is not None and first.value is not None else None
    ratio = other.value / first.value if other.value is not None and first.value else None
    notes = [] if first.grade == other.grade else [f"{other.grade} against {first.grade}"]
    low, high = _limits(first)
    other_low, other_high = _limits(other)
    if low == high == other_low == other_high:
        verdict: Verdict = "same"
    elif other_high < low:
        verdict = "lower"
    elif other_low > high:
        verdict = "higher"
    else:
        verdict = "within bounds" if both else "not known"
        if not both:
            notes.append("only bounds are known, and they overlap")
    return Difference(verdict, delta, ratio, "; ".join(notes))


def _limits(measure: Measure) -> tuple[float, float]:
    return (
        -math.inf if measure.low is None else measure.low,
        math.inf if measure.high is None else measure.high,
    )


def tell_difference(one: Difference, unit: str) -> str:
    """Return a difference in a few words: "0.42 s less (0.81×)", "within bounds"."""
    notes = f" ({one.note})" if one.note else ""
    if one.verdict == "not known":
        return f"not known{notes}"
    if one.verdict in ("same", "within bounds"):
        return f"{one.verdict}{notes}"
    ratio = f" ({number(one.ratio)}×)" if one.ratio is not None else ""
    amount = f"{quantity(abs(one.delta), unit)} " if one.delta is not None else ""
    word = _word(one, unit)
    return f"{amount}{word}{ratio}{notes}"


def _word(one: Difference, unit: str) -> str:
    if unit == "s":
        return "less" if one.verdict == "lower" else "more"
    if unit.endswith("/s"):
        return "slower" if one.verdict == "lower" else "faster"
    return one.verdict


def usage_rows(usages: Sequence[Usage | None]) -> tuple[UsageRow, ...]:
    """Return each count that one of the recordings reports."""
    rows = []
    for name, label in USAGE_LABELS.items():
        counts = tuple(None if usage is None else getattr(usage, name) for usage in usages)
        if any(count is not None for count in counts):
            rows.append(UsageRow(name, label, counts))
    return tuple(rows)


def cost_row(costs: Sequence[Cost]) -> CostRow:
    """Return what each recording cost, and the difference where both are known."""
    first, *others = costs
    return CostRow(tuple(costs), tuple(_cost_difference(first, other) for other in others))


def _cost_difference(first: Cost, other: Cost) -> Difference:
    if first.usd is None or other.usd is None:
        return Difference("not known", None, None, first.source if first.usd is None else other.source)
    delta = other.usd - first.usd
    note = "" if first.is_estimate == other.is_estimate else "an estimate against the provider's own"
    verdict: Verdict = "same" if not delta else "lower" if delta < 0 else "higher"
    return Difference(verdict, delta, other.usd / first.usd if first.usd else None, note)


def facts(sides: Sequence[Side]) -> tuple[Fact, ...]:
    """Return what is known of each side that is neither a text nor a figure."""
    rows = (
        _fact("recorder", [one.cassette.recorder for one in sides]),
        _fact("protocol", [one.protocol for one in sides], "protocol"),
        _fact("delivered", [_delivery(one) for one in sides], "protocol"),
        _fact("provider", [one.provider for one in sides]),
        _fact("model", [one.model for one in sides], "model"),
        _status([one.interaction.response.status for one in sides]),
        _fact("finish reason", [one.finish_reason for one in sides], "finish-reason"),
        _fact("came to its end", [_ending(one) for one in sides], "finish-reason"),
        _error(sides),
        _fact("chunks", [None if one.stream is None else len(one.stream.chunks) for one in sides]),
        _fact("silent events", [None if one.stream is None else one.stream.silences.silent_events for one in sides]),
        _fact("keep-alives", [None if one.stream is None else one.stream.silences.keep_alives for one in sides]),
        _fact("stalls", [_stalls(one) for one in sides]),
        _fact("times", [None if one.stream is None else one.stream.timing.grade for one in sides]),
    )
    return tuple(row for row in rows if any(value is not None for value in row.values))


def _fact(label: str, values: Sequence[str | int | None], aspect: Aspect | None = None) -> Fact:
    return Fact(label, tuple(values), aspect, len(set(values)) > 1)


def _status(values: Sequence[int | None]) -> Fact:
    """Return the status; a recording of a body alone has none, which is no difference."""
    return Fact("status", tuple(values), "error", len({value for value in values if value is not None}) > 1)


def _error(sides: Sequence[Side]) -> Fact:
    """Return the errors; what of their messages is an id or a time is no difference."""
    errors = [one.error for one in sides]
    told = [None if error is None else " ".join(filter(None, (error.type, error.code, str(error)))) for error in errors]
    return Fact("error", tuple(told), "error", len({text and settled_text(text) for text in told}) > 1)


def _delivery(one: Side) -> str | None:
    return "in events" if one.stream is not None else "whole" if one.interaction.response.body else None


def _ending(one: Side) -> str | None:
    return None if one.stream is None else "yes" if one.stream.complete else "no"


def _stalls(one: Side) -> int | None:
    if one.stream is None or one.stream.timing.grade not in ("measured", "stamped"):
        return None
    return one.stream.silences.stall_count
