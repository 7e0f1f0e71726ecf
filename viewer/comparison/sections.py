"""The tables and diffs that present a comparison, in reading order and without markup.

Recorded text is marked as such, so that a renderer knows what it must escape.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison, TextChange, ToolCallChange
from viewer.comparison.figures import AttributeRow, MetricRow, UsageRow, describe_difference
from viewer.comparison.item_diff import ItemDiff
from viewer.comparison.request_diff import Change
from viewer.comparison.schema_drift import FieldDrift
from viewer.comparison.side import Side
from viewer.comparison.text_diff import TextDiff
from viewer.streams.cost import Cost
from viewer.text.masks import masked_url
from viewer.text.words import NOTHING, counted, dollars, listed, marked
from viewer.types.measure import Measure


class Recorded(NamedTuple):
    """Text from a recording, which a renderer must escape."""

    text: str


Cell = str | Recorded

COARSE = "{:,} characters were replaced as a whole, because comparing them word by word would take too long."
"""The note under a diff with coarse characters."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table or a diff with its title."""

    title: str
    """Never recorded text."""
    subject: str = ""
    """Recorded text: the name of a tool, the role of a message."""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    diff: TextDiff | None = None
    note: str = ""


def sections(one: Comparison, chosen: Collection[Aspect]) -> list[Section]:
    """Return the differences in the chosen aspects, and the figures side by side."""
    found = [*_attributes(one.attributes, chosen), *_metrics(one.metrics)]
    if "usage" in chosen:
        found += _usage(one.usage, one.cost.costs)
    if "request" in chosen:
        found += _changes("Request", (*one.request.line, *one.request.parameters))
        found += [_item("Tool", item) for item in one.request.tools]
        found += [_item("Message", item) for item in one.request.messages]
        found += [Section("Request body", diff=one.request.body)] if one.request.body else []
        found += _schema("Request fields", [drift for drift in one.schema if drift.location == "request"])
    if "headers" in chosen:
        found += _changes("Request headers", one.request.headers)
    if "text" in chosen:
        found += [_text(change) for change in one.texts]
    if "tool-calls" in chosen:
        found += [_call(change) for change in one.tool_calls]
    if "schema" in chosen:
        found += _schema("Response fields", [drift for drift in one.schema if drift.location != "request"])
    return found


def summary_line(comparison: CassetteComparison, chosen: Collection[Aspect]) -> str:
    """Write in one line whether two cassettes differ, in which aspects, and what was compared."""
    differing = comparison.differing(chosen)
    ignored = [aspect for aspect in ASPECTS if aspect not in chosen]
    aside = f" Not compared: {', '.join(ignored)}." if ignored else ""
    count = len(comparison.pairs)
    return f"{verdict(differing)} {counted(count, 'pair')} of interactions compared.{aside}"


def verdict(differing: Sequence[Aspect]) -> str:
    """Write the sentence that says in which aspects two recordings differ."""
    return f"The recordings differ in {listed(differing)}." if differing else "No differences."


def unpaired_title(one: Side, letter: str) -> str:
    """Return the title of an interaction that only one of the cassettes has. It holds no recorded text."""
    return f"Interaction {one.index} only in {letter}"


def pair_title(one: Comparison) -> str:
    """Return the title of two interactions that are compared. It holds no recorded text."""
    return f"Interaction {one.left.index} of A and {one.right.index} of B"


def shown_pairs(comparison: CassetteComparison, chosen: Collection[Aspect]) -> list[Comparison]:
    """Return the pairs that differ. If a single pair was compared, return it also if only its figures differ."""
    differing = [one for one in comparison.pairs if one.differing(chosen)]
    if differing or len(comparison.pairs) != 1:
        return differing
    figures = (figure for row in comparison.pairs[0].metrics for figure in row.differences)
    return list(comparison.pairs) if any(figure.delta for figure in figures) else []


def request_name(one: Side) -> str:
    """Return the method and the URL with secrets masked; "" if they were not recorded. It is recorded text."""
    request = one.interaction.request
    return f"{request.method} {masked_url(request.url)}".strip()


