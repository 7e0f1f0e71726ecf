"""Plotly figures from a stream."""

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viewer.lanes import Lane, lanes_of
from viewer.palette import BY_LANE, QUIET, Colour
from viewer.phrasing import displayable
from viewer.schema import Floats
from viewer.stream import Stream

GL_ABOVE_POINTS = 5_000
_HOVER_CHARACTERS = 60


def timeline(stream: Stream, choice: int | None = None, *, dark: bool) -> go.Figure:
    """Draw the tokens of each lane as they add up over time, with their bounds as a band."""
    figure = go.Figure()
    lanes = [lane for lane in lanes_of(stream, choice) if lane.kind not in ("silent", "keep_alive", "error")]
    chunks = stream.chunks
    for lane in lanes:
        rows = chunks.iloc[lane.rows]
        tokens = np.cumsum(np.nan_to_num(rows["tokens"].to_numpy()))
        colour = _pick(BY_LANE[lane.kind], dark=dark)
        if stream.timing.grade == "bounded":
            figure.add_trace(_band(rows["t_low"].to_numpy(), rows["t_high"].to_numpy(), tokens, colour))
        scatter = go.Scattergl if len(lane.rows) > GL_ABOVE_POINTS else go.Scatter
        figure.add_trace(
            scatter(
                x=rows["t"].to_numpy(),
                y=tokens,
                name=_literal(lane.label),
                mode="lines+markers" if len(lane.rows) < 400 else "lines",
                line={"color": colour, "width": 2, "shape": "hv", "dash": _dash(stream, lane)},
                marker={"size": 4, "symbol": "circle-open" if lane.kind == "hidden" else "circle"},
                customdata=[_hover_text(text) for text in rows["text"]],
                hovertemplate="%{x:.3f} s · %{y:.0f} tokens<br>%{customdata}<extra>"
                + _literal(lane.label)
                + "</extra>",
            )
        )
    start = stream.timing.origin
    title = f"seconds since the {start}"
    if stream.timing.grade == "paced":
        title = "seconds at a nominal pace: speed not recorded"
    figure.update_xaxes(title=title, rangemode="tozero", zeroline=False)
    figure.update_yaxes(title="tokens (estimated per chunk)", rangemode="tozero", zeroline=False)
    _style(figure, height=340)
    return figure


def _band(low: Floats, high: Floats, tokens: Floats, colour: str) -> go.Scatter:
    """Return the area in which the curve must lie: as steps, since the count jumps when a chunk comes.

    Many chunks share a bound, so that the edges have few corners however many chunks there are.
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
        fillcolor=_faint(colour),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _steps(at: Floats, tokens: Floats, end: float) -> tuple[Floats, Floats]:
    """Return the corners of a count that reaches `tokens` at the ascending times `at`, from nothing up to an end."""
    last_of_each = np.flatnonzero(np.append(np.diff(at) > 0, True))
    times, counts = at[last_of_each], tokens[last_of_each]
    before = np.concatenate([[0.0], counts[:-1]])
    x = np.append(np.repeat(times, 2), end)
    y = np.append(np.column_stack([before, counts]).ravel(), counts[-1])
    return x, y


def token_bars(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw what the input and the output tokens consist of."""
    usage = stream.usage
    figure = go.Figure()
    if usage is None:
        return figure
    cached = usage.cache_read or 0
    reasoning = usage.reasoning or 0
    hidden = stream.hidden.tokens if stream.hidden else 0
    shown = "reasoning, shown" if hidden else "reasoning"
    grey = _pick(QUIET, dark=dark)
    reasoning_colour = _pick(BY_LANE["reasoning"], dark=dark)
    parts = [
        ("input", "input from cache", cached, grey, "."),
        ("input", "input, fresh", (usage.input or 0) - cached, grey, ""),
        ("output", shown, reasoning - hidden, reasoning_colour, ""),
        ("output", "reasoning, hidden", hidden, reasoning_colour, "/"),
        ("output", "content and calls", (usage.output or 0) - reasoning, _pick(BY_LANE["content"], dark=dark), ""),
    ]
    for row, name, tokens, colour, pattern in parts:
        if tokens <= 0:
            continue
        figure.add_trace(
            go.Bar(
                y=[row],
                x=[tokens],
                # A number on hatching cannot be read, so that the legend says it.
                name=f"{name}: {tokens:,}",
                orientation="h",
                text="" if pattern else f"{tokens:,}",
                textposition="inside",
                insidetextanchor="middle",
                insidetextfont={"color": "#0e1117" if dark else "#ffffff"},
                marker=_fill(colour, pattern),
                hovertemplate=f"{name}: %{{x:,}} tokens<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title="tokens")
    figure.update_yaxes(categoryorder="array", categoryarray=["output", "input"])
    _style(figure, height=210)
    return figure


def _fill(colour: str, pattern: str) -> dict[str, Any]:
    """Return a bar's fill, a pattern on a faint ground."""
    if not pattern:
        return {"color": colour, "line": {"width": 0}}
    hatching = {"shape": pattern, "size": 9, "solidity": 0.18, "fgcolor": colour, "bgcolor": _faint(colour, 0.2)}
    return {"color": colour, "pattern": hatching, "line": {"width": 0}}


def _style(figure: go.Figure, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "traceorder": "normal"},
        hoverlabel={"align": "left"},
    )


def _pick(colour: Colour, *, dark: bool) -> str:
    return colour.dark if dark else colour.light


def _faint(colour: str, opacity: float = 0.1) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _dash(stream: Stream, lane: Lane) -> str:
    if stream.timing.grade == "paced":
        return "dash"
    return "dot" if lane.kind == "hidden" else "solid"


def _literal(text: str) -> str:
    """Return recorded text as Plotly shows it literally: its labels read a little HTML, and templates in braces."""
    return escape(displayable(text), quote=False).replace("%{", "%&#123;")


def _hover_text(text: str) -> str:
    return _literal(repr(text[:_HOVER_CHARACTERS])) if text else ""
