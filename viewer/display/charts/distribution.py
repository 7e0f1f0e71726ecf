"""The chart of how a time is distributed over many streams."""

import pandas as pd
import plotly.graph_objects as go

from viewer.display.charts.style import pick, style
from viewer.display.colours import BY_LANE, QUIET
from viewer.text.words import MARKS
from viewer.types.chunk_table import GRADES

# From the surest grade down.
_COLOURS = (BY_LANE["content"], BY_LANE["reasoning"], BY_LANE["tool_call"], QUIET, QUIET)


def distribution(streams: pd.DataFrame, name: str, title: str, *, dark: bool) -> go.Figure:
    """Draw how the time `name` (`ttft` or `length`) is distributed over the rows of a library, each grade separately.

    Times of different grades must not be mixed.
    """
    figure = go.Figure()
    grades = streams[f"{name}_grade"].astype("string")
    for grade, colour in zip(GRADES, _COLOURS, strict=True):
        values = streams.loc[(grades == grade).fillna(value=False), f"{name}_s"].dropna()
        if len(values):
            label, marker = f"{MARKS[grade]} {grade}", {"color": pick(colour, dark=dark)}
            figure.add_trace(go.Histogram(x=values, name=label, marker=marker, nbinsx=40, opacity=0.8))
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(title="streams")
    style(figure, height=260)
    return figure
