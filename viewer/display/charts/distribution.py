"""The charts of how a time is distributed: over many streams, or over the chunks of one."""

from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from viewer.display.charts.style import pick, say_instead, style
from viewer.display.colours import BY_LANE, QUIET
from viewer.display.drawing import drawing_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.text.words import MARKS, MEANINGS
from viewer.types.chunk_table import GRADES, Floats

_GAP_BINS = 40
# Chunks of one packet have the same time, which a logarithmic scale cannot show.
_SHORTEST_GAP_MS = 0.01
GRADE_COLOURS = (BY_LANE["content"], BY_LANE["reasoning"], BY_LANE["tool_call"], QUIET, QUIET)
"""The colour of each grade, from the surest down."""


def distribution(streams: pd.DataFrame, name: str, title: str, *, dark: bool) -> go.Figure:
    """Draw how the time `name` (`ttft` or `length`) is distributed over the rows of a library, each grade separately.

    Times of different grades must not be mixed.
    """
    figure = go.Figure()
    grades = streams[f"{name}_grade"].astype("string")
    for grade, colour in zip(GRADES, GRADE_COLOURS, strict=True):
        values = streams.loc[(grades == grade).fillna(value=False), f"{name}_s"].dropna()
        if len(values):
            label, marker = f"{MARKS[grade]} {grade}", {"color": pick(colour, dark=dark)}
            figure.add_trace(go.Histogram(x=values, name=label, marker=marker, nbinsx=40, opacity=0.8))
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(title="streams")
    style(figure, height=260)
    return figure


def gap_distribution(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw how many gaps between chunks are how long, on a logarithmic scale: most are short, and a stall is very long."""
    figure = go.Figure()
    style(figure, height=220)
    grade = stream.timing.grade
    if not drawing_of(grade).gaps:
        say_instead(figure, f"No time between chunks: {MEANINGS[grade]}.")
        return figure
    gaps_ms = gaps_between_chunks_ms(stream)
    longer = gaps_ms[gaps_ms >= _SHORTEST_GAP_MS]
    if len(longer):
        edges = np.geomspace(longer.min() * 0.999, max(longer.max(), longer.min() * 1.1) * 1.001, _GAP_BINS + 1)
        counts, _ = np.histogram(longer, edges)
        ranges = [f"{low:.3g} to {high:.3g} ms" for low, high in pairwise(edges)]
        figure.add_trace(
            go.Bar(
                x=np.sqrt(edges[:-1] * edges[1:]),
                y=counts,
                width=np.diff(edges),
                marker={"color": pick(BY_LANE["content"], dark=dark), "line": {"width": 0}},
                customdata=ranges,
                hovertemplate="%{customdata}: %{y} gaps<extra></extra>",
                showlegend=False,
            )
        )
    at_once = len(gaps_ms) - len(longer)
    rest = f" ({at_once:,} shorter left out)" if at_once else ""
    figure.update_xaxes(title=f"ms between chunks{rest}", type="log")
    figure.update_yaxes(title="gaps", rangemode="tozero")
    return figure


def gaps_between_chunks_ms(stream: Stream) -> Floats:
    """Return the time between consecutive chunks in milliseconds."""
    rows = chunk_rows(stream.columns.kind)
    gaps_ms: Floats = np.diff(stream.columns.arrival.t[rows]) * 1000
    return gaps_ms
