"""What all charts have in common: layout, colours, and recorded text as Plotly shows it literally."""

import plotly.graph_objects as go

from viewer.display.colours import Colour
from viewer.display.drawing import drawing_of
from viewer.streams.stream import Stream
from viewer.text.html import escape
from viewer.text.safe import visible


def style(figure: go.Figure, height: int) -> None:
    """Give a figure its height in pixels, narrow margins and a legend above."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "traceorder": "normal"},
        hoverlabel={"align": "left"},
    )


def say_instead(figure: go.Figure, sentence: str) -> None:
    """Say in an empty figure why nothing is drawn."""
    figure.add_annotation(text=literal(sentence), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)


def axis_title(stream: Stream) -> str:
    """Return the title of the axis of a stream, with its unit."""
    if drawing_of(stream.timing.grade).axis == "chunks":
        return "number of the chunk (no times are recorded)"
    return f"seconds since the {stream.timing.origin}"


def pick(colour: Colour, *, dark: bool) -> str:
    """Return the shade of a colour for a theme."""
    return colour.dark if dark else colour.light


def transparent(colour: str, opacity: float) -> str:
    """Return a colour with an opacity."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def literal(text: str) -> str:
    """Make recorded text safe to see, and escape it for Plotly, whose labels interpret some HTML and templates in braces."""
    return escape(visible(text), quote=False).replace("%{", "%&#123;")
