"""The tab of problems found in a recording: those of this interaction first, equal ones together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import streamlit as st

from viewer.display.headline import problem_place
from viewer.display.nodes import Node, node
from viewer.display.recorded_event import event_at
from viewer.pages.inspector.panel import node_part, show_panel
from viewer.pages.parts.address import write
from viewer.pages.parts.default_interaction import default_interaction
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted, number
from viewer.types.problems import Problem

_EVENT = re.compile(r"^Event \d+")
_MAX_PLACES = 20
_PARAMETER = "stream"
"""The interaction in the address."""


def count(cassette: Cassette, index: int) -> int:
    """Return how many problems concern an interaction or the whole file."""
    return sum(problem.interaction in (index, None) for problem in cassette.problems)


def show(cassette: Cassette, index: int, stream: Stream | None) -> None:
    """List the problems, and follow a link to another interaction."""
    here = [problem for problem in cassette.problems if problem.interaction in (index, None)]
    others = [problem for problem in cassette.problems if problem.interaction not in (index, None)]
    nodes = _groups(here, stream)
    if not here:
        nodes = [node("p", "note", "No problems were found." if not others else "This interaction has no problems.")]
    if others:
        nodes += [node("h2", "", "Other interactions"), *_groups(others, None)]
    followed = show_panel([node_part(*nodes)], key="problems", opens_events=True).get("interaction")
    if followed is not None:
        write(_PARAMETER, str(int(followed)), str(default_interaction(cassette)))
        st.rerun()


def _groups(problems: Iterable[Problem], stream: Stream | None) -> list[Node]:
    """Return each group of problems that differ only in their place, such as the event that their message names."""
    groups: dict[Problem, list[Problem]] = {}
    for problem in problems:
        message = _EVENT.sub("An event", problem.message)
        alike = replace(problem, message=message, file="", interaction=None, offset=None)
        groups.setdefault(alike, []).append(problem)
    return [
        _group(alike.message if len(group) > 1 else group[0].message, group, stream) for alike, group in groups.items()
    ]


def _group(message: str, group: Sequence[Problem], stream: Stream | None) -> Node:
    first = group[0]
    times = [node("span", "count", f"{number(len(group))} ×")] if len(group) > 1 else []
    places = [_place(problem, stream) for problem in group[:_MAX_PLACES]]
    more = len(group) - len(places)
    rest = [node("span", "note", f"and {counted(more, 'more place')}")] if more > 0 else []
    return node(
        "div",
        f"problem {first.severity}",
        node("p", "", *times, message),
        node("p", "where", first.severity),
        node("div", "places", *places, *rest),
        *([node("p", "note", first.advice)] if first.advice else []),
    )


def _place(problem: Problem, stream: Stream | None) -> Node:
    """Return the place of a problem: a button that selects its event, or a link to another interaction."""
    place = problem_place(problem).removeprefix(f"{problem.severity} · ")
    if stream is not None and problem.interaction == stream.interaction and problem.offset is not None:
        event = event_at(stream, problem.offset)
        if event is not None:
            label = f"event {number(event)}, byte {number(problem.offset)}"
            return node("span", {"data-event": str(event)}, label)
    if stream is None and problem.interaction is not None:
        return node("a", {"href": f"#interaction-{problem.interaction}"}, place)
    return node("span", "where", place)
