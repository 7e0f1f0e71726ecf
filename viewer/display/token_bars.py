"""What input and output tokens consist of, as two bars on one scale, for the page and the report."""

from functools import cache

from viewer.display.assets import style
from viewer.display.headline import TokenPart, token_parts
from viewer.display.nodes import Node, node
from viewer.streams.stream import Stream
from viewer.text.words import NOTHING, number
from viewer.types.usage import Usage

# Hidden reasoning is hatched, as in the deck.
_HATCHING = [
    node(
        "pattern",
        {"id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
        node("path", {"class": "hatch", "d": "M-1 7 7-1M-1 1 1-1M5 7 7 5"}),
    )
]


def token_bars(stream: Stream, usage: Usage) -> list[Node]:
    """Return a bar for input and one for output on one scale, each with a legend of its parts."""
    parts = token_parts(stream, usage)
    bars = {whole: [part for part in parts if part.whole == whole] for whole in ("input", "output")}
    scale = max(sum(part.tokens for part in row) for row in bars.values())
    return [node("ul", "bars", *(_bar(whole, row, scale) for whole, row in bars.items()))] if scale else []


@cache
def stylesheet() -> str:
    """Return the style of the bars. It needs the variables of `viewer.display.colours`."""
    return style("viewer.display", "token_bars.css")


def _bar(name: str, parts: list[TokenPart], scale: int) -> Node:
    rects: list[Node] = []
    total = 0
    for part in parts:
        box = {"x": f"{100 * total / scale:.3f}%", "width": f"{100 * part.tokens / scale:.3f}%", "height": "100%"}
        rects.append(node("rect", {**box, "class": f"fill {part.kind}"}))
        total += part.tokens
    legend = [
        node("span", "part", node("span", f"swatch {part.kind}"), f"{part.label} {number(part.tokens)}")
        for part in parts
    ]
    hatching = _HATCHING if any(part.kind == "hidden" for part in parts) else []
    return node(
        "li",
        "",
        node("span", "name", name),
        node("span", "value", number(total) if parts else NOTHING),
        node("svg", {"class": "bar", "aria-hidden": "true"}, *hatching, *rects),
        node("p", "parts", *legend),
    )
