"""The chart of one stream over time, or over the numbers of its chunks."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viewer.display.charts.distribution import gaps_between_chunks_ms
from viewer.display.charts.rate import lanes_with_tokens, rate_trace, rows_of
from viewer.display.charts.style import axis_title, literal, pick, style, transparent
from viewer.display.colours import BY_LANE, QUIET
from viewer.display.deck.track_axis import TrackAxis
from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.types.chunk_table import Floats, Ints

# Above this, SVG is slow and WebGL draws the points.
_MAX_SVG_POINTS = 5_000
# A longer curve is thinned to so many intervals, more than any screen has pixels.
_MAX_POINTS, _THINNED_POINTS = 20_000, 10_000
_MAX_POINTS_WITH_MARKERS = 400
_HOVER_CHARACTERS = 60
_BAND_OPACITY = 0.1
# A stream of one moment still gets an axis.
_MIN_AXIS_S = 0.001


def timeline(stream: Stream, choice: int | None = None, *, dark: bool) -> go.Figure:
    """Draw the cumulative tokens of each lane, with their bounds as a band.

    Below are the rate and the time between chunks, as far as the recording supports them. Without recorded times, x is the number
    of the chunk. The first custom datum of each point is the number of its event.
    """
    lanes = lanes_with_tokens(stream, choice)
    drawn = [lane.rows for lane in lanes_of(stream, choice)]
    axis = TrackAxis(stream, np.sort(np.concatenate(drawn)) if drawn else np.empty(0, dtype=np.intp))
    drawing = axis.drawing
    has_rate = drawing.rate != "none"
    heights = [0.6, *([0.22] if has_rate else []), *([0.22] if drawing.gaps else [])]
    figure = make_subplots(rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=heights)
    for lane in lanes:
        _add_lane(figure, stream, lane, axis, dark=dark)
    last = len(heights)
    if has_rate:
        figure.add_trace(rate_trace(stream, rows_of(lanes), dark=dark), row=2, col=1)
        figure.update_yaxes(title="tokens/s", rangemode="tozero", row=2, col=1)
    if drawing.gaps:
        figure.add_trace(_gaps(stream, dark=dark), row=last, col=1)
        figure.update_yaxes(title="gap, ms", rangemode="tozero", row=last, col=1)
    figure.update_xaxes(title=axis_title(stream), row=last, col=1)
    figure.update_xaxes(range=[0, max(axis.end, _MIN_AXIS_S)], zeroline=False)
    figure.update_yaxes(title="tokens (estimated)", rangemode="tozero", zeroline=False, row=1, col=1)
    style(figure, height=300 + 110 * (last - 1))
    return figure


def _add_lane(figure: go.Figure, stream: Stream, lane: Lane, axis: TrackAxis, *, dark: bool) -> None:
    rows = stream.chunks.iloc[lane.rows]
    tokens = np.cumsum(np.nan_to_num(rows["tokens"].to_numpy()))
    colour = pick(BY_LANE[lane.kind], dark=dark)
    if axis.drawing.bounds:
        figure.add_trace(_band(rows["t_low"].to_numpy(), rows["t_high"].to_numpy(), tokens, colour), row=1, col=1)
    places = np.array(axis.places(lane.rows))
    points = _thinned(places)
    scatter = go.Scattergl if len(points) > _MAX_SVG_POINTS else go.Scatter
    x = "chunk %{x:.0f}" if axis.drawing.axis == "chunks" else "%{x:.3f} s"
    texts = rows["text"].iloc[points]
    figure.add_trace(
        scatter(
            x=places[points],
            y=tokens[points],
            name=literal(lane.label),
            # Only markers can be clicked.
            mode="lines+markers",
            line={"color": colour, "width": 2, "shape": "hv", "dash": "dot" if lane.kind == "hidden" else "solid"},
            marker={
                "size": 5,
                "symbol": "circle-open" if lane.kind == "hidden" else "circle",
                "opacity": 1 if len(points) < _MAX_POINTS_WITH_MARKERS else 0,
            },
            customdata=[
                [event, _hover_text(text)] for event, text in zip(rows["event"].iloc[points], texts, strict=True)
            ],
            hovertemplate=f"{x} · %{{y:.0f}} tokens · event %{{customdata[0]}}<br>%{{customdata[1]}}"
            f"<extra>{literal(lane.label)}</extra>",
        ),
        row=1,
        col=1,
    )


def _thinned(t: Floats) -> Ints:
    """Return which points of a curve to draw: all, or if there are very many, the last in each of many equal intervals."""
    if len(t) <= _MAX_POINTS:
        return np.arange(len(t))
    interval = np.floor((t - t[0]) / max(float(t[-1] - t[0]), 1e-9) * _THINNED_POINTS)
    return np.flatnonzero(np.append(np.diff(interval) != 0, True))


def _gaps(stream: Stream, *, dark: bool) -> go.Scatter:
    """Return the time between consecutive chunks in milliseconds, of a very long stream only the longest ones."""
    rows = chunk_rows(stream.columns.kind)
    gaps_ms = gaps_between_chunks_ms(stream)
    longest = np.sort(np.argsort(gaps_ms)[-_THINNED_POINTS:])
    scatter = go.Scattergl if len(longest) > _MAX_SVG_POINTS else go.Scatter
    return scatter(
        x=stream.columns.arrival.t[rows][1:][longest],
        y=gaps_ms[longest],
        mode="markers",
        marker={"size": 4, "color": pick(QUIET, dark=dark)},
        customdata=stream.columns.event[rows][1:][longest][:, np.newaxis],
        hovertemplate="%{x:.3f} s · %{y:.1f} ms after the previous chunk<extra></extra>",
        showlegend=False,
    )


def _band(low: Floats, high: Floats, tokens: Floats, colour: str) -> go.Scatter:
    """Return the area in which the curve must lie. Its edges are steps, since the count jumps when a chunk arrives.

    Many chunks share a bound, so the edges have few corners even for many chunks.
    """
    end = high[np.isfinite(high)].max(initial=0.0)
    earliest = np.maximum(low, 0.0)
    latest = np.minimum(high, end)
    x, y = _steps(earliest, tokens, end)
    lower_x, lower_y = _steps(latest, tokens, end)
    return go.Scatter(
        x=np.concatenate([x, lower_x[::-1]]),
        y=np.concatenate([y, lower_y[::-1]]),
        fill="toself",
        fillcolor=transparent(colour, _BAND_OPACITY),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _steps(at: Floats, tokens: Floats, end: float) -> tuple[Floats, Floats]:
    """Return the corners of a step curve that starts at 0, reaches `tokens` at the ascending times `at`, and continues to `end`."""
    last_of_each = np.flatnonzero(np.append(np.diff(at) > 0, True))
    times, counts = at[last_of_each], tokens[last_of_each]
    before = np.concatenate([[0.0], counts[:-1]])
    x = np.append(np.repeat(times, 2), end)
    y = np.append(np.column_stack([before, counts]).ravel(), counts[-1])
    return x, y


def _hover_text(text: str) -> str:
    return literal(repr(text[:_HOVER_CHARACTERS])) if text else ""
