"""Percentiles of groups as text for a terminal and as JSON lines for a program."""

from collections.abc import Iterable, Sequence
from typing import Any

from viewer.cli.interaction_json import json_line
from viewer.display.percentile_rows import group_summary, group_title, mark_lines, percentile_rows, unknown_line
from viewer.library.statistics import Grouping, GroupStatistics
from viewer.text.ansi import BOLD, DIM, painter
from viewer.text.words import NOTHING

SCHEMA = 1
"""The version of the JSON. A field may be added to it. One that is removed, renamed or changes its meaning makes a new version."""

_GAP = "  "


def as_text(groups: Sequence[GroupStatistics], by: Grouping | None, *, coloured: bool) -> str:
    """Return a table for each group, and what the marks in them mean."""
    paint = painter(coloured=coloured)
    tables = [percentile_rows(group) for group in groups]
    # All tables have the same columns, so that groups can be compared by eye.
    label_width = max((len(row.label) for rows in tables for row in rows), default=0)
    cells_by_column = zip(*(row.cells for rows in tables for row in rows), strict=True)
    cell_widths = [max(map(len, column)) for column in cells_by_column]
    lines: list[str] = []
    for group, rows in zip(groups, tables, strict=True):
        lines += [paint(group_title(group, by), BOLD), f"{_GAP}{paint(group_summary(group), DIM)}"]
        for place, row in enumerate(rows):
            cells = (row.label.ljust(label_width), *map(str.rjust, row.cells, cell_widths), row.known)
            line = _GAP.join(("", *cells)).rstrip()
            lines.append(paint(line, DIM if not place or row.cells[0] == NOTHING else ""))
        if unknown := unknown_line(group):
            lines.append(paint(f"{_GAP}{unknown}", DIM))
        lines.append("")
    lines += [paint(line, DIM) for line in mark_lines(groups)]
    return "".join(f"{line}\n" for line in lines)


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
