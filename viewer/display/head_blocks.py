"""The head of an interaction as nodes, for page and report."""

import re
from collections.abc import Sequence

from viewer.display.alarms import Alarm
from viewer.display.asked import Asked
from viewer.display.head import Head, Times
from viewer.display.headline import Figure
from viewer.display.nodes import Node, node
from viewer.text.words import counted
from viewer.types.problems import Problem

PROBLEMS_ANCHOR = "#tab-Problems"
"""Where the link to the problems leads. The report has such an element; on the page, the tab of problems opens."""

_SPACE_AFTER_NUMBER = re.compile(r"(?<=\d) (?=\S)")
# A question that is longer, or has more lines, is cut.
_MAX_ASKED_CHARACTERS = 180
_MAX_ASKED_LINES = 2
_MAX_CUT_CHARACTERS = 600


def head_blocks(head: Head) -> list[Node]:
    """Return title, question, story, alarms and figures of an interaction."""
    return [
        _title(head),
        *([_asked(head.asked)] if head.asked else []),
        *([node("p", "story", _unbroken(head.story))] if head.story else []),
        *map(_alarm, head.alarms),
        *_figure_row(head.figures, head.times),
        *(node("p", "note", note) for note in head.notes),
    ]


def _unbroken(text: str) -> str:
    """Keep each number on one line with what it counts."""
    return _SPACE_AFTER_NUMBER.sub("\u00a0", text)


def title_only(text: str) -> Node:
    """Return a title without anything beside it."""
    return node("div", "title", node("h1", "", text))


def _title(head: Head) -> Node:
    link = [_problems_link(head.problems)] if head.problems else []
    return node("div", "title", node("h1", "", head.title), node("span", "facts", head.source), *link)


def _problems_link(problems: Sequence[Problem]) -> Node:
    severities = {problem.severity for problem in problems}
    worst = next(severity for severity in ("error", "warning", "note") if severity in severities)
    count = counted(len(problems), "problem" if worst != "note" else "note")
    return node(
        "a", {"class": f"problems {worst}", "href": PROBLEMS_ANCHOR}, count if worst == "note" else f"▲ {count}"
    )


def _asked(asked: Asked) -> Node:
    label = node("b", "", f"{asked.label}:")
    if len(asked.text) <= _MAX_ASKED_CHARACTERS and asked.text.count("\n") < _MAX_ASKED_LINES:
        return node("p", "asked", label, " ", node("span", {"class": "said", "dir": "auto"}, asked.text or "(empty)"))
    beginning = " ".join(asked.text[:_MAX_CUT_CHARACTERS].split())
    cut = node("span", {"class": "cut", "dir": "auto"}, beginning)
    whole = {"class": "said whole", "dir": "auto", "tabindex": "0", "role": "group", "aria-label": asked.label}
    return node(
        "details",
        "asked",
        node("summary", "", label, " ", cut, node("span", "more", "show all")),
        node("p", whole, asked.text),
    )


def _alarm(alarm: Alarm) -> Node:
    detail = [node("span", "detail", alarm.detail)] if alarm.detail else []
    link = [] if alarm.event is None else [node("a", {"data-event": str(alarm.event)}, "Go to event")]
    return node("div", f"alarm {alarm.tone}", node("p", "", node("b", "", alarm.title), *detail), *link)


def _figure_row(figures: Sequence[Figure], times: Times | None) -> list[Node]:
    """Return figures side by side, and after them how well the times are known."""
    row = [node("dl", "figures", *map(_figure, figures))] if figures else []
    about = [_about(*times)] if times else []
    return [node("div", "figure-row", *row, *about)] if row or about else []


def _about(label: str, text: str) -> Node:
    return node(
        "details",
        "about",
        node("summary", "", node("span", {"class": "info", "aria-hidden": "true"}, "i"), label),
        node("p", "", text),
    )


def _figure(figure: Figure) -> Node:
    mark = [node("span", "mark", figure.mark, tip=figure.tip)] if figure.mark else []
    # The mark stands beside the guess, if there is one.
    value, more = ([], mark) if figure.more and mark else (mark, [])
    return node(
        "div",
        "figure",
        node("dt", "", figure.label, tip=figure.tip),
        node("dd", "", *_with_small_unit(figure.value), *value, tip=figure.tip),
        *([node("dd", "more", figure.more, *more)] if figure.more else []),
    )


def _with_small_unit(value: str) -> list[Node]:
    """Return a value with its unit in smaller type if the unit is a word, so that the number stands out."""
    before, space, unit = value.rpartition(" ")
    return [before, node("span", "unit", space + unit)] if before and len(unit) > 2 else [value]