def unpaired_name(one: Side) -> str:
    """Return the `request_name` of an interaction or, of one without an address, its model; "" if neither was recorded."""
    reply = one.stream or one.answer
    return request_name(one) or (reply.model if reply else None) or ""


def pair_requests(one: Comparison) -> list[str]:
    """Return the `request_name` of A and of B; one if they are the same or only one was recorded."""
    return [name for name in dict.fromkeys((request_name(one.left), request_name(one.right))) if name]


def _attributes(rows: Sequence[AttributeRow], chosen: Collection[Aspect]) -> Iterator[Section]:
    shown = [row for row in rows if row.differs and (row.aspect is None or row.aspect in chosen)]
    if shown:
        cells = tuple((row.label, *map(_recorded, row.values)) for row in shown)
        yield Section("Attributes that differ", header=("", "A", "B"), rows=cells)


def _recorded(value: str | int | None) -> Cell:
    return NOTHING if value is None else f"{value:,}" if isinstance(value, int) else Recorded(value)


def _metrics(metrics: Sequence[MetricRow]) -> Iterator[Section]:
    if metrics:
        rows = tuple(
            (row.label, *map(_measured, row.measures), *(describe_difference(one, row.unit) for one in row.differences))
            for row in metrics
        )
        yield Section("Figures", header=("", "A", "B", "B compared with A"), rows=rows)


def _measured(measure: Measure) -> str:
    return marked(measure) if measure.grade else NOTHING


def _usage(usage: Sequence[UsageRow], costs: Sequence[Cost]) -> Iterator[Section]:
    rows = [(row.label, *map(_count, row.counts), _count_difference(row.counts)) for row in usage]
    if any(cost.usd is not None for cost in costs):
        rows.append(("cost", *map(_spent, costs), ""))
    if rows:
        yield Section("Usage and cost", header=("", "A", "B", "B minus A"), rows=tuple(rows))


def _count(count: int | None) -> str:
    return NOTHING if count is None else f"{count:,}"


def _count_difference(counts: Sequence[int | None]) -> str:
    first, other = counts[0], counts[-1]
    return "" if first is None or other is None or first == other else f"{other - first:+,}"


def _spent(cost: Cost) -> str:
    if cost.usd is None:
        return NOTHING
    return f"{dollars(cost.usd)} ({cost.note})" if cost.note else dollars(cost.usd)


def _changes(title: str, changes: Sequence[Change]) -> Iterator[Section]:
    if changes:
        rows = tuple((Recorded(change.name), _recorded(change.left), _recorded(change.right)) for change in changes)
        yield Section(title, header=("", "A", "B"), rows=rows)


def _item(kind: str, item: ItemDiff) -> Section:
    places = [place for place in (item.left_index, item.right_index) if place is not None]
    where = " and ".join(str(place) for place in dict.fromkeys(places))
    note = "Only masked values differ." if item.diff.is_same and item.what == "changed" else ""
    return Section(f"{kind} {where} {item.what}", item.name, diff=item.diff, note=note)


def _text(change: TextChange) -> Section:
    title = "Body of the response" if change.kind == "body" else change.kind.capitalize()
    return Section(f"{title}, choice {change.choice}" if change.choice else title, diff=change.diff)


def _call(change: ToolCallChange) -> Section:
    names = dict.fromkeys(call.name for call in (change.left, change.right) if call is not None)
    return Section(f"Tool call {change.what}", " → ".join(names), diff=change.arguments)


def _schema(title: str, drifts: Sequence[FieldDrift]) -> Iterator[Section]:
    if drifts:
        rows = tuple(
            (
                Recorded(drift.event) if drift.event else "",
                _path(drift),
                drift.what,
                _types(drift.left),
                _types(drift.right),
            )
            for drift in drifts
        )
        yield Section(title, header=("event", "field", "", "A", "B"), rows=rows)


def _path(drift: FieldDrift) -> Cell:
    if drift.path:
        return Recorded(drift.path)
    return "the whole event" if drift.location == "event" else "the whole body"


def _types(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} ({count:,})" for kind, count in counts.items()) or NOTHING
