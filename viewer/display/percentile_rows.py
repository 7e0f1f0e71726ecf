"""Percentiles of groups as rows of a table, for a terminal and for the page of the library."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from viewer.library.statistics import COUNTS, PERCENTILES, FigureStatistics, Grouping, GroupStatistics
from viewer.text.words import LABELS, MARKS, NOTHING, counted, explain_grade, headline
from viewer.types.chunk_table import GRADES
from viewer.types.measure import Measure

# Those that a person looks at first. JSON has all.
_SHOWN = (
    "ttft",
    "stream_time",
    "end_to_end",
    "inter_chunk_mean",
    "inter_chunk_p99",
    "longest_stall",
    "time_per_output_token",
    "tokens_per_second",
    *COUNTS,
)
_UNNAMED: Mapping[Grouping | None, str] = {
    None: "all recordings",
    "model": "model not known",
    "prompt": "no prompt",
    "day": "day not known",
    "provider": "provider not known",
}
_NO_CELLS = (NOTHING, *[""] * (len(PERCENTILES) - 1))
_NOT_SUPPORTED = f"{NOTHING} fewer than half of the answers support the figure, or too few of them bound the percentile"


class PercentileRow(NamedTuple):
    """A row of a table: a label, a cell for each percentile, and how many answers are behind them."""

    label: str
    cells: tuple[str, ...]
    known: str


def group_title(group: GroupStatistics, by: Grouping | None) -> str:
    """Return what a group is called."""
    return group.name or _UNNAMED[by]


def group_summary(group: GroupStatistics) -> str:
    """Return how many answers a group has, and how many are left out."""
    parts = [f"{counted(group.answers, 'answer')} in {counted(group.recordings, 'recording')}"]
    if group.answers:
        parts.append(f"{group.streams:,} streamed")
    if group.left_out:
        parts.append(f"{group.left_out:,} left out, which ended in an error or were cut off")
    return "; ".join(parts)


def percentile_rows(group: GroupStatistics) -> list[PercentileRow]:
    """Return the names of the columns, then the rows of a group. There are none without answers."""
    if not group.answers:
        return []
    known = (name for name in _SHOWN if name in group.figures and group.figures[name].known)
    return [
        PercentileRow("", tuple(PERCENTILES), "known in"),
        *(_row(_label(name, group), group.figures[name]) for name in known),
    ]


def unknown_line(group: GroupStatistics) -> str:
    """Return which figures no answer of a group supports; "" if there are none, or no answers."""
    labels = [_label(name, group).lower() for name in _SHOWN if _is_missing(group, name)]
    return f"known in none: {'; '.join(labels)}" if labels and group.answers else ""


def _is_missing(group: GroupStatistics, name: str) -> bool:
    return name in group.figures and not group.figures[name].known


def _label(name: str, group: GroupStatistics) -> str:
    if name in LABELS:
        unit = group.figures[name].unit
        return LABELS[name] if unit == "s" else f"{LABELS[name]}, {unit}"
    if name != "cost_usd":
        return name.replace("_", " ").capitalize()
    if not group.estimated_costs:
        return "Cost"
    return (
        "Cost, by list prices" if group.estimated_costs == group.figures[name].known else "Cost, partly by list prices"
    )


def _row(label: str, figure: FigureStatistics) -> PercentileRow:
    marks = "".join(f" {MARKS[grade]}{count:,}" for grade, count in figure.grades.items())
    cells = tuple(_cell(measure) for measure in figure.percentiles.values())
    return PercentileRow(label, cells or _NO_CELLS, f"{figure.known:,} of {figure.of:,}{marks}")


def _cell(measure: Measure) -> str:
    """Write a percentile. The label of the row names the unit, but a time has the one in which it reads most easily."""
    written = headline(measure)
    return written if measure.unit == "s" else written.removesuffix(f" {measure.unit}")


def mark_lines(groups: Sequence[GroupStatistics]) -> list[str]:
    """Return what the marks in the rows of groups mean."""
    grades = {
        grade for group in groups for name in _SHOWN if name in group.figures for grade in group.figures[name].grades
    }
    lines = [f"{MARKS[grade]} {explain_grade(grade)}" for grade in GRADES if grade in grades]
    is_missing = any(NOTHING in row.cells for group in groups for row in percentile_rows(group))
    return [*lines, _NOT_SUPPORTED] if is_missing else lines
