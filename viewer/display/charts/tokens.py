"""The chart of what input and output tokens consist of."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from viewer.display.charts.style import pick, style, transparent
from viewer.display.colours import CONTENT, QUIET, REASONING
from viewer.display.headline import token_parts
from viewer.streams.stream import Stream


class _Sector(NamedTuple):
    label: str
    whole: str
    """The label of the sector in the inner ring; "" for that one itself."""
    tokens: int
    colour: str


def token_sunburst(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw what input and output tokens consist of: the inner ring has the totals, the outer ring their parts."""
    figure = go.Figure()
    usage = stream.usage
    if usage is None or usage.input is None or usage.output is None:
        return figure
    grey, content, violet = (pick(colour, dark=dark) for colour in (QUIET, CONTENT, REASONING))
    colours = {
        "cached": transparent(grey, 0.45),
        "quiet": grey,
        "reasoning": violet,
        "hidden": transparent(violet, 0.5),
        "content": content,
    }
    totals = [_Sector("input", "", usage.input, grey), _Sector("output", "", usage.output, content)]
    parts = [_Sector(part.label, part.whole, part.tokens, colours[part.kind]) for part in token_parts(stream, usage)]
    sectors = [total for total in totals if total.tokens > 0] + parts
    figure.add_trace(
        go.Sunburst(
            ids=[sector.label for sector in sectors],
            labels=[f"{sector.label}<br>{sector.tokens:,}" for sector in sectors],
            parents=[sector.whole for sector in sectors],
            values=[sector.tokens for sector in sectors],
            branchvalues="total" if _add_up(sectors) else "remainder",
            marker={"colors": [sector.colour for sector in sectors]},
            insidetextorientation="horizontal",
            sort=False,
            hovertemplate="%{label} tokens<extra></extra>",
        )
    )
    style(figure, height=330)
    return figure


def _add_up(sectors: Sequence[_Sector]) -> bool:
    """Tell whether no whole is smaller than the sum of its parts. What a provider reports may be."""
    return all(
        sum(sector.tokens for sector in sectors if sector.whole == whole.label) <= whole.tokens
        for whole in sectors
        if not whole.whole
    )
