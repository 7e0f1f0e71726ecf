"""The page that compares two recordings: which is faster, their figures as paired bars, their race and what differs."""

from string import ascii_uppercase
from typing import NamedTuple

import streamlit as st

from viewer.comparison.comparison import Comparison, compare_sides
from viewer.comparison.figures import metric_rows, usage_rows
from viewer.comparison.side import Side
from viewer.comparison.summary import summarise, unlike_times
from viewer.display.lanes import lanes_of
from viewer.display.nodes import Node, node
from viewer.pages.compare.differences import attribute_nodes, same_texts, section_nodes
from viewer.pages.compare.figures import figure_nodes
from viewer.pages.compare.sheet import compare_sheet
from viewer.pages.compare.sides import Picked, pick_more, pick_sides
from viewer.pages.parts.legend import grades_of
from viewer.pages.parts.no_recording import show_nothing_open, show_unreadable
from viewer.pages.parts.sheet import sheet
from viewer.pages.recording.deck import show_deck
from viewer.pages.server.cache import server_cache
from viewer.pages.server.recordings import MEMORY_RATIO, listed_recordings
from viewer.pages.server.slots import slots
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import MARKS, MEANINGS, NOTHING, explanation, marked, number
from viewer.types.measure import Measure
from viewer.types.problems import CassetteError


class _Racer(NamedTuple):
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
    try:
        picked = pick_sides(listed)
        if picked is None:
            return
        comparison = _compare(*picked)
    except CassetteError as error:
        show_unreadable(error)
        return
    _show_answer(comparison)
    only_differences = st.toggle("Only differences", value=True, key="only_differences")
    _show_figures(comparison, only_differences=only_differences)
    more = pick_more(listed)
    _show_race([*picked, *more], has_more=bool(more))
    compare_sheet(attribute_nodes(comparison, only_differences=only_differences), key="attributes")
    for place, nodes in enumerate(section_nodes(comparison)):
        sheet(nodes, key=f"section/{place}")
    if not only_differences:
        sheet(same_texts(comparison), key="same_texts")


def _compare(one: Picked, other: Picked) -> Comparison:
    def compute() -> Comparison:
        with st.spinner("Comparing"), slots().hold(f"{_model(one.side)} and {_model(other.side)}"):
            return compare_sides(one.side, other.side)

    # A comparison refers to both cassettes, so it keeps them in memory.
    bodies = (len(each.response.body) for picked in (one, other) for each in picked.side.cassette.interactions)
    return server_cache().get(("comparison", one.key, other.key), compute, lambda _: MEMORY_RATIO * sum(bodies))


def _show_answer(comparison: Comparison) -> None:
    summary = summarise(comparison)
    names = node(
        "p",
        "facts",
        node("b", "letter side-a", "A"),
        f" {_model(comparison.left)} · ",
        node("b", "letter side-b", "B"),
        f" {_model(comparison.right)}",
    )
    compare_sheet(
        [names, node("div", "title", node("h1", "", summary.lead)), node("p", "answer-line", summary.line)],
        key="compared",
    )


def _show_figures(comparison: Comparison, *, only_differences: bool) -> None:
    streams = [one.stream for one in (comparison.left, comparison.right) if one.stream]
    grades = grades_of(streams)
    marks = [f"{mark} {MEANINGS[grade]}" for grade, mark in MARKS.items() if grade in grades]
    why = unlike_times(comparison)
    notes = [node("p", "note", note) for note in (why, " · ".join(marks)) if note]
    compare_sheet([*figure_nodes(comparison, only_differences=only_differences), *notes], key="figures")


def _show_race(picked: list[Picked], *, has_more: bool) -> None:
    """Show the deck of all streams, and a table of their figures if there are more than the two that are compared."""
    lettered = zip(ascii_uppercase, picked, strict=False)
    racers = [
        _Racer(well_formed(f"{letter} · {_model(one.side)}"), one.key, one.side.stream)
        for letter, one in lettered
        if one.side.stream
    ]
    running = [racer for racer in racers if lanes_of(racer.stream)]
    if len(running) > 1:
        with st.container(key="race_place"):
            identity = "|".join(f"{racer.name}/{racer.key}" for racer in running)
            show_deck([racer.stream for racer in running], None, identity, [racer.name for racer in running])
    if has_more:
        _show_figures_of_all(racers)


def _show_figures_of_all(racers: list[_Racer]) -> None:
    streams = [racer.stream for racer in racers]
    head = node("tr", "", node("td"), *(node("th", {"scope": "col"}, racer.name) for racer in racers))
    rows = [
        node("tr", "", node("th", {"scope": "row"}, row.label), *map(_measure, row.measures))
        for row in metric_rows(streams)
    ]
    counts = [
        node("tr", "", node("th", {"scope": "row"}, f"Tokens: {row.label}"), *map(_count, row.counts))
        for row in usage_rows([stream.usage for stream in streams])
    ]
    table = node("div", "scroll", node("table", "table", head, *rows, *counts))
    sheet([node("h2", "", "All streams"), table], key="figures_of_all")


def _measure(measure: Measure) -> Node:
    return node("td", "number", marked(measure), tip=explanation(measure))


def _count(count: int | None) -> Node:
    return node("td", "number", NOTHING if count is None else number(count))


def _model(one: Side) -> str:
    return one.model or one.cassette.name
