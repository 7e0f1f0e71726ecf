"""The page that compares two recordings: their race, their figures and everything that differs."""

from dataclasses import dataclass
from string import ascii_uppercase

import streamlit as st

from viewer.comparison.aspects import ASPECTS
from viewer.comparison.comparison import Comparison, compare_sides
from viewer.comparison.diff_lines import DiffLine, diff_lines
from viewer.comparison.figures import metric_rows, usage_rows
from viewer.comparison.sections import Cell, Recorded, Section, sections, verdict
from viewer.comparison.side import Side, side
from viewer.comparison.text_diff import TextDiff
from viewer.display.lanes import lanes_of
from viewer.display.nodes import Node, node
from viewer.pages.opening.recordings import recording_labels
from viewer.pages.parts.address import pick
from viewer.pages.parts.legend import grades_of, show_legend
from viewer.pages.parts.no_recording import show_nothing_open, show_unreadable
from viewer.pages.parts.sheet import sheet
from viewer.pages.recording.deck import show_deck
from viewer.pages.recording.picker import pick_interaction
from viewer.pages.server.cache import server_cache
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import MEMORY_RATIO, listed_recordings, open_cassette
from viewer.pages.server.slots import slots
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import NOTHING, explanation, marked, number
from viewer.types.measure import Measure
from viewer.types.problems import CassetteError

_MAX_DIFF_LINES = 400
_MAX_DIFF_CHARACTERS = 60_000
# The deck races six streams, two of which are A and B.
_MAX_MORE = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Racer:
    """A stream and its name on this page."""

    name: str
    key: str
    stream: Stream


def render() -> None:
    """Let two streams be picked, and show how they differ."""
    listed = listed_recordings()
    if not listed:
        show_nothing_open()
        return
    labels = recording_labels(list(listed.values()))
    left, right = st.columns(2)
    try:
        with left:
            one, one_key = _pick("a", "A", listed, labels, 0)
        with right:
            other, other_key = _pick("b", "B", listed, labels, 1)
        comparison = _compare(one_key, other_key, one, other)
    except CassetteError as error:
        show_unreadable(error)
        return
    _show_verdict(comparison)
    more = _pick_more(listed)
    lettered = zip(ascii_uppercase, [(one_key, one), (other_key, other), *more], strict=False)
    racers = [_Racer(_lettered(letter, each), key, each.stream) for letter, (key, each) in lettered if each.stream]
    with st.sidebar, st.container(key="legend_place"):
        show_legend(grades_of(racer.stream for racer in racers))
    _show_race([racer for racer in racers if lanes_of(racer.stream)])
    if more:
        _show_figures_of_all(racers)
    for place, section in enumerate(sections(comparison, frozenset(ASPECTS))):
        sheet(_section(section), key=f"section/{place}")


def _pick_more(listed: dict[str, ListedRecording]) -> list[tuple[str, Side]]:
    """Let more recordings join the race with their first streams. Recordings that cannot be opened are left out."""
    chosen = st.multiselect(
        "Also race",
        list(listed),
        key="more",
        max_selections=_MAX_MORE,
        placeholder="up to four more recordings, with their first streams",
        bind="query-params",
    )
    sides = []
    for key in chosen:
        try:
            cassette, _ = open_cassette(listed[key])
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


def _show_figures_of_all(racers: list[_Racer]) -> None:
    """Show the figures and tokens of all streams side by side."""
    streams = [racer.stream for racer in racers]
    head = node("tr", "", node("td"), *(node("th", "", racer.name) for racer in racers))
    rows = [node("tr", "", node("td", "", row.label), *map(_measure, row.measures)) for row in metric_rows(streams)]
    counts = [
        node("tr", "", node("td", "", row.label), *(node("td", "", _count(count)) for count in row.counts))
        for row in usage_rows([stream.usage for stream in streams])
    ]
    table = node("div", "scroll", node("table", "table", head, *rows, *counts))
    sheet([node("h2", "", "All streams"), table], key="figures_of_all")


def _measure(measure: Measure) -> Node:
    return node("td", "number", marked(measure), tip=explanation(measure))


def _count(count: int | None) -> Node:
    return node("td", "number", NOTHING if count is None else number(count))


def _pick(
    name: str, label: str, listed: dict[str, ListedRecording], labels: dict[str, str], place: int
) -> tuple[Side, str]:
    keys = list(listed)
    # With a single recording, it is compared with itself.
    default = keys[min(place, len(keys) - 1)]
    key = pick(label, keys, name=name, key=f"compare/{name}", shown=labels.__getitem__, default=default)
    cassette, digest = open_cassette(listed[key])
    index, _ = pick_interaction(cassette, f"{name}_stream", f"compare/{name}/{digest}")
    return side(cassette, index), f"{digest}/{index}"


def _compare(one_key: str, other_key: str, one: Side, other: Side) -> Comparison:
    def compute() -> Comparison:
        with st.spinner("Comparing"), slots().hold(f"{_model(one)} and {_model(other)}"):
            return compare_sides(one, other)

    # A comparison refers to both cassettes, so it keeps them in memory.
    bodies = (len(interaction.response.body) for each in (one, other) for interaction in each.cassette.interactions)
    return server_cache().get(("comparison", one_key, other_key), compute, lambda _: MEMORY_RATIO * sum(bodies))


def _show_verdict(comparison: Comparison) -> None:
    differing = comparison.differing()
    limits = "" if differing else " Times, ids and timestamps are not compared."
    title = f"{_lettered('A', comparison.left)} and {_lettered('B', comparison.right)}"
    sheet(
        [node("div", "title", node("h1", "", title)), node("p", "story", f"{verdict(differing)}{limits}")],
        key="compared",
    )


def _model(one: Side) -> str:
    return one.model or one.cassette.name


def _lettered(letter: str, one: Side) -> str:
    """Return the model with a letter, which the tables refer to: two sides may have the same model."""
    return well_formed(f"{letter} · {_model(one)}")


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
    shown = diff_lines(diff, _MAX_DIFF_LINES, _MAX_DIFF_CHARACTERS)
    nodes: list[Node] = [node("div", "diff", *map(_line, shown.lines))]
    if shown.left_out:
        nodes.append(node("p", "note", f"{shown.left_out:,} more differing lines are not shown."))
    return nodes


def _line(line: DiffLine) -> Node:
    tag = {"-": "del", "+": "ins"}.get(line.mark, "span")
    spans = (node("b", "", span.text) if span.is_changed else node("span", "", span.text) for span in line.spans)
    return node("pre", "", node(tag, "", f"{line.mark} ", *spans))
