"""The percentiles of the library's figures, in groups."""

from typing import cast

import pandas as pd
import streamlit as st

from viewer.display.nodes import Node, node
from viewer.display.percentile_rows import (
    PercentileRow,
    group_summary,
    group_title,
    mark_lines,
    percentile_rows,
    unknown_line,
)
from viewer.library.statistics import Grouping, GroupStatistics, answers_in, statistics_of
from viewer.pages.parts.sheet import sheet
from viewer.text.words import counted

_CHOICES = {"all together": None, "by model": "model", "by provider": "provider", "by day": "day"}
# What a person may still scroll through.
_MAX_GROUPS = 20


def show_percentiles(streams: pd.DataFrame) -> None:
    """Show the percentiles of times, tokens and cost of some rows."""
    if streams.empty:
        return
    # While it is closed, nothing is calculated.
    expander = st.expander("Percentiles", key="percentiles", on_change="rerun")
    if not expander.open:
        return
    with expander:
        chosen = st.selectbox(
            "Group answers", list(_CHOICES), key="percentiles_by", label_visibility="collapsed", width=200
        )
        by = cast("Grouping | None", _CHOICES[chosen])
        groups = statistics_of(answers_in(streams), by)
        shown = groups[:_MAX_GROUPS]
        nodes = [part for group in shown for part in _group(group, by)]
        nodes += [node("p", "note", line) for line in mark_lines(shown)]
        if more := len(groups) - len(shown):
            nodes.append(
                node("p", "note", f"{counted(more, 'smaller group')} not shown. cassette-viewer stats has all.")
            )
        sheet(nodes, key="percentiles_table")


def _group(group: GroupStatistics, by: Grouping | None) -> list[Node]:
    nodes = [node("h2", "", group_title(group, by)), node("p", "note", group_summary(group))]
    if rows := percentile_rows(group):
        head, *others = rows
        nodes.append(
            node("div", "scroll", node("table", "table", _row(head, "th"), *(_row(row, "td") for row in others)))
        )
    return [*nodes, node("p", "note", unknown_line(group))] if unknown_line(group) else nodes


def _row(row: PercentileRow, cell: str) -> Node:
    return node("tr", "", *(node(cell, "", text) for text in (row.label, *row.cells, row.known)))
