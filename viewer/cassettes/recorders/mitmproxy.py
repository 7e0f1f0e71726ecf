"""mitmproxy: https://docs.mitmproxy.org/stable/, the flows that `mitmdump -w` writes to a file, one after another.

A flow is a tnetstring. Bodies are stored as they came over the wire, even compressed. A body that was streamed through the
proxy is not stored, unless an option asks for it. All times are the proxy's: a response starts with its headers, and each
WebSocket message has a time.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import BINARY, SocketBodies, SocketMessage, close_code, socket_bodies
from viewer.cassettes.syntax.tnetstring import LIST, MAP, read_values
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "mitmproxy",
        "mitmproxy",
        "https://docs.mitmproxy.org/stable/",
        "flow files; HTTP and WebSockets",
        "start, headers and end at the proxy, and each WebSocket message, to the microsecond",
    ),
)

_BEGIN = re.compile(
    rb"\d{1,12}:(?:2:id|4:(?:mode|type)|5:error|6:(?:backup|marked)|7:(?:comment|request|version)"
    rb"|8:(?:messages|metadata|response)|9:(?:is_replay|websocket)|11:(?:client_conn|intercepted|server_conn)"
    rb"|17:timestamp_created)[,;]"
)
_MARKS = {"request": MAP, "response": MAP, "websocket": MAP, "headers": LIST, "messages": LIST}
_SIDES = ("request", "response", "websocket")

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def recognise(document: Document) -> int:
    """Look for the length of a flow and the name of its first field."""
    return 95 if _BEGIN.match(document.head) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each HTTP flow, in the order of the file."""
    problems: list[Problem] = []
    interactions: list[Interaction] = []
    others: Counter[str] = Counter()
    version = ""
    for begin, value, trouble in read_values(document.data, _MARKS):
        flow = mapping(value)
        if trouble:
            what = f"The flow that begins at byte {begin} is broken: {trouble}."
            problems.append(Problem("warning", what, "It is shown as far as it could be read.", offset=begin))
        # DNS flows have requests and responses too. The type comes after them, where the file may be cut off.
        if as_text(flow.get("type", "http")) == "http" and any(map(flow.get, _SIDES)):
            version = version or _version(flow.get("version"))
            problems += _losses(flow, len(interactions))
            interactions.append(_interaction(flow))
        elif not trouble:
            others[fields.quote(flow.get("type", "unknown"))] += 1
    if not interactions:
        raise CassetteError(
            document.name,
            "the mitmproxy file has no HTTP flow.",
            "Check that the client uses the proxy and trusts its certificate.",
        )
    if others:
        what = f"Flows that are not HTTP: {others.total():,} ({fields.quote(', '.join(others))})."
        problems.append(Problem("note", what, "They are left out."))
    return Recording("mitmproxy", interactions, version, tuple(problems))


def _version(value: Any) -> str:
    """Return the version of the flow format. At first it was the version of mitmproxy itself, as a list of numbers."""
    return ".".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


def _interaction(flow: dict[str, Any]) -> Interaction:
    request, response, socket = (mapping(flow.get(side)) for side in _SIDES)
    start = _seconds(request.get("timestamp_start"))
    bodies = socket_bodies(_messages(socket, start))
    times = _times(request, response, socket, bodies)
    headers = _headers(request)
    return Interaction(
        Request(
            method=as_text(request.get("method")),
            url=_url(request, headers),
            headers=headers,
            body=_content(request.get("content")) or bodies.sent,
        ),
        Response(
            status=fields.status(response.get("status_code")),
            reason=as_text(response.get("reason")),
            headers=_headers(response, media_type=JSON_LINES if socket else ""),
            body=bodies.received if socket else _content(response.get("content")),
        ),
        times,
        (_connection(socket, bodies, times.whole_s),) if socket else (),
    )


def _content(value: Any) -> bytes:
    return value if isinstance(value, bytes) else as_text(value).encode()


def _headers(message: dict[str, Any], media_type: str = "") -> Headers:
    """Return the headers of a message, with its media type replaced if one is given."""
    pairs = [pair for pair in _lists(message.get("headers")) if len(pair) == 2]
    headers = Headers((as_text(name), as_text(value)) for name, value in pairs)
    if not media_type:
        return headers
    others = [(name, value) for name, value in headers.items() if name.lower() != "content-type"]
    return fields.with_content_type(Headers(others), media_type)


