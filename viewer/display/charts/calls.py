"""The chart of when each call of a cassette ran."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from viewer.conversation.agent import Call, Link, links_of
from viewer.display.charts.style import literal, pick, style
from viewer.display.colours import BY_LANE, QUIET

_LABEL_CHARACTERS = 40


def waterfall(calls: Sequence[Call], *, dark: bool) -> go.Figure:
    """Draw the calls of a cassette below each other, each as a bar from its start to its end."""
    figure = go.Figure()
    for call in calls:
        begin, length = call.started.value, call.length.value
        known = begin is not None and length is not None
        colour = pick(BY_LANE["error"] if call.error else BY_LANE["content"] if known else QUIET, dark=dark)
        name = _name(call)
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
    style(figure, height=80 + 26 * len(calls))
    return figure


def _add_link(figure: go.Figure, calls: Mapping[int, Call], link: Link) -> None:
    """Draw a line from the end of a call to the start of the call that received its tool result."""
    source, target = calls[link.source], calls[link.target]
    if source.started.value is None or target.started.value is None:
        return
    names = [_name(call) for call in (source, target)]
    figure.add_trace(
        go.Scatter(
            x=[source.started.value + (source.length.value or 0.0), target.started.value],
            y=names,
            mode="lines+markers",
            line={"width": 1.5, "dash": "dot", "color": BY_LANE["tool_call"].dark},
            marker={"size": 5},
            hovertemplate=f"{literal(link.tool)}<extra></extra>",
            showlegend=False,
        )
    )


def _name(call: Call) -> str:
    return literal(f"{call.interaction} · {call.label[:_LABEL_CHARACTERS]}")
