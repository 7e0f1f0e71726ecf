"""What of a comparison is worth showing, in the order in which it is read: tables and diffs, in no markup yet.

Recorded text stands apart from our own words, so that a renderer can tell which of the two it may trust.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison, TextChange, ToolCallChange
from viewer.comparison.figures import Fact, MetricRow, UsageRow, tell_difference
from viewer.comparison.item_diff import ItemDiff
from viewer.comparison.request_diff import Change
from viewer.comparison.schema_drift import FieldDrift
from viewer.comparison.side import Side
from viewer.comparison.text_diff import TextDiff
from viewer.streams.cost import Cost
from viewer.text.masks import masked_url
from viewer.text.words import MARKS, NOTHING, dollars, headline
from viewer.types.measure import Measure


class Recorded(NamedTuple):
    """Mark a text that a recording brought along."""

    text: str


Cell = str | Recorded


@dataclass(frozen=True, slots=True)
class Section:
    """Hold a table or a diff with its title."""

    title: str
    """In our own words."""
    subject: str = ""
    """What it is about, as recorded: the name of a tool, the role of a message."""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    diff: TextDiff | None = None
    note: str = ""


def sections(one: Comparison, chosen: frozenset[Aspect]) -> list[Section]:
    """Return the sections of a comparison: of what differs only the aspects chosen, and the figures beside each other."""
    found = [*_facts(one.facts, chosen), *_metrics(one.metrics)]
    if "usage" in chosen:
        found += _usage(one.usage, one.cost.costs)
    if "request" in chosen:
        found += _changes("Request", (*one.request.line, *one.request.parameters))
        found += [_item("Tool", item) for item in one.request.tools]
        found += [_item("Message", item) for item in one.request.messages]
        found += [Section("Request body", diff=one.request.body)] if one.request.body else []
        found += _schema("Fields of the request", [drift for drift in one.schema if drift.part == "request"])
    if "headers" in chosen:
        found += _changes("Headers of the request", one.request.headers)
    if "text" in chosen:
        found += [_text(change) for change in one.texts]
    if "tool-calls" in chosen:
        found += [_call(change) for change in one.tool_calls]
    if "schema" in chosen:
        found += _schema("Fields of the response", [drift for drift in one.schema if drift.part != "request"])
    return found


def verdict(comparison: CassetteComparison, chosen: frozenset[Aspect]) -> str:
    """Return in a sentence whether two cassettes differ, and in what."""
    differing = comparison.differing(chosen)
    ignored = [aspect for aspect in ASPECTS if aspect not in chosen]
    aside = f" Not compared: {', '.join(ignored)}." if ignored else ""
    count = len(comparison.pairs)
    compared = f"{count:,} pair{'s' * (count != 1)} of interactions compared"
    if not differing:
        return f"No difference, {compared}.{aside}"
    return f"They differ in {_listed(differing)}, {compared}.{aside}"


def alone(one: Side, letter: str) -> str:
    """Return in our own words that an interaction stands in one of the cassettes alone."""
    return f"Interaction {one.index} of {letter} alone"


def pair_title(one: Comparison) -> str:
    """Return in our own words which interactions are compared."""
    return f"Interaction {one.left.index} of A and {one.right.index} of B"


def shown_pairs(comparison: CassetteComparison, chosen: frozenset[Aspect]) -> list[Comparison]:
    """Return the pairs worth showing: those that differ, and a single one whose figures do."""
    differing = [one for one in comparison.pairs if one.differing(chosen)]
    if differing or len(comparison.pairs) != 1:
        return differing
    figures = (figure for row in comparison.pairs[0].metrics for figure in row.differences)
    return list(comparison.pairs) if any(figure.delta for figure in figures) else []


def name_of(one: Side) -> str:
    """Return how an interaction is called: its method and URL, secrets masked; "" where none is recorded."""
    request = one.interaction.request
    return f"{request.method} {masked_url(request.url)}".strip()


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _facts(facts: Sequence[Fact], chosen: frozenset[Aspect]) -> Iterator[Section]:
    shown = [fact for fact in facts if fact.differs and (fact.aspect is None or fact.aspect in chosen)]
    if shown:
        rows = tuple((fact.label, *map(_recorded, fact.values)) for fact in shown)
        yield Section("Facts that differ", header=("", "A", "B"), rows=rows)


def _recorded(value: str | int | None) -> Cell:
    return NOTHING if value is None else f"{value:,}" if isinstance(value, int) else Recorded(value)


def _metrics(metrics: Sequence[MetricRow]) -> Iterator[Section]:
    if metrics:
        rows = tuple(
            (row.label, *map(_measured, row.measures), *(tell_difference(one, row.unit) for one in row.differences))
            for row in metrics
        )
        yield Section("Figures", header=("", "A", "B", "B against A"), rows=rows)


def _measured(measure: Measure) -> str:
    return f"{headline(measure)} {MARKS[measure.grade]}" if measure.grade else NOTHING


def _usage(usage: Sequence[UsageRow], costs: Sequence[Cost]) -> Iterator[Section]:
    rows = [(row.label, *map(_count, row.counts), _count_difference(row.counts)) for row in usage]
    if any(cost.usd is not None for cost in costs):
        rows.append(("cost", *map(_spent, costs), ""))
    if rows:
        yield Section("Usage and cost", header=("", "A", "B", "B less A"), rows=tuple(rows))


def _count(count: int | None) -> str:
    return NOTHING if count is None else f"{count:,}"


def _count_difference(counts: Sequence[int | None]) -> str:
    first, other = counts[0], counts[-1]
    return "" if first is None or other is None or first == other else f"{other - first:+,}"


def _spent(cost: Cost) -> str:
    return NOTHING if cost.usd is None else f"{dollars(cost.usd)}{' (estimate)' if cost.is_estimate else ''}"


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
    return "the whole event" if drift.part == "event" else "the whole body"


def _types(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} ({count:,})" for kind, count in counts.items()) or NOTHING
