"""The rate of a stream over time, as far as its grade supports one."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viewer.display.charts.style import axis_title, pick, say_instead, style, transparent
from viewer.display.colours import QUIET
from viewer.display.drawing import drawing_of, rate_steps
from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import ENDS_ONLY
from viewer.text.words import MEANINGS
from viewer.types.chunk_table import Floats, Ints

_MAX_RATE_BINS = 120
# In a shorter interval, single chunks would be peaks.
_MIN_RATE_BIN_S = 0.2


def rate(stream: Stream, choice: int | None = None, *, dark: bool) -> go.Figure:
    """Draw tokens per second: in short intervals, or in whole seconds if only those are known. Otherwise say why not."""
    figure = go.Figure()
    rows = rows_of(lanes_with_tokens(stream, choice))
    timing = stream.timing
    if drawing_of(timing.grade, marks_ends=timing.marks_ends).rate == "none":
        why = ENDS_ONLY if timing.marks_ends else MEANINGS[timing.grade]
        say_instead(figure, f"No rate over time: {why}.")
    elif not len(rows):
        say_instead(figure, "The stream has no tokens.")
    else:
        figure.add_trace(rate_trace(stream, rows, dark=dark))
        figure.update_xaxes(title=axis_title(stream), rangemode="tozero")
        figure.update_yaxes(title="tokens/s (estimated)", rangemode="tozero")
    style(figure, height=260)
    return figure


def rate_trace(stream: Stream, rows: Ints, *, dark: bool) -> go.Scatter:
    """Return the rate of some rows of a stream whose grade supports one."""
    draw = _rate_steps if drawing_of(stream.timing.grade).rate == "steps" else _rate_curve
    return draw(stream, rows, dark=dark)


def lanes_with_tokens(stream: Stream, choice: int | None) -> list[Lane]:
    """Return the lanes whose chunks have tokens."""
    return [lane for lane in lanes_of(stream, choice) if lane.kind not in ("silent", "keep_alive", "error")]


def rows_of(lanes: Sequence[Lane]) -> Ints:
    """Return the rows of lanes, lane by lane."""
    return np.concatenate([lane.rows for lane in lanes]) if lanes else np.empty(0, dtype=np.intp)


def _rate_curve(stream: Stream, rows: Ints, *, dark: bool) -> go.Scatter:
    """Return tokens per second in many short intervals."""
    t = stream.columns.arrival.t[rows]
    tokens = np.nan_to_num(stream.columns.tokens[rows])
    end = float(t.max(initial=0.0))
    # The last bin ends exactly at the end: one that reached beyond would look like a drop.
    bins = max(1, min(_MAX_RATE_BINS, int(end / _MIN_RATE_BIN_S)))
    width = end / bins or _MIN_RATE_BIN_S
    edges = np.linspace(0.0, end or width, bins + 1)
    if stream.timing.origin == "first chunk":
        # The first chunk was generated before the clock started.
        tokens = np.where(t > 0.0, tokens, 0.0)
    counted, _ = np.histogram(t, edges, weights=tokens)
    return _area(edges, np.append(counted / width, 0.0), dark=dark)


def _rate_steps(stream: Stream, rows: Ints, *, dark: bool) -> go.Scatter:
    """Return tokens per second in whole seconds, which is all that whole-second stamps support."""
    x: list[float] = []
    y: list[float | None] = []
    for step in rate_steps(stream, np.sort(rows)):
        x += (step.from_s, step.from_s, step.to_s, step.to_s)
        y += (0.0, step.tokens_per_s, step.tokens_per_s, 0.0)
    return _area(x, y, dark=dark)


def _area(x: Sequence[float] | Floats, y: Sequence[float | None] | Floats, *, dark: bool) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": pick(QUIET, dark=dark), "width": 1, "shape": "hv"},
        fill="tozeroy",
        fillcolor=transparent(pick(QUIET, dark=dark), 0.2),
        hovertemplate="%{x:.2f} s · %{y:.1f} tokens/s<extra></extra>",
        showlegend=False,
    )
