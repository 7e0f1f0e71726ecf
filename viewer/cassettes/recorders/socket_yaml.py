"""WebSockets as Pydantic AI's tests record them: https://github.com/pydantic/pydantic-ai/tree/main/tests/realtime, YAML.

A list of messages, sent and received, parsed, without address, headers or times. Where the connection was closed an item
says so, and what follows came over the next one. Of each piece of audio received the recorder keeps the beginning alone.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON_LINES, json_lines
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "ws-yaml",
        "WebSocket cassette of Pydantic AI",
        "https://github.com/pydantic/pydantic-ai/tree/main/tests/realtime",
        "YAML of version 1, messages of realtime APIs",
    ),
)

_DIRECTIONS = ("sent", "received")
_AUDIO = (b"audio.delta", b"inlineData")


def recognise(document: Document) -> int:
    """Look for interactions that are messages of one direction."""
    if b"interactions" not in document.head or b"direction" not in document.head:
        return 0
    return 90 if any("data" in item and item.get("direction") in _DIRECTIONS for item in _items(document)) else 0


def read(document: Document) -> Recording:
    """Return one interaction: what was sent as the request, what was received as the response, a message a line."""
    problems: list[Problem] = []
    messages: dict[str, list[Any]] = {direction: [] for direction in _DIRECTIONS}
    items = _items(document)
    for index, item in enumerate(items):
        if item.get("kind") == "close":
            problems.append(_closed(item, len(messages["received"]), is_last=index == len(items) - 1))
        elif item.get("kind", "message") == "message" and item.get("direction") in _DIRECTIONS:
            messages[item["direction"]].append(item.get("data"))
        else:
            what = f"An item is of a kind that is not known: {fields.quote(item.get('kind', item.get('direction')))}."
            problems.append(Problem("warning", what, "It is left out.", interaction=0))
    received = json_lines(messages["received"])
    if any(sign in received for sign in _AUDIO):
        what = "Of each piece of audio that was received the recorder keeps no more than the beginning."
        problems.append(Problem("note", what, "Sizes of audio are not those of the wire.", interaction=0))
    interaction = Interaction(
        Request("GET", body=json_lines(messages["sent"])),
        Response(101, headers=fields.content_type(JSON_LINES), body=received),
    )
    version = mapping(document.tree).get("version")
    return Recording("ws-yaml", [interaction], as_text(version), tuple(problems), from_tree=True)


def _items(document: Document) -> list[dict[str, Any]]:
    return fields.mappings(mapping(document.tree).get("interactions"))


def _closed(item: dict[str, Any], received: int, *, is_last: bool) -> Problem:
    code, reason = (fields.quote(item.get(name) or "none") for name in ("code", "reason"))
    what = f"The connection was closed after {received} received messages (code: {code}, reason: {reason})."
    advice = "" if is_last else "What follows came over a new connection and is shown as one with it."
    return Problem("note" if item.get("ok") is True else "warning", what, advice, interaction=0)
