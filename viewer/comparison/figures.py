"""Figures, token counts, costs and attributes of several recordings side by side, each compared with the first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.comparison.aspects import Aspect
from viewer.comparison.normalise import normalised_text
from viewer.comparison.side import Side
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, USAGE_LABELS, number, quantity
from viewer.types.measure import Measure
from viewer.types.usage import Usage

Relation = Literal["same", "lower", "higher", "within bounds", "not known"]
"""How a figure compares with the first. "within bounds": the bounds overlap, so neither is known to be greater."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a figure differs from that of the first recording."""

    relation: Relation
    delta: float | None
    """The value minus the first one, in the unit of the figure; None if one of the two has no value."""
    ratio: float | None
    """The value divided by the first one; None if one of the two has no value, or the first is 0."""
    note: str = ""
    """Why it is not known, or that the grades of the two differ."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One figure of every recording."""

    name: str
    """The key in `stream.metrics`."""
    label: str
    unit: str
    measures: tuple[Measure, ...]
    differences: tuple[Difference, ...]
    """Of every recording after the first, against the first."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One token count of every recording; None if it was not reported."""

    name: str
    """The field of `Usage`."""
    label: str
    counts: tuple[int | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the counts are not all equal."""
        return len(set(self.counts)) > 1


@dataclass(frozen=True, slots=True)
class CostRow:
    """The cost of every recording. It depends on the day of recording, so it does not count as a difference."""

    costs: tuple[Cost, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute of every recording; None if it is not known."""

    label: str
    values: tuple[str | int | None, ...]
    aspect: Aspect | None
    """The aspect that a difference belongs to; None if it does not count, as for the recorder."""
    differs: bool


def metric_rows(streams: Sequence[Stream]) -> tuple[MetricRow, ...]:
    """Return every figure that at least one of the recordings supports."""
    rows = []
    for name in streams[0].metrics if streams else ():
        measures = tuple(stream.metrics[name] for stream in streams)
        if any(measure.grade is not None for measure in measures):
            first, *others = measures
            differences = tuple(difference(first, other) for other in others)
            rows.append(MetricRow(name, LABELS.get(name, name), first.unit, measures, differences))
    return tuple(rows)


def difference(first: Measure, other: Measure) -> Difference:
    """Return how a measure differs from a first one, as far as both recordings support it."""
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
        relation: Relation = "same"
    elif other_high < low:
        relation = "lower"
    elif other_low > high:
        relation = "higher"
    else:
        relation = "within bounds" if both else "not known"
        if not both:
            notes.append("only bounds are known, and they overlap")
    return Difference(relation, delta, ratio, "; ".join(notes))


def _limits(measure: Measure) -> tuple[float, float]:
    return (
        -math.inf if measure.low is None else measure.low,
        math.inf if measure.high is None else measure.high,
    )


def describe_difference(one: Difference, unit: str) -> str:
    """Return a difference in a few words, such as "0.42 s less (0.81×)" or "within bounds"."""
    notes = f" ({one.note})" if one.note else ""
    if one.relation == "not known":
        return f"not known{notes}"
    if one.relation in ("same", "within bounds"):
        return f"{one.relation}{notes}"
    ratio = f" ({number(one.ratio)}×)" if one.ratio is not None else ""
    amount = f"{quantity(abs(one.delta), unit)} " if one.delta is not None else ""
    word = _word(one, unit)
    return f"{amount}{word}{ratio}{notes}"


def _word(one: Difference, unit: str) -> str:
    if unit == "s":
        return "less" if one.relation == "lower" else "more"
    if unit.endswith("/s"):
        return "slower" if one.relation == "lower" else "faster"
    return one.relation


def usage_rows(usages: Sequence[Usage | None]) -> tuple[UsageRow, ...]:
    """Return every count that at least one of the recordings reports."""
    rows = []
    for name, label in USAGE_LABELS.items():
        counts = tuple(None if usage is None else getattr(usage, name) for usage in usages)
        if any(count is not None for count in counts):
            rows.append(UsageRow(name, label, counts))
    return tuple(rows)


def cost_row(costs: Sequence[Cost]) -> CostRow:
    """Return the cost of every recording, and the differences between known costs."""
    first, *others = costs
    return CostRow(tuple(costs), tuple(_cost_difference(first, other) for other in others))


def _cost_difference(first: Cost, other: Cost) -> Difference:
    if first.usd is None or other.usd is None:
        return Difference("not known", None, None, first.source if first.usd is None else other.source)
    delta = other.usd - first.usd
    note = "" if first.is_estimate == other.is_estimate else "estimate against provider's own figure"
    relation: Relation = "same" if not delta else "lower" if delta < 0 else "higher"
    return Difference(relation, delta, other.usd / first.usd if first.usd else None, note)


def attribute_rows(sides: Sequence[Side]) -> tuple[AttributeRow, ...]:
    """Return every attribute (neither text nor figure) that a side has."""
    rows = (
        _attribute("recorder", [one.cassette.recorder for one in sides]),
        _attribute("protocol", [one.protocol for one in sides], "protocol"),
        _attribute("delivery", [_delivery(one) for one in sides], "protocol"),
        _attribute("provider", [one.provider for one in sides]),
        _attribute("model", [one.model for one in sides], "model"),
        _status([one.interaction.response.status for one in sides]),
        _attribute("finish reason", [one.finish_reason for one in sides], "finish-reason"),
        _attribute("complete", [_is_complete(one) for one in sides], "finish-reason"),
        _error(sides),
        _attribute("chunks", [None if one.stream is None else len(one.stream.columns.event) for one in sides]),
        _attribute(
            "silent events", [None if one.stream is None else one.stream.silences.silent_events for one in sides]
        ),
        _attribute("keep-alives", [None if one.stream is None else one.stream.silences.keep_alives for one in sides]),
        _attribute("stalls", [_stalls(one) for one in sides]),
        _attribute("times", [None if one.stream is None else one.stream.timing.grade for one in sides]),
    )
    return tuple(row for row in rows if any(value is not None for value in row.values))


def _attribute(label: str, values: Sequence[str | int | None], aspect: Aspect | None = None) -> AttributeRow:
    return AttributeRow(label, tuple(values), aspect, len(set(values)) > 1)


def _status(values: Sequence[int | None]) -> AttributeRow:
    # A recording of a body alone has no status, which does not count.
    return AttributeRow("status", tuple(values), "error", len({value for value in values if value is not None}) > 1)


def _error(sides: Sequence[Side]) -> AttributeRow:
    """Return the errors. Ids and times in their messages do not count."""
    errors = [one.error for one in sides]
    texts = [
        None if error is None else " ".join(filter(None, (error.type, error.code, str(error)))) for error in errors
    ]
    return AttributeRow("error", tuple(texts), "error", len({text and normalised_text(text) for text in texts}) > 1)


def _delivery(one: Side) -> str | None:
    return "streamed" if one.stream is not None else "not streamed" if one.interaction.response.body else None


def _is_complete(one: Side) -> str | None:
    return None if one.stream is None else "yes" if one.stream.complete else "no"


def _stalls(one: Side) -> int | None:
    if one.stream is None or one.stream.timing.grade not in ("measured", "stamped"):
        return None
    return one.stream.silences.stall_count
