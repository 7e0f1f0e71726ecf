"""The sections of one stream below the deck: its tokens, its figures with their evidence, and its HTTP messages."""

from viewer.display.blocks import evidence, grade_line, measures, no_usage, sums
from viewer.display.headline import cost_line
from viewer.display.nodes import Node, node
from viewer.display.token_bars import token_bars
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.words import size
from viewer.types.http import Headers
from viewer.types.usage import Usage


def tokens(stream: Stream) -> list[Node]:
    """Return what the tokens consist of, whether the provider's numbers add up, and what they cost."""
    usage = stream.usage
    if usage is None:
        return no_usage(stream)
    return [
        *token_bars(stream, usage),
        *sums(usage, stream.provider),
        node("p", "note", f"Cost: {cost_line(stream.cost)}"),
        *_reported(usage),
    ]


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
