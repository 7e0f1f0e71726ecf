"""The tab of the recorded request and response."""

from viewer.display.curl import curl_command
from viewer.display.event_rows import event_rows
from viewer.display.nodes import Node, node
from viewer.pages.inspector.event import show_below
from viewer.pages.inspector.framed import framed_body
from viewer.pages.inspector.panel import Part, body_part, copy_part, node_part, show_panel
from viewer.pages.inspector.rows import as_json, show_rows
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.masks import masked_headers, masked_url
from viewer.text.words import counted, size
from viewer.types.http import Headers


def show(cassette: Cassette, index: int, stream: Stream | None, event: int | None, identity: str) -> None:
    """Show the request and the response of one interaction, with secrets in URL and headers masked."""
    interaction = cassette.interactions[index]
    request, response = interaction.request, interaction.response
    line = f"{request.method} {masked_url(request.url)}".strip() or "not recorded"
    command = server_cache().get(("curl", identity), lambda: curl_command(request), len) if request.url else ""
    copies = [copy_part(("Copy as cURL", "Copy the request as a curl command, without its secrets", command))]
    answer = response.status_line or "status not recorded"
    parts = [
        node_part(*_head("Request", line, request.headers, request.body)),
        *(copies if command else []),
        *(body_part(request.body, "body of the request") if request.body else []),
        node_part(*_head("Response", answer, response.headers, response.body)),
    ]
    framed = framed_body(cassette, index, identity) if stream is not None else None
    if stream is None or framed is None:
        show_panel([*parts, *(body_part(response.body, "body of the response") if response.body else [])], key="http")
        return
    show_panel([*parts, _events_note(len(framed.events))], key="http")
    table = server_cache().get(
        ("event_rows", identity),
        lambda: as_json({**event_rows(framed, response.body, stream), "label": "Events"}),
        len,
    )
    show_rows(table, key="event_rows")
    show_below(cassette, stream, event, identity)


def _events_note(count: int) -> Part:
    return node_part(node("p", "note", f"{counted(count, 'event')}. Select one to see it below."))


def _head(title: str, line: str, headers: Headers, body: bytes) -> list[Node]:
    """Return the first line of a message, its headers, and the size of its body."""
    rows = [
        node("tr", "", node("th", {"scope": "row"}, name), node("td", "", value))
        for name, value in masked_headers(headers).items()
    ]
    first = [node("h2", "", title), node("p", "line", line)]
    if not rows and not body:
        return [*first, node("p", "note", "No headers and no body.")]
    table = [node("table", "headers", node("tbody", "", *rows))] if rows else [node("p", "note", "No headers.")]
    length = f"Body: {size(len(body))}" if body else "No body."
    return [*first, *table, node("p", "note", length)]
