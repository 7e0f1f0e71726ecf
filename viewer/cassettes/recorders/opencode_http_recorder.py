"""opencode's http-recorder: https://github.com/anomalyco/opencode/tree/dev/packages/http-recorder, JSON of version 1.

A response body that is not text is base64. A WebSocket is stored as one list of frames with a direction, and by early versions
as a list for each direction. `metadata.recordedAt` is written with the file, which is written again after each interaction, so
it is the end of the last one.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import BINARY, SocketMessage, close_code, logged_content, socket_bodies
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "opencode-http-recorder",
        "opencode http-recorder",
        "https://github.com/anomalyco/opencode/tree/dev/packages/http-recorder",
        "JSON of version 1; HTTP and WebSockets",
        "end of the last response, to the millisecond",
    ),
)

_TEXT = 1
_NORMAL_CLOSURE = 1000
_DIRECTIONS = ("client", "server")


def recognise(document: Document) -> int:
    """Look for interactions with a transport or an encoded body, or for the recorder's metadata with plain exchanges."""
    if b"interactions" not in document.head:
        return 0
    tree = mapping(document.tree)
    if not {"version", "interactions"} <= tree.keys():
        return 0
    has_metadata = "recordedAt" in mapping(tree.get("metadata"))
    interactions = fields.mappings(tree.get("interactions"))
    if any(_is_interaction(item, has_metadata=has_metadata) for item in interactions):
        return 97
    return 60 if has_metadata and tree["interactions"] == [] else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    tree = document.tree
    problems: list[Problem] = []
    recorded = fields.mappings(tree["interactions"])
    if not recorded:
        raise CassetteError(document.name, "the cassette has no interactions.", fields.CHECK_RECORDER)
    ended = fields.moment(mapping(tree.get("metadata")).get("recordedAt"), fields.MILLISECOND_S)
    interactions = []
    for index, item in enumerate(recorded):
        times = RecordedTimes(ended=ended if index == len(recorded) - 1 else None)
        read_item = _socket if _is_socket(item) else _exchange
        interactions.append(read_item(item, times, index, problems))
    version = fields.version(tree.get("version"))
    return Recording("opencode-http-recorder", interactions, version, tuple(problems), from_tree=True)


def _is_socket(item: dict[str, Any]) -> bool:
    return item.get("transport") == "websocket"


def _is_interaction(item: dict[str, Any], *, has_metadata: bool) -> bool:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if _is_socket(item):
        return any(name in item for name in ("open", "connection", "events", "server"))
    if "url" not in request:
        return False
    # Early versions did not write the transport. go-vcr, which has the same version and lists, writes `code` or `duration`.
    is_plain = has_metadata and not {"code", "duration"} & response.keys()
    return item.get("transport") == "http" or "bodyEncoding" in response or is_plain


def _exchange(item: dict[str, Any], times: RecordedTimes, index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(request.get("method")),
            url=as_text(request.get("url")),
            headers=fields.headers(request.get("headers")),
            body=_body(request),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response),
        ),
        times,
    )


def _body(message: dict[str, Any]) -> bytes:
    body = message.get("body")
    return fields.base64_body(body or "") if message.get("bodyEncoding") == "base64" else fields.body(body)


def _socket(item: dict[str, Any], times: RecordedTimes, index: int, problems: list[Problem]) -> Interaction:
    """Return a WebSocket: sent frames as the request, received frames as the response, one per line."""
    opened, connection = mapping(item.get("open")), mapping(item.get("connection"))
    close = mapping(connection.get("close"))
    if close.get("code", _NORMAL_CLOSURE) != _NORMAL_CLOSURE:
        code, reason = (fields.quote(close.get(name) or "none") for name in ("code", "reason"))
        what = f"The connection was not closed normally (code: {code}, reason: {reason})."
        problems.append(Problem("warning", what, "The last response may be incomplete.", interaction=index))
    events = [event for event in fields.mappings(item.get("events")) if event.get("direction") in _DIRECTIONS]
    lists = {name: [{**frame, "direction": name} for frame in fields.mappings(item.get(name))] for name in _DIRECTIONS}
    bodies = socket_bodies(map(_message, [*events, *lists["client"], *lists["server"]]))
    is_ordered = not (lists["client"] and lists["server"])
    return Interaction(
        Request(
            "GET",
            url=as_text(opened.get("url") or connection.get("url")),
            headers=fields.headers(opened.get("headers")),
            body=bodies.sent,
        ),
        Response(101, headers=fields.content_type(JSON_LINES), body=bodies.received),
        times,
        (SocketConnection(bodies.frames, is_ordered, close_code=close_code(close.get("code"))),),
    )


def _message(frame: dict[str, Any]) -> SocketMessage:
    is_binary = frame.get("kind") == "binary" or frame.get("bodyEncoding") == "base64"
    content = logged_content(BINARY if is_binary else _TEXT, frame.get("body"))
    return SocketMessage(frame["direction"] == "client", content, is_binary)
