"""ReqLLM's fixtures: https://github.com/agentjido/req_llm/blob/main/guides/fixture-testing.md, JSON, one exchange per file.

A streamed body is a list of network chunks in base64. Early versions also wrote the text of each, and optionally its time in
microseconds since the recorder started. A WebSocket is stored as its parsed messages. The body of a request is written from
its parsed JSON, with sorted keys.
"""

from dataclasses import replace
from itertools import accumulate
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import SocketMessage, socket_bodies
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Arrivals, Headers, Interaction, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import Problem

ABOUT = (
    About(
        "req_llm",
        "ReqLLM",
        "https://github.com/agentjido/req_llm/blob/main/guides/fixture-testing.md",
        "JSON fixtures; streamed or not, and WebSockets",
        "end of the response, to the microsecond; early versions: each network chunk",
    ),
)

_SOCKET = "responses_websocket_v1"


def recognise(document: Document) -> int:
    """Look for a request with its canonical JSON, for chunks in base64, or for the format name of a WebSocket."""
    if not any(sign in document.head for sign in (b'"canonical_json"', b'"b64"', _SOCKET.encode())):
        return 0
    tree = mapping(document.tree)
    is_exchange = "canonical_json" in mapping(tree.get("request")) and "response" in tree
    # The chunks come first, so a file that is cut off may hold nothing else.
    is_beginning = "captured_at" in tree and any("b64" in piece for piece in fields.mappings(tree.get("chunks")))
    return 95 if is_exchange or is_beginning or tree.get("format") == _SOCKET else 0


def read(document: Document) -> Recording:
    """Return the one interaction of a file."""
    tree = mapping(document.tree)
    request, response = mapping(tree.get("request")), mapping(tree.get("response"))
    is_socket = tree.get("format") == _SOCKET
    connections: tuple[SocketConnection, ...] = ()
    arrivals = None
    if is_socket:
        sent, received, frames = socket_bodies(_messages(tree))
        headers, connections = fields.content_type(JSON_LINES), (SocketConnection(frames),)
    else:
        headers = fields.headers(response.get("headers"))
        sent = _stored(request.get("body")) or fields.body(request.get("canonical_json"))
        received, arrivals = _body(tree, response, headers)
    interaction = Interaction(
        Request(
            method="GET" if is_socket else as_text(request.get("method")).upper(),
            url=as_text(request.get("url")),
            headers=fields.headers(request.get("headers")),
            body=sent,
        ),
        Response(101 if is_socket else fields.status(response.get("status")), headers=headers, body=received),
        RecordedTimes(arrivals=arrivals, ended=fields.moment(tree.get("captured_at"), fields.MICROSECOND_S)),
        connections,
    )
    problems: tuple[Problem, ...] = () if response or received or is_socket else (fields.no_response(0),)
    return Recording("req_llm", [interaction], problems=problems, from_tree=True)


def _messages(tree: dict[str, Any]) -> list[SocketMessage]:
    frames = [frame for frame in fields.mappings(tree.get("frames")) if frame.get("direction") in ("client", "server")]
    return [SocketMessage(frame["direction"] == "client", frame.get("event")) for frame in frames]


def _body(tree: dict[str, Any], response: dict[str, Any], headers: Headers) -> tuple[bytes, Arrivals | None]:
    """Return a response body, and when its chunks arrived. The chunks of a compressed body have no place in the decoded one."""
    pieces = fields.mappings(tree.get("chunks")) or [
        event for event in fields.mappings(tree.get("events")) if event.get("type") == "data"
    ]
    if not pieces:
        return _stored(response.get("body")), None
    parts = [_stored(piece if "b64" in piece else piece.get("decoded")) for piece in pieces]
    arrivals = fields.arrivals([piece.get("t_us") for piece in pieces], fields.MICROSECOND_S)
    if arrivals is None or headers.get("content-encoding", "identity") != "identity":
        return b"".join(parts), None
    return b"".join(parts), replace(arrivals, ends=tuple(accumulate(map(len, parts))))


def _stored(value: Any) -> bytes:
    """Return bytes from base64 or from parsed JSON."""
    packed = mapping(value).get("b64")
    return fields.base64_body(packed) if isinstance(packed, str) else fields.body(value)
