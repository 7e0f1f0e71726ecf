"""The page of two recordings beside each other: their race, their figures, and all that differs."""

from dataclasses import dataclass
from string import ascii_uppercase

import streamlit as st

from viewer.comparison.aspects import ASPECTS
from viewer.comparison.comparison import Comparison, compare_sides
from viewer.comparison.diff_lines import DiffLine, diff_lines
from viewer.comparison.figures import metric_rows, usage_rows
from viewer.comparison.sections import Cell, Recorded, Section, sections
from viewer.comparison.side import Side, side
from viewer.comparison.text_diff import TextDiff
from viewer.display.lanes import lanes_of
from viewer.display.nodes import Node, node
from viewer.pages.parts.address import pick
from viewer.pages.parts.deck import show_deck
from viewer.pages.parts.legend import grades_of, show_legend
from viewer.pages.parts.picker import labels_of
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.cache import kept
from viewer.pages.server.recordings import RESTING, Recording, on_offer, open_cassette
from viewer.pages.server.turns import turns
from viewer.pages.stream import pick_interaction, show_unreadable
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import MARKS, NOTHING, explanation, headline, number
from viewer.types.measure import Measure
from viewer.types.problems import CassetteError

_MOST_LINES = 400
_MOST_CHARACTERS = 60_000
# The deck races six.
_MOST_MORE = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Racer:
    """Hold a stream of this page and what it is called here."""

    name: str
    key: str
    stream: Stream


def render() -> None:
    """Let two streams be picked and show how they differ."""
    offered = on_offer()
    labels = labels_of(list(offered.values()))
    left, right = st.columns(2)
    try:
        with left:
            one, one_key = _pick("a", "A", offered, labels, 0)
        with right:
            other, other_key = _pick("b", "B", offered, labels, 1)
        comparison = _compared(one_key, other_key, one, other)
    except CassetteError as error:
        show_unreadable(error)
        return
    _show_verdict(comparison)
    more = _pick_more(offered)
    lettered = zip(ascii_uppercase, [(one_key, one), (other_key, other), *more], strict=False)
    racers = [_Racer(_named(letter, each), key, each.stream) for letter, (key, each) in lettered if each.stream]
    with st.sidebar, st.container(key="legend_place"):
        show_legend(grades_of(racer.stream for racer in racers))
    _show_race([racer for racer in racers if lanes_of(racer.stream)])
    if more:
        _show_figures(racers)
    for place, section in enumerate(sections(comparison, frozenset(ASPECTS))):
        sheet(_section(section), key=f"section/{place}")


def _pick_more(offered: dict[str, Recording]) -> list[tuple[str, Side]]:
    """Let more recordings be added, each by its first stream; what cannot be opened is left out."""
    chosen = st.multiselect(
        "More to race",
        list(offered),
        key="more",
        max_selections=_MOST_MORE,
        placeholder="up to four, each by its first stream",
        bind="query-params",
    )
    sides = []
    for key in chosen:
        try:
            cassette, _ = open_cassette(offered[key])
        except CassetteError:
            continue
        if cassette.streams:
            sides.append((key, side(cassette, cassette.streams[0].interaction)))
    return sides


def _show_race(racers: list[_Racer]) -> None:
    if len(racers) < 2:
        return
    with st.container(key="race_place"):
        show_deck(
            [racer.stream for racer in racers],
            None,
            "|".join(f"{racer.name}/{racer.key}" for racer in racers),
            [racer.name for racer in racers],
        )


def _show_figures(racers: list[_Racer]) -> None:
    """Show the figures and tokens of all streams side by side, each against the first."""
    streams = [racer.stream for racer in racers]
    head = node("tr", "", node("td"), *(node("th", "", racer.name) for racer in racers))
    rows = [node("tr", "", node("td", "", row.label), *map(_measured, row.measures)) for row in metric_rows(streams)]
    counts = [
        node("tr", "", node("td", "", row.label), *(node("td", "", _count(count)) for count in row.counts))
        for row in usage_rows([stream.usage for stream in streams])
    ]
    table = node("div", "scroll", node("table", "table", head, *rows, *counts))
    sheet([node("h2", "", "All of them"), table], key="figures_of_all")


def _measured(measure: Measure) -> Node:
    mark = f" {MARKS[measure.grade]}" if measure.grade else ""
    return node("td", "", headline(measure) + mark, tip=explanation(measure))


def _count(count: int | None) -> Node:
    return node("td", "", NOTHING if count is None else number(count))


def _pick(name: str, label: str, offered: dict[str, Recording], labels: dict[str, str], place: int) -> tuple[Side, str]:
    keys = list(offered)
    default = keys[min(place, len(keys) - 1)]
    key = pick(label, keys, name=name, key=f"compare/{name}", shown=labels.__getitem__, default=default)
    cassette, digest = open_cassette(offered[key])
    index, _ = pick_interaction(cassette, f"{name}_stream", f"compare/{name}/{digest}")
    return side(cassette, index), f"{digest}/{index}"


def _compared(one_key: str, other_key: str, one: Side, other: Side) -> Comparison:
    def make() -> Comparison:
        with st.spinner("Comparing"), turns().taken(f"{_name(one)} and {_name(other)}"):
            return compare_sides(one, other)

    # It holds on to both cassettes.
    bodies = (len(held.response.body) for each in (one, other) for held in each.cassette.interactions)
    return kept().get(("comparison", one_key, other_key), make, lambda _: RESTING * sum(bodies))


def _show_verdict(comparison: Comparison) -> None:
    differing = comparison.differing()
    said = f"They differ in {', '.join(differing)}." if differing else "No difference but times, ids and stamps."
    title = f"{_named('A', comparison.left)} and {_named('B', comparison.right)}"
    sheet([node("div", "title", node("h1", "", title)), node("p", "story", said)], key="compared")


def _name(one: Side) -> str:
    return one.model or one.cassette.name


def _named(letter: str, one: Side) -> str:
    """Return what tells a side from all others: the tables name it by its letter alone, and two may be of one model."""
    return well_formed(f"{letter} · {_name(one)}")


def _section(section: Section) -> list[Node]:
    title = " · ".join(part for part in (section.title, section.subject) if part)
    nodes: list[Node] = [node("h2", "", title)]
    if section.note:
        nodes.append(node("p", "note", section.note))
    if section.rows:
        head = node("tr", "", *(node("th" if name else "td", "", name) for name in section.header))
        body = (node("tr", "", *(node("td", "", _text(cell)) for cell in row)) for row in section.rows)
        nodes.append(node("div", "scroll", node("table", "table", head, *body)))
    if section.diff:
        nodes += _diff(section.diff)
    return nodes


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Recorded) else cell


def _diff(diff: TextDiff) -> list[Node]:
    shown = diff_lines(diff, _MOST_LINES, _MOST_CHARACTERS)
    nodes: list[Node] = [node("div", "diff", *map(_line, shown.lines))]
    if shown.left_out:
        nodes.append(node("p", "note", f"{shown.left_out:,} more lines differ"))
    return nodes


def _line(line: DiffLine) -> Node:
    tag = {"-": "del", "+": "ins"}.get(line.mark, "span")
    spans = (node("b", "", span.text) if span.is_changed else node("span", "", span.text) for span in line.spans)
    return node("pre", "", node(tag, "", f"{line.mark} ", *spans))
