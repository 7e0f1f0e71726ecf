"""The figures of a comparison as paired bars: those that differ in sight, those that agree folded and counted."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from viewer.comparison.comparison import Comparison
from viewer.comparison.figures import Difference, MetricRow, UsageRow
from viewer.comparison.summary import is_told_apart, least_difference, percent
from viewer.display.nodes import Node, node
from viewer.display.paired_bars import Bar, BarRow, bar_list
from viewer.streams.cost import Cost
from viewer.text.words import NOTHING, counted, dollars, explanation, marked, number, quantity
from viewer.types.measure import Measure

_LETTERS = "AB"
Outcome = Literal["differs", "unclear", "agrees", "one-sided"]


class _Figure(NamedTuple):
    outcome: Outcome
    row: BarRow


def figure_nodes(one: Comparison, *, only_differences: bool) -> list[Node]:
    """Return all figures that a side has. `only_differences` folds those that agree, and those that only one side has."""
    figures = [*map(_metric, one.metrics), *map(_count, one.usage), *_cost(one.cost.costs, one.cost.differences)]
    if not figures:
        return []
    told = [figure.row for outcome in ("differs", "unclear") for figure in figures if figure.outcome == outcome]
    rows = told if only_differences else [figure.row for figure in figures]
    shown = [bar_list(rows)] if rows else [node("p", "note", "No figure differs.")]
    folded = [
        _folded(figures, "agrees", ("figure agrees", "figures agree")),
        _folded(figures, "one-sided", ("figure is known of one only", "figures are known of one only")),
    ]
    return [node("h2", "", "Figures"), *shown, *(nodes for nodes in folded if nodes and only_differences)]


def _folded(figures: Sequence[_Figure], outcome: Outcome, titles: tuple[str, str]) -> Node:
    rows = [figure.row for figure in figures if figure.outcome == outcome]
    if not rows:
        return ""
    title = f"{number(len(rows))} {titles[len(rows) > 1]}"
    return node("details", "", node("summary", "agree", title), bar_list(rows))


def _metric(row: MetricRow) -> _Figure:
    (first, other), [difference] = row.measures, row.differences
    outcome: Outcome
    if "paced" in (first.grade, other.grade) or None in (first.grade, other.grade):
        outcome, written = "one-sided", ""
    elif _known(first) == _known(other):
        outcome, written = "agrees", "the same" if difference.relation == "same" else "the same, as far as known"
    elif is_told_apart(first, other, difference):
        outcome, written = "differs", _difference(difference, row.unit, least_difference(first, other))
    else:
        # Why times of unlike grades cannot be told apart is said once, below all figures.
        why = ": bounds overlap" if first.grade == other.grade else ""
        outcome, written = "unclear", f"cannot be told apart{why}"
    bars = [_bar(letter, measure) for letter, measure in zip(_LETTERS, row.measures, strict=True)]
    return _Figure(outcome, BarRow(row.label, bars, written, is_grey=outcome == "unclear"))


def _known(measure: Measure) -> tuple[float | str | None, ...]:
    return measure.value, measure.low, measure.high, measure.grade


def _bar(letter: str, measure: Measure) -> Bar:
    if measure.grade in (None, "paced"):
        return Bar(letter, NOTHING, None, None, None, measure.source)
    return Bar(letter, marked(measure), measure.value, measure.low, measure.high, explanation(measure))


def _difference(difference: Difference, unit: str, least: float | None) -> str:
    word = {"lower": "less", "higher": "more"}[difference.relation]
    if unit.endswith("/s"):
        word = "slower" if difference.relation == "lower" else "faster"
    if least is not None:
        return f"at least {quantity(least, unit)} {word}"
    amount = (
        f"{quantity(abs(difference.delta), unit)} {word}" if difference.delta is not None else f"{word}, by the bounds"
    )
    return " · ".join(part for part in (percent(difference.ratio), amount) if part)


def _count(row: UsageRow) -> _Figure:
    first, other = row.counts[0], row.counts[1]
    bars = [
        Bar(letter, NOTHING if count is None else number(count), count, None, None)
        for letter, count in zip(_LETTERS, row.counts, strict=True)
    ]
    label = f"Tokens: {row.label}"
    if first is None or other is None:
        return _Figure("one-sided", BarRow(label, bars, "", is_grey=False))
    if first == other:
        return _Figure("agrees", BarRow(label, bars, "the same", is_grey=False))
    change = percent(other / first) if first else ""
    amount = f"{counted(abs(other - first), 'token')} {'more' if other > first else 'fewer'}"
    return _Figure("differs", BarRow(label, bars, " · ".join(part for part in (change, amount) if part), is_grey=False))


def _cost(costs: Sequence[Cost], differences: Sequence[Difference]) -> Iterator[_Figure]:
    if all(cost.usd is None for cost in costs):
        return
    bars = [_cost_bar(letter, cost) for letter, cost in zip(_LETTERS, costs, strict=True)]
    [difference] = differences
    if difference.delta is None:
        yield _Figure("one-sided", BarRow("Cost", bars, "", is_grey=False))
    elif not difference.delta:
        yield _Figure("agrees", BarRow("Cost", bars, "the same", is_grey=False))
    else:
        amount = f"{dollars(abs(difference.delta))} {'more' if difference.delta > 0 else 'less'}"
        written = " · ".join(part for part in (percent(difference.ratio), amount) if part)
        yield _Figure("differs", BarRow("Cost", bars, written, is_grey=False))


def _cost_bar(letter: str, cost: Cost) -> Bar:
    if cost.usd is None:
        return Bar(letter, NOTHING, None, None, None, cost.source)
    return Bar(
        letter, f"{dollars(cost.usd)}{' (estimate)' if cost.is_estimate else ''}", cost.usd, None, None, cost.source
    )
