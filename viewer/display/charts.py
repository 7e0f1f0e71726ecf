"""Plotly figures from a stream."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viewer.conversation.agent import Call, Link, links_of
from viewer.display.colours import BY_LANE, QUIET, Colour
from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import chunk_rows
from viewer.text.safe import well_formed
from viewer.text.words import MARKS
from viewer.types.chunk_table import GRADES, Floats, Ints

GL_ABOVE_POINTS = 5_000
# No screen is wider; what lies closer together is told by the last of it.
_MOST_POINTS = 200_000
_THINNED_POINTS = 20_000
_HOVER_CHARACTERS = 60
_RATE_BINS = 120
_CALL_CHARACTERS = 40
_SHORTEST_BIN_S = 0.2


def timeline(stream: Stream, choice: int | None = None, *, dark: bool) -> go.Figure:
    """Draw the tokens of each lane as they add up over time, with their bounds as a band, and how fast they came.

    Below stand the rate, where a recording supports one, and the time between chunks, where it is recorded.
    """
    lanes = [lane for lane in lanes_of(stream, choice) if lane.kind not in ("silent", "keep_alive", "error")]
    grade = stream.timing.grade
    has_rate, has_gaps = grade in ("measured", "stamped", "bounded"), grade in ("measured", "stamped")
    heights = [0.6, *([0.22] if has_rate else []), *([0.22] if has_gaps else [])]
    figure = make_subplots(rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=heights)
    for lane in lanes:
        _add_lane(figure, stream, lane, dark=dark)
    last = len(heights)
    if has_rate:
        figure.add_trace(_rate(stream, lanes, dark=dark), row=2, col=1)
        figure.update_yaxes(title="tokens/s", rangemode="tozero", row=2, col=1)
    if has_gaps:
        figure.add_trace(_gaps(stream, dark=dark), row=3, col=1)
        figure.update_yaxes(title="ms between", rangemode="tozero", row=3, col=1)
    paced = "seconds at a nominal pace: speed not recorded"
    title = paced if grade == "paced" else f"seconds since the {stream.timing.origin}"
    figure.update_xaxes(title=title, row=last, col=1)
    figure.update_xaxes(rangemode="tozero", zeroline=False)
    figure.update_yaxes(title="tokens (estimated per chunk)", rangemode="tozero", zeroline=False, row=1, col=1)
    _style(figure, height=340 + 110 * (last - 1))
    return figure


def _add_lane(figure: go.Figure, stream: Stream, lane: Lane, *, dark: bool) -> None:
    rows = stream.chunks.iloc[lane.rows]
    tokens = np.cumsum(np.nan_to_num(rows["tokens"].to_numpy()))
    colour = _pick(BY_LANE[lane.kind], dark=dark)
    if stream.timing.grade == "bounded":
        figure.add_trace(_band(rows["t_low"].to_numpy(), rows["t_high"].to_numpy(), tokens, colour), row=1, col=1)
    kept = _thinned(rows["t"].to_numpy())
    scatter = go.Scattergl if len(kept) > GL_ABOVE_POINTS else go.Scatter
    figure.add_trace(
        scatter(
            x=rows["t"].to_numpy()[kept],
            y=tokens[kept],
            name=_literal(lane.label),
            mode="lines+markers" if len(kept) < 400 else "lines",
            line={"color": colour, "width": 2, "shape": "hv", "dash": _dash(stream, lane)},
            marker={"size": 4, "symbol": "circle-open" if lane.kind == "hidden" else "circle"},
            customdata=[_hover_text(text) for text in rows["text"].iloc[kept]]
            if len(kept) <= _THINNED_POINTS
            else None,
            hovertemplate="%{x:.3f} s · %{y:.0f} tokens"
            + ("<br>%{customdata}" if len(kept) <= _THINNED_POINTS else "")
            + f"<extra>{_literal(lane.label)}</extra>",
        ),
        row=1,
        col=1,
    )


def _thinned(t: Floats) -> Ints:
    """Return which points of a curve to draw: all, or of very many the last in each of many equal stretches."""
    if len(t) <= _MOST_POINTS:
        return np.arange(len(t))
    stretch = np.floor((t - t[0]) / max(float(t[-1] - t[0]), 1e-9) * _THINNED_POINTS)
    return np.flatnonzero(np.append(np.diff(stretch) != 0, True))


def _rate(stream: Stream, lanes: Sequence[Lane], *, dark: bool) -> go.Scatter:
    """Return tokens a second; whole-second stamps tell it for whole seconds alone."""
    rows = np.concatenate([lane.rows for lane in lanes]) if lanes else np.empty(0, dtype=np.intp)
    t = stream.chunks["t"].to_numpy()[rows]
    tokens = np.nan_to_num(stream.chunks["tokens"].to_numpy()[rows])
    end = float(t.max(initial=0.0))
    if stream.timing.grade == "bounded":
        width = 1.0
        edges = np.arange(0.0, (end or 1.0) + width, width)
    else:
        # As many as are no shorter than the shortest, to the end exactly: one that reached beyond it would look like a drop.
        bins = max(1, min(_RATE_BINS, int(end / _SHORTEST_BIN_S)))
        width = end / bins or _SHORTEST_BIN_S
        edges = np.linspace(0.0, end or width, bins + 1)
        if stream.timing.origin == "first chunk":
            # What came first was made before there was a clock.
            tokens = np.where(t > 0.0, tokens, 0.0)
    counted, _ = np.histogram(t, edges, weights=tokens)
    return go.Scatter(
        x=edges,
        y=np.append(counted / width, 0.0),
        mode="lines",
        line={"color": _pick(QUIET, dark=dark), "width": 1, "shape": "hv"},
        fill="tozeroy",
        fillcolor=_faint(_pick(QUIET, dark=dark), 0.2),
        hovertemplate="%{x:.2f} s · %{y:.1f} tokens/s<extra></extra>",
        showlegend=False,
    )


def _gaps(stream: Stream, *, dark: bool) -> go.Scatter:
    """Return the time between each chunk and the one before, in milliseconds."""
    chunks = stream.chunks
    t = chunks["t"].to_numpy()[chunk_rows(chunks["kind"].cat.codes.to_numpy())]
    gaps_ms = np.diff(t) * 1000
    longest = np.argsort(gaps_ms)[-_THINNED_POINTS:]
    scatter = go.Scattergl if len(longest) > GL_ABOVE_POINTS else go.Scatter
    return scatter(
        x=t[1:][longest],
        y=gaps_ms[longest],
        mode="markers",
        marker={"size": 3.5, "color": _pick(QUIET, dark=dark)},
        hovertemplate="%{x:.3f} s · %{y:.1f} ms after the chunk before<extra></extra>",
        showlegend=False,
    )


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


def _add_link(figure: go.Figure, calls: Mapping[int, Call], link: Link) -> None:
    """Draw that the result of a tool went from the end of one call to the beginning of another."""
    source, target = calls[link.source], calls[link.target]
    if source.started.value is None or target.started.value is None:
        return
    names = [_literal(f"{call.interaction} · {call.label[:_CALL_CHARACTERS]}") for call in (source, target)]
    figure.add_trace(
        go.Scatter(
            x=[source.started.value + (source.length.value or 0.0), target.started.value],
            y=names,
            mode="lines+markers",
            line={"width": 1.5, "dash": "dot", "color": BY_LANE["tool_call"].dark},
            marker={"size": 5},
            hovertemplate=f"{_literal(link.tool)}<extra></extra>",
            showlegend=False,
        )
    )


def token_sunburst(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw what the input and the output tokens consist of: the inner ring in total, the outer ring in parts."""
    figure = go.Figure()
    usage = stream.usage
    if usage is None or usage.input is None or usage.output is None:
        return figure
    cached, reasoning = usage.cache_read or 0, usage.reasoning or 0
    hidden = stream.hidden.tokens if stream.hidden else 0
    grey, content = _pick(QUIET, dark=dark), _pick(BY_LANE["content"], dark=dark)
    violet = _pick(BY_LANE["reasoning"], dark=dark)
    parts = [
        ("input", "", usage.input, grey),
        ("from cache", "input", cached, _faint(grey, 0.45)),
        ("fresh", "input", usage.input - cached, grey),
        ("output", "", usage.output, content),
        ("reasoning, shown" if hidden else "reasoning", "output", reasoning - hidden, violet),
        ("reasoning, hidden", "output", hidden, _faint(violet, 0.5)),
        ("content and calls", "output", usage.output - reasoning, content),
    ]
    drawn = [part for part in parts if part[2] > 0]
    figure.add_trace(
        go.Sunburst(
            ids=[label for label, *_ in drawn],
            labels=[f"{label}<br>{tokens:,}" for label, _, tokens, _ in drawn],
            parents=[parent for _, parent, _, _ in drawn],
            values=[tokens for _, _, tokens, _ in drawn],
            branchvalues="total" if _adds_up(drawn) else "remainder",
            marker={"colors": [colour for *_, colour in drawn]},
            insidetextorientation="horizontal",
            sort=False,
            hovertemplate="%{label} tokens<extra></extra>",
        )
    )
    _style(figure, height=330)
    return figure


