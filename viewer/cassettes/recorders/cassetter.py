"""cassetter: https://github.com/Kludex/cassetter, YAML or TOML.

A body has a type: `json` is parsed, `binary` is hexadecimal. `recorded_at` is the end of the response, to the microsecond.
gRPC calls and WebSockets are in lists of their own. Each WebSocket frame has its time since the connection.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import SocketMessage, close_code, socket_bodies
from viewer.cassettes.syntax.toml import read_toml
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "cassetter",
        "cassetter",
        "https://github.com/Kludex/cassetter",
        "YAML and TOML; HTTP, gRPC and WebSockets",
        "end of the response, to the microsecond; each WebSocket frame, to the millisecond",
    ),
)

_TYPES = frozenset({"json", "text", "binary", "none"})
_LISTS = ("interactions", "grpc_interactions", "ws_interactions")


def recognise(document: Document) -> int:
    """Look for a body with a type, or for a list of gRPC calls or WebSockets."""
    if b"interactions" not in document.head:
        return 0
    tree = _tree(document)
    if any(isinstance(tree.get(name), list) for name in _LISTS[1:]):
        return 95
    return 95 if any(map(_is_interaction, fields.mappings(tree.get("interactions")))) else 0


def read(document: Document) -> Recording:
    """Return the HTTP interactions in the order of the file, then the gRPC calls, then the WebSockets."""
    tree = _tree(document)
    problems: list[Problem] = []
    calls = fields.mappings(tree.get("interactions")) + fields.mappings(tree.get("grpc_interactions"))
    interactions = [_interaction(item, index, problems) for index, item in enumerate(calls)]
    interactions += map(_socket, fields.mappings(tree.get("ws_interactions")))
    if not interactions:
        raise CassetteError(document.name, "the cassetter cassette has no interactions.", fields.CHECK_RECORDER)
    is_tree = document.tree is tree
    return Recording("cassetter", interactions, as_text(tree.get("version", "")), tuple(problems), from_tree=is_tree)


def _tree(document: Document) -> dict[str, Any]:
    return read_toml(document.data) if b"[[interactions]]" in document.head else mapping(document.tree)


def _is_interaction(item: dict[str, Any]) -> bool:
    return any(map(_has_typed_body, (mapping(item.get(side)) for side in ("request", "response"))))


def _has_typed_body(message: dict[str, Any]) -> bool:
    """Tell whether the type of a body stands where cassetter writes it: next to its content, in a mapping except in TOML."""
    body = mapping(message.get("body"))
    kind, has_content = body.get("type"), "content" in body
    if "body_type" in message:
        kind, has_content = message["body_type"], "body_content" in message
    return kind == "none" or (as_text(kind) in _TYPES and has_content)


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(request.get("method") or "") if "uri" in request else "POST",
            # A gRPC call has a method instead of a URL.
            url=as_text(request.get("uri") or request.get("method") or ""),
            headers=fields.headers(request.get("headers", request.get("metadata"))),
            body=_body(request),
        ),
        Response(
            status=fields.status(response.get("status")),
            reason=as_text(response.get("status_message") or ""),
            headers=fields.headers(response.get("headers", response.get("metadata"))),
            body=_body(response),
        ),
        RecordedTimes(ended=_moment(item.get("recorded_at"))),
    )


def _body(message: dict[str, Any]) -> bytes:
    """Return a body. Its type and content are in a mapping, except in TOML, which has a key for each."""
    body = mapping(message.get("body"))
    kind = body.get("type", message.get("body_type"))
    content = body.get("content", message.get("body_content"))
    if kind == "binary":
        return fields.hexadecimal_body(content)
    # In TOML, JSON is text too, unchanged from the wire.
    return fields.json_body(content) if kind == "json" and "body_type" not in message else fields.body(content)


def _socket(item: dict[str, Any]) -> Interaction:
    """Return a WebSocket: sent messages as the request, received messages as the response, one per line."""
    recorded = fields.mappings(item.get("frames"))
    close = next((frame for frame in recorded if frame.get("frame_type") == "close"), {})
    messages = [_message(frame) for frame in recorded if frame.get("frame_type") != "close"]
    received = [message.at_s for message in messages if not message.is_sent]
    bodies = socket_bodies(messages)
    connection = SocketConnection(
        bodies.frames,
        since_open=True,
        # https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
        close_code=close_code(int.from_bytes(_body(close)[:2])),
        closed_by_client=close.get("direction") != "recv" if close else None,
        closed_at_s=_offset_s(close),
    )
    return Interaction(
        Request("GET", as_text(item.get("uri") or ""), fields.headers(item.get("headers")), bodies.sent),
        Response(101, headers=fields.content_type(JSON_LINES), body=bodies.received),
        RecordedTimes(
            arrivals=fields.arrivals_at(received, fields.MILLISECOND_S), ended=_moment(item.get("recorded_at"))
        ),
        (connection,),
    )


def _message(frame: dict[str, Any]) -> SocketMessage:
    is_sent = frame.get("direction") != "recv"
    return SocketMessage(is_sent, _body(frame), frame.get("frame_type") == "binary", _offset_s(frame))


def _offset_s(frame: dict[str, Any]) -> float | None:
    offset_ms = fields.seconds(frame.get("offset_ms"))
    return None if offset_ms is None else offset_ms * fields.MILLISECOND_S


def _moment(value: Any) -> Moment | None:
    return fields.moment(value, fields.MICROSECOND_S)
