"""The chart of what the tokens of a stream consist of."""

import plotly.graph_objects as go

from viewer.display.charts.style import pick, say_instead, style
from viewer.display.colours import CONTENT, QUIET, REASONING
from viewer.display.headline import token_parts
from viewer.streams.stream import Stream
from viewer.text.words import number

# Cached and other input share a hue, as do shown and hidden reasoning; the second of each is hatched.
_COLOURS = {"cached": QUIET, "quiet": QUIET, "reasoning": REASONING, "hidden": REASONING, "content": CONTENT}
_HATCHED = ("cached", "hidden")


def tokens(stream: Stream, *, dark: bool) -> go.Figure:
    """Draw the input and output tokens as two bars on one scale, each made up of its parts."""
    figure = go.Figure()
    parts = token_parts(stream, stream.usage) if stream.usage else []
    if not parts:
        reason = "The usage that is reported has no tokens." if stream.usage else "The recording has no usage."
        say_instead(figure, reason)
    for part in parts:
        figure.add_trace(
            go.Bar(
                y=[part.whole],
                x=[part.tokens],
                name=part.label,
                orientation="h",
                marker={
                    "color": pick(_COLOURS[part.kind], dark=dark),
                    "pattern": {"shape": "/" if part.kind in _HATCHED else ""},
                },
                text=[number(part.tokens)],
                textangle=0,
                hovertemplate=f"{part.label}: %{{x:,}} tokens<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title="tokens", rangemode="tozero")
    figure.update_yaxes(categoryorder="array", categoryarray=["output", "input"])
    style(figure, height=200)
    return figure
