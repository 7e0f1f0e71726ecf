"""The chart of how the figures of several streams differ: bars beneath each other, with their bounds as hairlines."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viewer.comparison.figures import MetricRow, describe_difference, metric_rows
from viewer.display.charts.style import literal, pick, say_instead, style, transparent
from viewer.display.colours import QUIET, SIDE_A, SIDE_B, Colour
from viewer.streams.stream import Stream
from viewer.text.words import headline, marked
from viewer.types.measure import Measure

METRICS = (
    "ttft",
    "thinking_time",
    "stream_time",
    "end_to_end",
    "tokens_per_second",
    "chunks_per_second",
    "longest_stall",
)
"""The figures that are drawn by default, from top to bottom."""
_LETTERS = "ABCDEF"
_PX_PER_BAR = 24
_PX_PER_ROW = 34
# How much of the scale is right of the largest value, for an open bound.
_ROOM = 1.15
# Right of the bars, for the figures in words.
_RIGHT_PX = 150
_ROW_TITLE_PX = 28


def comparison(streams: Sequence[Stream], metrics: Sequence[str] = METRICS, *, dark: bool) -> go.Figure:
    """Draw each figure that at least one of the streams supports, on a scale of its own.

    Raises:
        ValueError: there are more than six streams, or none.
    """
    if not 0 < len(streams) <= len(_LETTERS):
        raise ValueError(f"a comparison has 1 to {len(_LETTERS)} streams, not {len(streams)}")
    by_name = {row.name: row for row in metric_rows(streams)}
    rows = [by_name[name] for name in metrics if name in by_name]
    if not rows:
        figure = go.Figure()
        say_instead(figure, "None of these figures is supported by any of the recordings.")
        style(figure, height=200)
        return figure
    figure = make_subplots(
        rows=len(rows), cols=1, subplot_titles=[_title(row) for row in rows], vertical_spacing=0.5 / len(rows)
    )
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    for place, row in enumerate(rows, start=1):
        _add_row(figure, row, place, dark=dark)
    style(figure, height=60 + len(rows) * (_PX_PER_ROW + _PX_PER_BAR * len(streams)))
    figure.update_layout(showlegend=False, margin_r=_RIGHT_PX, margin_t=_ROW_TITLE_PX)
    return figure


def legend(streams: Sequence[Stream]) -> str:
    """Return which letter is which stream."""
    return ", ".join(
        f"{letter} {stream.model or stream.protocol}" for letter, stream in zip(_LETTERS, streams, strict=False)
    )


def _title(row: MetricRow) -> str:
    differences = (
        f"{letter}: {describe_difference(one, row.unit)}"
        if len(row.differences) > 1
        else describe_difference(one, row.unit)
        for letter, one in zip(_LETTERS[1:], row.differences, strict=False)
    )
    return literal(": ".join(filter(None, (row.label, "; ".join(differences)))))


def _add_row(figure: go.Figure, row: MetricRow, place: int, *, dark: bool) -> None:
    known = [limit for one in row.measures for limit in (one.value, one.low, one.high) if limit is not None]
    end = _ROOM * max(known, default=0.0) or 1.0
    letters = list(_LETTERS[: len(row.measures)])
    figure.add_trace(
        go.Bar(
            y=letters,
            x=[one.value for one in row.measures],
            orientation="h",
            # Pale, so that the bounds are seen on it.
            marker={
                "color": [transparent(pick(_colour(letter), dark=dark), 0.5) for letter in letters],
                "line": {"width": 0},
            },
            customdata=[[literal(marked(one)), literal(one.source)] for one in row.measures],
            hovertemplate="%{y}: %{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        ),
        row=place,
        col=1,
    )
    for letter, one in zip(letters, row.measures, strict=True):
        if _has_bounds(one):
            figure.add_trace(_hairline(letter, one, end, dark=dark), row=place, col=1)
        figure.add_annotation(
            x=1,
            xref="x domain",
            y=letter,
            text=literal(_written(one)),
            showarrow=False,
            xanchor="left",
            xshift=8,
            row=place,
            col=1,
        )
    figure.update_xaxes(range=[0, end], visible=False, row=place, col=1)
    figure.update_yaxes(categoryorder="array", categoryarray=letters[::-1], showgrid=False, row=place, col=1)


def _colour(letter: str) -> Colour:
    return {"A": SIDE_A, "B": SIDE_B}.get(letter, QUIET)


def _written(measure: Measure) -> str:
    return marked(measure) if measure.grade else headline(measure)


def _has_bounds(measure: Measure) -> bool:
    return (measure.low is not None or measure.high is not None) and measure.low != measure.high


def _hairline(letter: str, measure: Measure, end: float, *, dark: bool) -> go.Scatter:
    """Return the line from the lower to the upper bound. It is dotted up to the edge if there is no upper bound."""
    is_open = measure.high is None
    return go.Scatter(
        x=[measure.low or 0.0, end if measure.high is None else measure.high],
        y=[letter, letter],
        mode="lines+markers",
        line={"color": pick(_colour(letter), dark=dark), "width": 1.5, "dash": "dot" if is_open else "solid"},
        marker={"symbol": "line-ns-open", "size": 8, "opacity": [1, 0 if is_open else 1]},
        hoverinfo="skip",
    )