def _lists(value: Any) -> list[list[Any]]:
    """Return the items of a list that are lists themselves."""
    return [item for item in items(value) if isinstance(item, list)]


def _url(request: dict[str, Any], headers: Headers) -> str:
    """Return the URL that the client requested. A transparent proxy knows only an address, so the header is preferred."""
    scheme, host, path, authority = (as_text(request.get(name)) for name in ("scheme", "host", "path", "authority"))
    host = headers.get("host") or authority or f"{host}:{request.get('port') or ''}"
    if not scheme:
        return host
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS.get(scheme, '')).removesuffix(':')}{path}"


def _messages(socket: dict[str, Any], start: float | None) -> list[SocketMessage]:
    """Return the messages that were passed on. Each is a list of type, side, content, time, dropped, injected."""
    messages = [message for message in _lists(socket.get("messages")) if len(message) >= 4 and not _is_dropped(message)]
    return [
        SocketMessage(bool(is_sent), _content(content), kind == BINARY, _since(start, second))
        for kind, is_sent, content, second in (message[:4] for message in messages)
    ]


def _is_dropped(message: list[Any]) -> bool:
    return message[4:5] == [True]


def _connection(socket: dict[str, Any], bodies: SocketBodies, closed_at_s: float | None) -> SocketConnection:
    by_client = socket.get("closed_by_client")
    return SocketConnection(
        bodies.frames,
        since_open=True,
        close_code=close_code(socket.get("close_code")),
        closed_by_client=by_client if isinstance(by_client, bool) else None,
        closed_at_s=closed_at_s,
    )


def _times(
    request: dict[str, Any], response: dict[str, Any], socket: dict[str, Any], bodies: SocketBodies
) -> RecordedTimes:
    """Return the times of a flow. The response of a WebSocket ends with the connection."""
    start = _seconds(request.get("timestamp_start"))
    end = _seconds((socket or response).get("timestamp_end"))
    received = [frame.at_s for frame in bodies.frames if not frame.is_sent]
    return RecordedTimes(
        headers_s=_since(start, response.get("timestamp_start")),
        whole_s=_since(start, end),
        arrivals=fields.arrivals_at(received, fields.MICROSECOND_S),
        started=None if start is None else Moment(start, fields.MICROSECOND_S),
        ended=None if end is None else Moment(end, fields.MICROSECOND_S),
    )


def _seconds(value: Any) -> float | None:
    seconds = fields.seconds(value)
    return seconds if seconds and seconds > 0 else None


def _since(start: float | None, value: Any) -> float | None:
    second = _seconds(value)
    return None if start is None or second is None or second < start else second - start


def _losses(flow: dict[str, Any], index: int) -> Iterator[Problem]:
    """Yield what did not come through the proxy in a flow, and what was not stored."""
    request, response, socket = (mapping(flow.get(side)) for side in _SIDES)
    if error := mapping(flow.get("error")):
        what = f"The exchange broke off: {fields.quote(error.get('msg') or 'no reason is recorded')}."
        yield Problem(
            "warning" if response else "error", what, "What was received before that is shown.", interaction=index
        )
    elif not response:
        yield fields.no_response(index)
    if not socket and response.get("content", b"") is None:
        what = "The response body was streamed through the proxy, and mitmproxy does not store streamed bodies."
        advice = "Record without streaming, or with the option store_streamed_bodies of mitmproxy 12."
        yield Problem("warning", what, advice, interaction=index)
    if request.get("content", b"") is None and as_text(request.get("method")) in ("POST", "PUT", "PATCH"):
        what = "The request body was streamed through the proxy, and mitmproxy does not store streamed bodies."
        yield Problem("note", what, "Only the headers of the request are shown.", interaction=index)
    if dropped := sum(map(_is_dropped, _lists(socket.get("messages")))):
        what = f"WebSocket messages that the proxy dropped, so they were not delivered: {dropped:,}."
        yield Problem("note", what, "They are left out.", interaction=index)
