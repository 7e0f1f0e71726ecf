"""The page of two recordings beside each other: their race, their figures, and all that differs."""

import streamlit as st

from viewer.aspects import ASPECTS
from viewer.comparison import Comparison, compare
from viewer.comparison_sections import Cell, Recorded, Section, sections
from viewer.diff_lines import DiffLine, diff_lines
from viewer.lanes import lanes_of
from viewer.pages.address import pick
from viewer.pages.deck import show_deck
from viewer.pages.recording import pick_interaction, show_unreadable
from viewer.pages.recordings import Recording, on_offer, open_cassette
from viewer.pages.sheet import Node, node, sheet
from viewer.pages.source import labels_of
from viewer.problems import CassetteError
from viewer.side import Side, side
from viewer.text_diff import TextDiff

_MOST_LINES = 400
_MOST_CHARACTERS = 60_000


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
    except CassetteError as error:
        show_unreadable(error)
        return
    comparison = _compared(one_key, other_key, one, other)
    _show_verdict(comparison)
    streams = [each.stream for each in (one, other) if each.stream and lanes_of(each.stream)]
    if len(streams) == 2:
        with st.container(key="race_place"):
            show_deck(streams, None, f"{one_key}|{other_key}")
    for place, section in enumerate(sections(comparison, frozenset(ASPECTS))):
        sheet(_section(section), key=f"section/{place}")


def _pick(name: str, label: str, offered: dict[str, Recording], labels: dict[str, str], place: int) -> tuple[Side, str]:
    keys = list(offered)
    default = keys[min(place, len(keys) - 1)]
    key = pick(label, keys, name=name, key=f"compare/{name}", shown=labels.__getitem__, default=default)
    cassette, digest = open_cassette(offered[key])
    index, _ = pick_interaction(cassette, f"{name}_stream", f"compare/{name}/{digest}")
    return side(cassette, index), f"{key}/{index}"


@st.cache_resource(max_entries=16, ttl=3600, show_spinner="Comparing")
def _compared(one_key: str, other_key: str, _one: Side, _other: Side) -> Comparison:  # noqa: ARG001 - the keys of the cache
    return compare(_one, _other)


def _show_verdict(comparison: Comparison) -> None:
    differing = comparison.differing()
    said = f"They differ in {', '.join(differing)}." if differing else "No difference but times, ids and stamps."
    title = f"{_name(comparison.left)} and {_name(comparison.right)}"
    sheet([node("div", "title", node("h1", "", title)), node("p", "story", said)], key="compared")


def _name(one: Side) -> str:
    return one.model or one.cassette.name


def _section(section: Section) -> list[Node]:
    title = " · ".join(part for part in (section.title, section.subject) if part)
    nodes: list[Node] = [node("h3", "", title)]
    if section.note:
        nodes.append(node("p", "note", section.note))
    if section.rows:
        head = node("tr", "", *(node("th", "", name) for name in section.header))
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
