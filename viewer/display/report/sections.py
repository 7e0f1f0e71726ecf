"""The sections of one stream below the deck: its tokens, its figures with their evidence, and its HTTP messages."""

from viewer.display.blocks import evidence, grade_line, measures, no_usage, sums
from viewer.display.headline import TokenPart, cost_line, token_parts
from viewer.display.nodes import Node, node
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.words import NOTHING, number, size
from viewer.types.http import Headers
from viewer.types.usage import Usage

# Hidden reasoning is hatched, as in the deck.
_HATCHING = [
    node(
        "pattern",
        {"id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
        node("path", {"class": "hatch", "d": "M-1 7 7-1M-1 1 1-1M5 7 7 5"}),
    )
]


def tokens(stream: Stream) -> list[Node]:
    """Return what the tokens consist of, whether the provider's numbers add up, and what they cost."""
    usage = stream.usage
    if usage is None:
        return no_usage(stream)
    return [
        *_bars(stream, usage),
        *sums(usage, stream.provider),
        node("p", "note", f"Cost: {cost_line(stream.cost)}"),
        *_reported(usage),
    ]


def _bars(stream: Stream, usage: Usage) -> list[Node]:
    """Return a bar for input and one for output on one scale, each with a legend of its parts."""
    parts = token_parts(stream, usage)
    bars = {whole: [part for part in parts if part.whole == whole] for whole in ("input", "output")}
    scale = max(sum(part.tokens for part in row) for row in bars.values())
    return [node("ul", "bars", *(_bar(whole, row, scale) for whole, row in bars.items()))] if scale else []


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


def _reported(usage: Usage) -> list[Node]:
    if usage.reported is None:
        return []
    attributes = {"class": "code", "tabindex": "0", "role": "group", "aria-label": "Usage as reported by the provider"}
    text = node("pre", attributes, write(usage.reported, indent=True))
    return [node("details", "", node("summary", "", "As reported by the provider"), text)]


def figures(stream: Stream) -> list[Node]:
    """Return every metric, and what the times are based on."""
    return [measures(stream), node("p", "note", grade_line(stream)), evidence(stream)]


def http(cassette: Cassette, index: int) -> list[Node]:
    """Return request and response of one interaction: first line, headers, and the size of the body."""
    request, response = cassette.interactions[index].request, cassette.interactions[index].response
    request_line = f"{request.method} {request.url}".strip() or "not recorded"
    response_line = response.status_line or "status not recorded"
    return [
        _message("Request", request_line, request.headers, request.body),
        _message("Response", response_line, response.headers, response.body),
    ]


def _message(title: str, line: str, headers: Headers, body: bytes) -> Node:
    rows = [
        node("tr", "", node("th", {"scope": "row"}, name), node("td", "", value)) for name, value in headers.items()
    ]
    table = [node("table", "headers", node("tbody", "", *rows))] if rows else [node("p", "note", "no headers")]
    length = f"body, {size(len(body))}" if body else "no body"
    return node(
        "div",
        "message",
        node("h3", "", title),
        node("p", "line", node("code", "", line)),
        *table,
        node("p", "note", length),
    )


def times_note(stream: Stream) -> str:
    """Return the note above the chunk table: where its times begin and how well they are known."""
    return f"Times since the {stream.timing.origin}, {grade_line(stream)}. Tokens are estimates."
