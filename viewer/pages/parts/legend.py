"""The legend of grades, in the sidebar of every page that shows their marks."""

from collections.abc import Collection, Iterable

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.streams.stream import Stream
from viewer.text.words import MARKS, explain_grade


def show_legend(grades: Collection[str]) -> None:
    """Explain these grades, the most certain first. Show nothing if there are none."""
    rows = [
        node("li", "", node("span", "mark", mark), explain_grade(grade))
        for grade, mark in MARKS.items()
        if grade in grades
    ]
    legend = [node("p", "note", "How well times are known"), node("ul", "legend", *rows)] if rows else []
    sheet(legend, key="legend")


def grades_of(streams: Iterable[Stream]) -> set[str]:
    """Return the grades of all times and figures of some streams."""
    listed = list(streams)
    figures = (measure.grade for stream in listed for measure in stream.metrics.values() if measure.grade)
    return {*(stream.timing.grade for stream in listed), *figures}
