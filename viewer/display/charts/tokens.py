"""The chart of what input and output tokens consist of."""

from typing import NamedTuple

import plotly.graph_objects as go

from viewer.display.charts.style import pick, style, transparent
from viewer.display.colours import BY_LANE, QUIET
from viewer.streams.stream import Stream
from viewer.types.usage import Usage


class _Part(NamedTuple):
    label: str
    whole: str
    """The label of the part that this one belongs to; "" if none."""
    tokens: int
    colour: str


def token_sunburst(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw what input and output tokens consist of: the inner ring has the totals, the outer ring their parts."""
    figure = go.Figure()
    usage = stream.usage
    if usage is None or usage.input is None or usage.output is None:
        return figure
    hidden = stream.hidden.tokens if stream.hidden else 0
    parts = [part for part in _parts(usage, usage.input, usage.output, hidden, dark=dark) if part.tokens > 0]
    figure.add_trace(
        go.Sunburst(
            ids=[part.label for part in parts],
            labels=[f"{part.label}<br>{part.tokens:,}" for part in parts],
            parents=[part.whole for part in parts],
            values=[part.tokens for part in parts],
            branchvalues="total" if _fits(parts) else "remainder",
            marker={"colors": [part.colour for part in parts]},
            insidetextorientation="horizontal",
            sort=False,
            hovertemplate="%{label} tokens<extra></extra>",
        )
    )
    style(figure, height=330)
    return figure


def _parts(usage: Usage, input_tokens: int, output_tokens: int, hidden: int, *, dark: bool) -> list[_Part]:
    cached, reasoning = usage.cache_read or 0, usage.reasoning or 0
    grey, content = pick(QUIET, dark=dark), pick(BY_LANE["content"], dark=dark)
    violet = pick(BY_LANE["reasoning"], dark=dark)
    return [
        _Part("input", "", input_tokens, grey),
        _Part("from cache", "input", cached, transparent(grey, 0.45)),
        _Part("not cached", "input", input_tokens - cached, grey),
        _Part("output", "", output_tokens, content),
        _Part("reasoning, shown" if hidden else "reasoning", "output", reasoning - hidden, violet),
        _Part("reasoning, hidden", "output", hidden, transparent(violet, 0.5)),
        _Part("content and calls", "output", output_tokens - reasoning, content),
    ]


def _fits(parts: list[_Part]) -> bool:
    """Tell whether no whole is smaller than the sum of its parts. What a provider reports may not add up."""
    return all(
        sum(part.tokens for part in parts if part.whole == whole.label) <= whole.tokens
        for whole in parts
        if not whole.whole
    )