def _adds_up(parts: Sequence[tuple[str, str, int, str]]) -> bool:
    """Tell whether the parts of each whole are no more than it: what a provider reports need not be."""
    return all(
        sum(tokens for _, above, tokens, _ in parts if above == label) <= whole
        for label, parent, whole, _ in parts
        if not parent
    )


def spread_of(streams: pd.DataFrame, what: str, title: str, *, dark: bool) -> go.Figure:
    """Draw how a time of a library's streams is spread, each grade by itself: they are not to be mixed."""
    figure = go.Figure()
    grades = streams[f"{what}_grade"].astype("string")
    for place, grade in enumerate(GRADES):
        values = streams.loc[(grades == grade).fillna(value=False), f"{what}_s"].dropna()
        if len(values):
            colour = _pick(
                (BY_LANE["content"], BY_LANE["reasoning"], BY_LANE["tool_call"], QUIET, QUIET)[place], dark=dark
            )
            name = f"{MARKS[grade]} {grade}"
            figure.add_trace(go.Histogram(x=values, name=name, marker={"color": colour}, nbinsx=40, opacity=0.8))
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(title="streams")
    _style(figure, height=260)
    return figure


def waterfall(calls: Sequence[Call], *, dark: bool) -> go.Figure:
    """Draw the calls of a cassette one below the other, each as long as it took."""
    figure = go.Figure()
    for call in calls:
        begin, length = call.started.value, call.length.value
        known = begin is not None and length is not None
        colour = _pick(BY_LANE["error"] if call.error else BY_LANE["content"] if known else QUIET, dark=dark)
        name = _literal(f"{call.interaction} · {call.label[:_CALL_CHARACTERS]}")
        figure.add_trace(
            go.Bar(
                y=[name],
                x=[length or 0.0],
                base=[begin or 0.0],
                orientation="h",
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate=f"{name}<br>%{{base:.2f}} s to %{{x:.2f}} s<extra></extra>",
                showlegend=False,
            )
        )
    for link in links_of(calls):
        _add_link(figure, {call.interaction: call for call in calls}, link)
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title="seconds since the first call", rangemode="tozero")
    _style(figure, height=80 + 26 * len(calls))
    return figure


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
    return escape(well_formed(text), quote=False).replace("%{", "%&#123;")


def _hover_text(text: str) -> str:
    return _literal(repr(text[:_HOVER_CHARACTERS])) if text else ""
