"""What a figure needs where no page is around it: a title, a theme, and a ground that shows the notebook's."""

from typing import Any, Literal

import plotly.graph_objects as go

from viewer.display.charts.style import literal, pick
from viewer.display.colours import FAINT, LINE, TEXT
from viewer.text.safe import shortened

Theme = Literal["light", "dark"] | None

# Readable on white and on a dark ground alike, as nothing tells a figure which of them it will be on.
_TEXT_ON_ANY = "#767c84"
_LINE_ON_ANY = "rgba(128, 128, 128, 0.25)"
_TEMPLATES = {"light": "plotly_white", "dark": "plotly_dark"}
# Above the plot: the title with its second line, and the legend.
_TITLE_PX = 64
_LEGEND_PX = 32
_LEFT_PX, _RIGHT_PX, _BOTTOM_PX = 64, 24, 56
_MAX_TITLE = 90
_MAX_SUBTITLE = 160


def is_dark(theme: Theme) -> bool:
    """Tell which shades a theme takes. Without one, those for a light ground, which a dark one leaves readable.

    Raises:
        ValueError: there is no such theme.
    """
    if theme not in ("light", "dark", None):
        raise ValueError(f"there is no theme {theme!r}; the themes are 'light', 'dark' and None")
    return theme == "dark"


def stand_alone(figure: go.Figure, title: str, subtitle: str, theme: Theme) -> go.Figure:
    """Give a figure its title, which may hold recorded text, and its theme. Its height grows by that of the title."""
    dark = is_dark(theme)
    text, faint, line = (pick(colour, dark=dark) for colour in (TEXT, FAINT, LINE))
    if theme is None:
        text = faint = _TEXT_ON_ANY
        line = _LINE_ON_ANY
    axis = {"gridcolor": line, "linecolor": line, "zerolinecolor": line, "automargin": True}
    layout = figure.layout
    has_legend = layout.showlegend is not False and any(one.name and one.showlegend is not False for one in figure.data)
    top_px = _TITLE_PX + (_LEGEND_PX if has_legend else 0) + layout.margin.t
    figure.update_layout(
        template=_TEMPLATES.get(theme) if theme else None,
        title={
            "text": literal(shortened(title, _MAX_TITLE)),
            "subtitle": {"text": literal(shortened(subtitle, _MAX_SUBTITLE)), "font": {"color": faint, "size": 12}},
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
        },
        font={"color": text},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        margin={"l": _LEFT_PX, "r": max(_RIGHT_PX, layout.margin.r), "t": top_px, "b": _BOTTOM_PX},
        height=layout.height + top_px,
    )
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def texts_of(figure: go.Figure) -> list[str]:
    """Return every text of a figure."""
    found: list[str] = []
    remaining: list[Any] = [figure.to_plotly_json()]
    while remaining:
        value = remaining.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            remaining += value.values()
        elif isinstance(value, list | tuple):
            remaining += value
    return found
