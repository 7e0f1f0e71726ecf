"""Exodus replay: https://github.com/ExodusMovement/replay, JSON, also used by `@exodus/test`.

A recording is an array of `fetch` exchanges without times, or an array of WebSocket sessions, whose messages have times in
whole milliseconds since the session was opened. A body that is not text is an object with its JavaScript type.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import SocketMessage, close_code, socket_bodies
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response, SocketConnection, SocketFrame
from viewer.types.problems import Problem

ABOUT = (
    About(
        "exodus-replay",
        "Exodus replay",
        "https://github.com/ExodusMovement/replay",
        "JSON; fetch and WebSockets",
        "each WebSocket message since the session was opened, to the millisecond",
    ),
)


def recognise(document: Document) -> int:
    """Look for exchanges with the arguments of `fetch`, or for WebSocket logs."""
    head = document.head
    if head.lstrip()[:1] != b"[" or not (b'"resource"' in head or b'"log"' in head):
        return 0
    return 95 if any(_is_exchange(item) or _is_session(item) for item in fields.mappings(document.tree)) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each exchange or session."""
    problems: list[Problem] = []
    interactions = [
        _session(item) if _is_session(item) else _exchange(item, index, problems)
        for index, item in enumerate(fields.mappings(document.tree))
    ]
    return Recording("exodus-replay", interactions, problems=tuple(problems), from_tree=True)


def _is_exchange(item: dict[str, Any]) -> bool:
    request = mapping(item.get("request"))
    return "resource" in request and "options" in request


def _is_session(item: dict[str, Any]) -> bool:
    log = item.get("log")
    return isinstance(log, list) and any({"type", "at"} <= mapping(entry).keys() for entry in log)


def _exchange(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request = mapping(item.get("request"))
    options = mapping(request.get("options"))
    if "error" in item:
        what = f"The request failed: {fields.quote(_reason(item['error']))}."
        problems.append(Problem("error", what, "There is no response to show.", interaction=index))
    elif "status" not in item:
        problems.append(fields.no_response(index))
    resource = as_text(request.get("resource"))
    return Interaction(
        Request(
            method=as_text(options.get("method")),
            # For a relative URL, or a Request object in place of a URL, the response has the full one.
            url=resource if "://" in resource else as_text(item.get("url")) or resource,
            headers=_headers(options.get("headers")),
            body=_bytes(options.get("body")),
        ),
        Response(
            status=fields.status(as_text(item.get("status"))),
            reason=as_text(item.get("statusText")),
            headers=_headers(item.get("headers")),
            body=_body(item),
        ),
    )


def _reason(error: Any) -> str:
    parts = mapping(error)
    return " ".join(as_text(parts[name]) for name in ("message", "code") if parts.get(name)) or as_text(error)


def _headers(value: Any) -> Headers:
    """Return headers from a list of [name, value] pairs, or from an object."""
    pairs = value if isinstance(value, list) else mapping(value).items()
    return Headers(
        (as_text(pair[0]), as_text(pair[1])) for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2
    )


def _body(item: dict[str, Any]) -> bytes:
    if item.get("bodyType") == "json" and "body" in item:
        return fields.json_body(item["body"])
    return _bytes(item.get("body"))


def _bytes(value: Any) -> bytes:
    """Return a body, which is text, or an object with the data as text, hexadecimal or base64."""
    wrapper = mapping(value)
    if "data.base64" in wrapper:
        return fields.base64_body(as_text(wrapper["data.base64"]))
    if "data.hex" in wrapper:
        return fields.hexadecimal_body(wrapper["data.hex"])
    return fields.body(wrapper["data"] if "type" in wrapper and "data" in wrapper else value)


def _session(item: dict[str, Any]) -> Interaction:
    """Return a WebSocket: sent messages as the request, received messages as the response, one per line."""
    log = fields.mappings(item["log"])
    messages = [_message(entry) for entry in log if entry.get("type") in ("send()", "message")]
    bodies = socket_bodies(messages)
    opened = any(entry.get("type") == "open" for entry in log)
    received = [message.at_s for message in messages if not message.is_sent]
    return Interaction(
        Request("GET", as_text(item.get("url")), body=bodies.sent),
        Response(101 if opened else None, headers=fields.content_type(JSON_LINES), body=bodies.received),
        RecordedTimes(arrivals=fields.arrivals_at(received, fields.MILLISECOND_S)),
        (_connection(log, bodies.frames),),
    )


def _message(entry: dict[str, Any]) -> SocketMessage:
    data = entry.get("data")
    is_binary = "type" in mapping(data)
    return SocketMessage(entry["type"] == "send()", _bytes(data), is_binary, seconds_from_ms(entry.get("at")))


def _connection(log: list[dict[str, Any]], frames: tuple[SocketFrame, ...]) -> SocketConnection:
    types = [entry.get("type") for entry in log]
    closed = next((entry for entry in log if entry.get("type") == "close"), {})
    return SocketConnection(
        frames,
        since_open=True,
        close_code=close_code(closed.get("code")),
        closed_by_client="close()" in types if closed else None,
        closed_at_s=seconds_from_ms(closed.get("at")),
    )
