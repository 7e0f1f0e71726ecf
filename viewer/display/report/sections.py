"""What is said of one stream below the deck: its tokens, all figures and what they rest on, and its HTTP."""

from viewer.display.report.nodes import Node, node
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.words import LABELS, MARKS, MEANINGS, NOTHING, bounds, dollars, explanation, headline, number, size
from viewer.types.http import Headers
from viewer.types.measure import Measure
from viewer.types.usage import Usage, check_arithmetic

# What is hidden is drawn as the deck draws it.
_HATCHING = [
    node(
        "pattern",
        {"id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
        node("path", {"class": "hatch", "d": "M-1 7 7-1M-1 1 1-1M5 7 7 5"}),
    )
]
_ASK_FOR_USAGE = 'Many providers send it only when asked: "stream_options": {"include_usage": true} in the request.'


def tokens(stream: Stream) -> list[Node]:
    """Return what the tokens consist of, whether the provider's numbers add up, and what they cost."""
    usage = stream.usage
    if usage is None:
        known = stream.protocol != "generic"
        said = "The stream reports no usage." if known else "The protocol is not known, so no usage was read."
        return [node("p", "", said), *([node("p", "note", _ASK_FOR_USAGE)] if known else [])]
    sums = [
        node(
            "li",
            "",
            node("span", "name", check.name),
            node("span", "sum" if check.passed else "sum fails", check.figures),
            node("span", "note", "holds" if check.passed else "does not hold"),
        )
        for check in usage.checks
    ]
    cost = stream.cost
    spent = f"{dollars(cost.usd)}: {cost.source}" if cost.usd is not None else cost.source
    return [
        *_bars(stream, usage),
        node("p", "verdict", check_arithmetic(usage, stream.provider).text),
        node("ul", "sums", *sums),
        node("p", "note", f"Cost: {spent}"),
        *_reported(usage),
    ]


def _bars(stream: Stream, usage: Usage) -> list[Node]:
    """Return a bar of the input and one of the output, on one scale, each with its parts named beside it."""
    reasoning = usage.reasoning or 0
    hidden = stream.hidden.tokens if stream.hidden else 0
    cached = usage.cache_read or 0
    parts = {
        "input": [("from cache", cached, "cached"), ("fresh", (usage.input or 0) - cached, "quiet")],
        "output": [
            ("reasoning, shown" if hidden else "reasoning", reasoning - hidden, "reasoning"),
            ("reasoning, hidden", hidden, "hidden"),
            ("content and calls", (usage.output or 0) - reasoning, "content"),
        ],
    }
    most = max((sum(max(0, count) for _, count, _ in row) for row in parts.values()), default=0)
    if not most:
        return []
    return [node("ul", "bars", *(_bar(name, row, most) for name, row in parts.items()))]


def _bar(name: str, parts: list[tuple[str, int, str]], most: int) -> Node:
    known = [part for part in parts if part[1] > 0]
    rects: list[Node] = []
    begin = 0
    for _, count, kind in known:
        place = {"x": f"{100 * begin / most:.3f}%", "width": f"{100 * count / most:.3f}%", "height": "100%"}
        rects.append(node("rect", {**place, "class": f"fill {kind}"}))
        begin += count
    legend = [
        node("span", "part", node("span", f"swatch {kind}"), f"{label} {number(count)}") for label, count, kind in known
    ]
    total = NOTHING if not known else number(begin)
    picture = node(
        "svg",
        {"class": "bar", "aria-hidden": "true"},
        *(_HATCHING if any(kind == "hidden" for *_, kind in known) else []),
        *rects,
    )
    return node(
        "li", "", node("span", "name", name), node("span", "value", total), picture, node("p", "parts", *legend)
    )


def _reported(usage: Usage) -> list[Node]:
    if usage.reported is None:
        return []
    attributes = {"class": "code", "tabindex": "0", "role": "group", "aria-label": "Usage as the provider wrote it"}
    text = node("pre", attributes, write(usage.reported, indent=True))
    return [node("details", "", node("summary", "", "As the provider wrote it"), text)]


def measures(stream: Stream) -> list[Node]:
    """Return all figures, and the evidence that the times rest on."""
    timing = stream.timing
    grade = f"{MARKS[timing.grade]} {timing.grade}: {MEANINGS[timing.grade]}"
    evidence = [
        node("li", "", node("span", "name", one.source), node("span", "", one.statement)) for one in timing.evidence
    ]
    return [
        node("ul", "measures", *(_measure(LABELS.get(name, name), one) for name, one in stream.metrics.items())),
        node("p", "note", grade),
        node("ul", "evidence", *evidence),
    ]


def _measure(label: str, measure: Measure) -> Node:
    mark = MARKS[measure.grade] if measure.grade else ""
    return node(
        "li",
        "",
        node("span", "name", label),
        node("span", "value", headline(measure)),
        node("span", {"class": "mark", "title": explanation(measure)}, mark),
        node("span", "more", " · ".join(part for part in (bounds(measure), measure.source) if part)),
    )


def http(cassette: Cassette, index: int) -> list[Node]:
    """Return the heads of both sides of one interaction, and how long their bodies are."""
    request, response = cassette.interactions[index].request, cassette.interactions[index].response
    asked = f"{request.method} {request.url}".strip() or "not recorded"
    answered = response.status_line or "status not recorded"
    return [
        _message("Request", asked, request.headers, request.body),
        _message("Response", answered, response.headers, response.body),
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


def known_times(stream: Stream) -> str:
    """Return how the times of the chunk table are known."""
    grade = stream.timing.grade
    return f"Times since the {stream.timing.origin}, {MARKS[grade]} {grade}: {MEANINGS[grade]}. Tokens are estimates."
