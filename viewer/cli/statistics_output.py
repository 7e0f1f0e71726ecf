"""Percentiles of groups as text for a terminal and as JSON lines for a program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from viewer.cli.interaction_json import json_line
from viewer.cli.summary import BOLD, DIM, RESET
from viewer.library.statistics import COUNTS, PERCENTILES, FigureStatistics, Grouping, GroupStatistics
from viewer.text.safe import visible_line
from viewer.text.words import LABELS, MARKS, NOTHING, counted, explain_grade, headline
from viewer.types.chunk_table import GRADES
from viewer.types.measure import Measure

SCHEMA = 1
"""The version of the JSON. A field may be added to it. One that is removed, renamed or changes its meaning makes a new version."""

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
_GAP = "  "
_NO_CELLS = (NOTHING, *[""] * (len(PERCENTILES) - 1))
_NOT_SUPPORTED = f"{NOTHING} fewer than half of the answers support the figure, or too few of them bound the percentile"


class _Row(NamedTuple):
    """A row of a table: a label, a cell for each percentile, and how many answers are behind them."""

    label: str
    cells: tuple[str, ...]
    known: str


def as_text(groups: Sequence[GroupStatistics], by: Grouping | None, *, coloured: bool) -> str:
    """Return a table for each group, and what the marks in them mean."""

    def paint(text: str, style: str) -> str:
        # Everything that is printed passes through here, so that recorded text cannot command the terminal.
        safe = visible_line(text)
        return f"{style}{safe}{RESET}" if coloured and style else safe

    tables = [_table(group) if group.answers else [] for group in groups]
    # All tables have the same columns, so that groups can be compared by eye.
    label_width = max((len(row.label) for rows in tables for row in rows), default=0)
    cells_by_column = zip(*(row.cells for rows in tables for row in rows), strict=True)
    cell_widths = [max(map(len, column)) for column in cells_by_column]
    lines: list[str] = []
    for group, rows in zip(groups, tables, strict=True):
        lines += [paint(group.name or _UNNAMED[by], BOLD), f"{_GAP}{paint(_summary(group), DIM)}"]
        for place, row in enumerate(rows):
            cells = (row.label.ljust(label_width), *map(str.rjust, row.cells, cell_widths), row.known)
            line = _GAP.join(("", *cells)).rstrip()
            lines.append(paint(line, DIM if not place or row.cells[0] == NOTHING else ""))
        if missing := _labels_of_unknown(group) if rows else []:
            lines.append(paint(f"{_GAP}known in none: {'; '.join(missing)}", DIM))
        lines.append("")
    lines += [paint(line, DIM) for line in _legend(tables, groups)]
    return "".join(f"{line}\n" for line in lines)


def _summary(group: GroupStatistics) -> str:
    parts = [f"{counted(group.answers, 'answer')} in {counted(group.recordings, 'recording')}"]
    if group.answers:
        parts.append(f"{group.streams:,} streamed")
    if group.left_out:
        parts.append(f"{group.left_out:,} left out, which ended in an error or were cut off")
    return "; ".join(parts)


def _table(group: GroupStatistics) -> list[_Row]:
    """Return the rows of a group, the names of the columns first."""
    known = (name for name in _SHOWN if group.figures[name].known)
    return [
        _Row("", tuple(PERCENTILES), "known in"),
        *(_row(_label(name, group), group.figures[name]) for name in known),
    ]


def _labels_of_unknown(group: GroupStatistics) -> list[str]:
    return [_label(name, group).lower() for name in _SHOWN if not group.figures[name].known]


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


def _row(label: str, figure: FigureStatistics) -> _Row:
    marks = "".join(f" {MARKS[grade]}{count:,}" for grade, count in figure.grades.items())
    cells = tuple(_cell(measure) for measure in figure.percentiles.values())
    return _Row(label, cells or _NO_CELLS, f"{figure.known:,} of {figure.of:,}{marks}")


def _cell(measure: Measure) -> str:
    """Write a percentile. The label of the row names the unit, but a time has the one in which it reads most easily."""
    written = headline(measure)
    return written if measure.unit == "s" else written.removesuffix(f" {measure.unit}")


def _legend(tables: Sequence[Sequence[_Row]], groups: Sequence[GroupStatistics]) -> list[str]:
    """Return what the marks that occur mean."""
    grades = {grade for group in groups for name in _SHOWN for grade in group.figures[name].grades}
    lines = [f"{MARKS[grade]} {explain_grade(grade)}" for grade in GRADES if grade in grades]
    is_missing = any(NOTHING in row.cells for rows in tables for row in rows)
    return [*lines, _NOT_SUPPORTED] if is_missing else lines


def as_json_lines(groups: Iterable[GroupStatistics], by: Grouping | None) -> str:
    """Return a JSON object on a line for each group, in ASCII, so that it controls no terminal. docs/corpus.md describes the fields."""
    return "".join(f"{json_line(_json(group, by))}\n" for group in groups)


def _json(group: GroupStatistics, by: Grouping | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "by": by,
        "name": group.name,
        "recordings": group.recordings,
        "answers": group.answers,
        "streams": group.streams,
        "left_out": group.left_out,
        "estimated_costs": group.estimated_costs,
        "figures": {
            name: {
                "unit": figure.unit,
                "known": figure.known,
                "of": figure.of,
                "grades": dict(figure.grades),
                "percentiles": {
                    percentile: {"value": measure.value, "low": measure.low, "high": measure.high}
                    for percentile, measure in figure.percentiles.items()
                }
                or None,
            }
            for name, figure in group.figures.items()
        },
    }
