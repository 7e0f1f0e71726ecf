"""WebSocket cassettes of Pydantic AI's tests: https://github.com/pydantic/pydantic-ai/tree/main/tests/realtime, YAML.

A cassette is a list of sent and received messages, parsed, without URL, headers or times. An item marks where the connection
was closed; later messages came over the next connection. The recorder stores only the beginning of each received audio chunk.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import SocketMessage, close_code, socket_bodies
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response, SocketConnection, SocketFrame
from viewer.types.problems import Problem

ABOUT = (
    About(
        "ws-yaml",
        "WebSocket cassette of Pydantic AI",
        "https://github.com/pydantic/pydantic-ai/tree/main/tests/realtime",
        "YAML of version 1; messages of realtime APIs",
    ),
)

_DIRECTIONS = ("sent", "received")
_AUDIO = (b"audio.delta", b"inlineData")


def recognise(document: Document) -> int:
    """Look for interactions that are messages with a direction."""
    if b"interactions" not in document.head or b"direction" not in document.head:
        return 0
    return 90 if any("data" in item and item.get("direction") in _DIRECTIONS for item in _items(document)) else 0


def read(document: Document) -> Recording:
    """Return one interaction: sent messages as the request, received messages as the response, one per line."""
    problems: list[Problem] = []
    messages: list[SocketMessage] = []
    closes: list[tuple[int, int | None]] = []
    items = _items(document)
    for index, item in enumerate(items):
        if item.get("kind") == "close":
            received = sum(not message.is_sent for message in messages)
            problems.append(_closed(item, received, is_last=index == len(items) - 1))
            closes.append((len(messages), close_code(item.get("code"))))
        elif item.get("kind", "message") == "message" and item.get("direction") in _DIRECTIONS:
            messages.append(SocketMessage(item["direction"] == "sent", item.get("data")))
        else:
            what = f"An item has an unknown kind: {fields.quote(item.get('kind', item.get('direction')))}."
            problems.append(Problem("warning", what, "It is left out.", interaction=0))
    bodies = socket_bodies(messages)
    if any(sign in bodies.received for sign in _AUDIO):
        what = "The recorder stored only the beginning of each received audio chunk."
        problems.append(Problem("note", what, "The sizes of audio are not those on the wire.", interaction=0))
    interaction = Interaction(
        Request("GET", body=bodies.sent),
        Response(101, headers=fields.content_type(JSON_LINES), body=bodies.received),
        connections=_connections(bodies.frames, closes),
    )
    version = mapping(document.tree).get("version")
    return Recording("ws-yaml", [interaction], as_text(version), tuple(problems), from_tree=True)


def _connections(frames: tuple[SocketFrame, ...], closes: list[tuple[int, int | None]]) -> tuple[SocketConnection, ...]:
    """Split messages into connections, given how many messages came before each close and its code."""
    connections: list[SocketConnection] = []
    begin = 0
    for end, code in [*closes, (len(frames), None)]:
        if end > begin or not connections:
            connections.append(SocketConnection(frames[begin:end], close_code=code))
        begin = end
    return tuple(connections)


def _items(document: Document) -> list[dict[str, Any]]:
    return fields.mappings(mapping(document.tree).get("interactions"))


def _closed(item: dict[str, Any], received: int, *, is_last: bool) -> Problem:
    code, reason = (fields.quote(item.get(name) or "none") for name in ("code", "reason"))
    what = f"The connection was closed after {received:,} received messages (code: {code}, reason: {reason})."
    advice = "" if is_last else "The messages after that came over a new connection and are shown in the same stream."
    return Problem("note" if item.get("ok") is True else "warning", what, advice, interaction=0)
