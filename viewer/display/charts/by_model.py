"""The chart of how one figure of many streams is distributed, for each model."""

import pandas as pd
import plotly.graph_objects as go

from viewer.display.charts.distribution import GRADE_COLOURS
from viewer.display.charts.style import literal, pick, say_instead, style
from viewer.text.words import LABELS, MARKS, counted
from viewer.types.chunk_table import GRADES

_PX_PER_MODEL = 34
_UNKNOWN = "unknown model"


def by_model(frame: pd.DataFrame, metric: str = "ttft", *, dark: bool) -> go.Figure:
    """Draw the value of each stream as a point, models from the lowest median to the highest, grades in their own colours.

    A ring is a value that is only known to be at least so much. A line is the median of one model and grade: times of different
    grades must not be mixed.

    Args:
        frame: what `viewer.open_many` returns, or a selection of its rows.
        metric: a figure of `viewer.open_many`, such as "ttft" or "tokens_per_second".
        dark: whether for a dark theme.

    Raises:
        ValueError: the table has no such figure.
    """
    if metric not in LABELS or metric not in frame:
        raise ValueError(f"the table has no figure {metric!r}; the figures are {', '.join(LABELS)}")
    known = frame[frame[metric].notna()].assign(model=lambda rows: rows["model"].fillna(_UNKNOWN))
    figure = go.Figure()
    if known.empty:
        say_instead(figure, f"None of {counted(len(frame), 'row')} supports this figure.")
        style(figure, height=200)
        return figure
    order: dict[str, float] = {}
    for grade, colour in zip(GRADES, GRADE_COLOURS, strict=True):
        rows = known[known[f"{metric}_grade"] == grade]
        if not len(rows):
            continue
        medians = rows.groupby("model")[metric].median()
        # The surest grade of a model decides its place.
        order = {str(model): float(median) for model, median in medians.items()} | order
        shade = pick(colour, dark=dark)
        figure.add_trace(_points(rows, metric, f"{MARKS[grade]} {grade}", shade))
        figure.add_trace(_medians(medians, f"{MARKS[grade]} {grade}", shade))
    names = [literal(model) for model in sorted(order, key=order.__getitem__)]
    figure.update_xaxes(title=_axis_of(metric), rangemode="tozero")
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1])
    style(figure, height=120 + _PX_PER_MODEL * len(names))
    return figure


def _axis_of(metric: str) -> str:
    """Return the name of a figure with its unit."""
    counted_unit = next((unit for unit in ("tokens", "chunks") if metric.endswith(f"{unit}_per_second")), "")
    return f"{LABELS[metric]}, {f'{counted_unit}/s' if counted_unit else 's'}"


def _medians(medians: "pd.Series[float]", name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=medians,
        y=[literal(str(model)) for model in medians.index],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 22, "color": colour, "line": {"width": 2}},
        hovertemplate=f"median of %{{y}}, {name}: %{{x:.3g}}<extra></extra>",
        showlegend=False,
    )


def _points(rows: pd.DataFrame, metric: str, name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=rows[metric],
        y=[literal(model) for model in rows["model"]],
        mode="markers",
        name=name,
        marker={
            "color": colour,
            "size": 9,
            "opacity": 0.75,
            "symbol": ["circle-open" if pd.isna(high) else "circle" for high in rows[f"{metric}_high"]],
        },
        customdata=[
            literal(f"{file}, interaction {place}")
            for file, place in zip(rows["file"], rows["interaction"], strict=True)
        ],
        hovertemplate="%{customdata}<br>%{x:.3g}<extra>%{fullData.name}</extra>",
    )
