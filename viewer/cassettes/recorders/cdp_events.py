"""Logged Network events of the Chrome DevTools Protocol: https://chromedevtools.github.io/devtools-protocol/tot/Network/.

A log has one event per line, as users of Puppeteer and Playwright write it, or an array of events. ChromeDriver's performance
log wraps each event. For an EventSource or a WebSocket, the events hold the messages. For a body that `fetch` reads, they hold
only lengths, unless the log has the result of `getResponseBody`, or `streamResourceContent` was called. All times are from one
monotonic clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from typing import Any, NamedTuple

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import (
    BINARY,
    SocketBodies,
    SocketMessage,
    is_message,
    logged_content,
    socket_bodies,
)
from viewer.cassettes.syntax.json_lines import read_json_lines
from viewer.cassettes.wire_form import JSON_LINES, event_stream
from viewer.text.json import as_text, items, mapping, parse
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "cdp-events",
        "Chrome DevTools Protocol",
        "https://chromedevtools.github.io/devtools-protocol/tot/Network/",
        "Network events in JSON lines or an array, and ChromeDriver's performance log",
        "start, headers, end, and each message of an EventSource or a WebSocket, to the microsecond",
    ),
)

_DOMAIN = "Network."
_SENT, _RECEIVED = "webSocketFrameSent", "webSocketFrameReceived"
_BEGINS = frozenset({"requestWillBeSent", "webSocketCreated"})
# Such events repeat the headers in full, and may come before the event that they belong to.
_EXTRA_INFO = "ExtraInfo"
# A log may begin with many events of other domains.
_MESSAGES_TO_RECOGNISE = 200
# ChromeDriver wraps a message twice, and a logger may wrap it again.
_MAX_WRAPPERS = 4

_REBUILT = Problem(
    "note",
    "The body was not logged. It is rebuilt from the messages of the EventSource.",
    "Comments and the exact bytes are lost.",
)
_LOG_BODIES = "Log what Network.getResponseBody returns, or call Network.streamResourceContent when a response begins."


def recognise(document: Document) -> int:
    """Look for an event of the Network domain among the first messages."""
    if b"Network." not in document.head or b"requestId" not in document.head:
        return 0
    return 90 if any(_events(islice(_messages(document, []), _MESSAGES_TO_RECOGNISE))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each request and each redirect, in the order in which they were sent."""
    problems: list[Problem] = []
    interactions = []
    for index, exchange in enumerate(_exchanges(_messages(document, problems))):
        socket = exchange.socket_bodies()
        body = _body(exchange, socket)
        interactions.append(_interaction(exchange, socket, body))
        problems += [problem.at(interaction=index) for problem in _losses(exchange, body)]
    if not interactions:
        raise CassetteError(
            document.name, "the log of DevTools events has no request.", "Call Network.enable before the page loads."
        )
    return Recording("cdp-events", interactions, problems=tuple(problems), from_tree=_is_array(document))


def _is_array(document: Document) -> bool:
    return document.head.lstrip().startswith(b"[")


def _messages(document: Document, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the messages of a log, each without what a logger wrapped around it."""
    if _is_array(document):
        yield from map(_unwrapped, items(document.tree))
        return
    not_json: list[int] = []
    for line in read_json_lines(document.data):
        if line.error:
            not_json.append(line.offset)
        else:
            yield _unwrapped(line.value)
    if not_json:
        what = f"Lines of the log that are not JSON: {len(not_json):,}."
        advice = "They are skipped. The log may be cut off."
        problems.append(Problem("warning", what, advice, offset=not_json[0]))


def _unwrapped(value: Any) -> dict[str, Any]:
    """Return the message inside its wrappers, which may be JSON text. Return an empty message if there is none."""
    for _ in range(_MAX_WRAPPERS):
        if isinstance(value, str):
            try:
                value = parse(fields.body(value))
            except ValueError:
                break
        message = mapping(value)
        if "method" in message or "message" not in message:
            return message
        value = message["message"]
    return {}


def _events(messages: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and parameters of each event of a request. The result of `getResponseBody` is yielded as an event."""
    commands: dict[str, Any] = {}
    for message in messages:
        method, params = as_text(message.get("method")), mapping(message.get("params"))
        name = method.removeprefix(_DOMAIN) if method.startswith(_DOMAIN) else ""
        result = mapping(message.get("result"))
        if name == "getResponseBody":
            # The result may be a message of its own, which has only the command's number.
            commands[as_text(message.get("id"))] = params.get("requestId")
            result = result or params
        request_id = params.get("requestId") or commands.get(as_text(message.get("id")))
        if "body" in result and request_id:
            yield "getResponseBody", {**result, "requestId": request_id}
        elif name and request_id and name != "getResponseBody" and not name.endswith(_EXTRA_INFO):
            yield name, params


@dataclass(slots=True)
class _Exchange:
    """The events of one request, up to its redirect if it has one."""

    begin: dict[str, Any]
    """The parameters of `requestWillBeSent` or `webSocketCreated`; empty if the log begins later."""
    events: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    frames: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """The events of WebSocket frames that carry messages, in order, each with its name."""

    def first(self, *names: str) -> dict[str, Any]:
        """Return the first event with any of these names, or an empty one."""
        return next((self.events[name][0] for name in names if self.events[name]), {})

    @property
    def sent(self) -> dict[str, Any]:
        """The event that was logged when the request was sent."""
        return self.begin if "request" in self.begin else self.first("webSocketWillSendHandshakeRequest")

    @property
    def answered(self) -> dict[str, Any]:
        """The event that was logged when the response headers arrived."""
        return self.first("responseReceived", "webSocketHandshakeResponseReceived")

    def received(self) -> list[dict[str, Any]]:
        """Return the events of the received messages of a WebSocket."""
        return [event for name, event in self.frames if name == _RECEIVED]

    def socket_bodies(self) -> SocketBodies:
        """Return the messages of a WebSocket, with seconds since the request if the log has it."""
        start = fields.seconds(self.sent.get("timestamp")) or 0.0
        messages = []
        for name, event in self.frames:
            frame, second = mapping(event.get("response")), fields.seconds(event.get("timestamp"))
            content = logged_content(frame.get("opcode"), frame.get("payloadData"))
            at_s = None if second is None else second - start
            messages.append(SocketMessage(name == _SENT, content, frame.get("opcode") == BINARY, at_s))
        return socket_bodies(messages)

    def since_sent(self, event: dict[str, Any]) -> float | None:
        """Return the seconds from the request to an event. Return None if the log does not have both times."""
        start, end = fields.seconds(self.sent.get("timestamp")), fields.seconds(event.get("timestamp"))
        return None if start is None or end is None or end < start else end - start

    def arrivals(self, events: list[dict[str, Any]]) -> Arrivals | None:
        """Return when events arrived, since the request if the log has it. Return None if any event has no time."""
        start = fields.seconds(self.sent.get("timestamp"))
        on_clock = fields.arrivals([event.get("timestamp") for event in events], 1.0)
        if on_clock is None:
            return None
        seconds = tuple(second - (start or 0.0) for second in on_clock.s)
        return Arrivals(seconds, since_request=start is not None, resolution_s=fields.MICROSECOND_S)


def _exchanges(messages: Iterable[dict[str, Any]]) -> list[_Exchange]:
    """Return the exchanges of a log. A redirected request keeps its id, so each redirect begins a new exchange."""
    exchanges: list[_Exchange] = []
    current: dict[str, _Exchange] = {}
    for name, params in _events(messages):
        request_id = as_text(params["requestId"])
        if name in _BEGINS:
            if request_id in current and "redirectResponse" in params:
                current[request_id].events["responseReceived"] = [{"response": params["redirectResponse"]}]
            current[request_id] = _Exchange(params)
            exchanges.append(current[request_id])
            continue
        if request_id not in current:
            current[request_id] = _Exchange({})
            exchanges.append(current[request_id])
        current[request_id].events[name].append(params)
        if name in (_SENT, _RECEIVED) and is_message(mapping(params.get("response")).get("opcode")):
            current[request_id].frames.append((name, params))
    return exchanges


class _Body(NamedTuple):
    """A response body, when its parts arrived, and what is missing from it."""

    data: bytes = b""
    arrivals: Arrivals | None = None
    loss: Problem | None = None


def _body(exchange: _Exchange, socket: SocketBodies) -> _Body:
    """Return a response body as exactly as the log allows."""
    messages = exchange.events["eventSourceMessageReceived"]
    if result := exchange.first("getResponseBody"):
        is_base64 = result.get("base64Encoded") is True
        data = fields.base64_body(result["body"]) if is_base64 else fields.body(result["body"])
        return _Body(data, exchange.arrivals(messages))
    lengths = exchange.events["dataReceived"]
    pieces = [piece for piece in lengths if isinstance(piece.get("data"), str)]
    missing = len(lengths) - len(pieces)
    if messages and (missing or not pieces):
        body = event_stream((one.get("eventName"), one.get("eventId"), one.get("data")) for one in messages)
        return _Body(body, exchange.arrivals(messages), _REBUILT)
    if pieces:
        parts = [fields.base64_body(piece["data"]) for piece in pieces]
        arrivals = exchange.arrivals(pieces)
        what = f"Only the length was logged for {missing:,} of the {len(lengths):,} pieces of the body."
        loss = Problem("warning", what, "The body shown has gaps.") if missing else None
        return _Body(b"".join(parts), arrivals and replace(arrivals, ends=tuple(accumulate(map(len, parts)))), loss)
    if lengths:
        what = f"The body was not logged, only the lengths of its pieces ({missing:,})."
        return _Body(loss=Problem("warning", what, _LOG_BODIES))
    arrivals = exchange.arrivals(exchange.received())
    # The messages of a WebSocket do not answer the request that opened it.
    return _Body(socket.received, arrivals and replace(arrivals, since_request=False))


def _interaction(exchange: _Exchange, socket: SocketBodies, body: _Body) -> Interaction:
    request = mapping(exchange.sent.get("request"))
    response = mapping(exchange.answered.get("response"))
    media_type = JSON_LINES if exchange.received() else as_text(response.get("mimeType"))
    headers = fields.with_content_type(fields.headers(response.get("headers")), media_type)
    started = fields.seconds(exchange.sent.get("wallTime"))
    return Interaction(
        Request(
            method=as_text(request.get("method")) or ("GET" if "url" in exchange.begin else ""),
            url=as_text(request.get("url") or exchange.begin.get("url") or response.get("url")),
            headers=fields.headers(request.get("headers")),
            body=_request_body(request) or socket.sent,
        ),
        Response(
            status=fields.status(response.get("status")),
            reason=as_text(response.get("statusText")),
            headers=headers,
            body=body.data,
        ),
        RecordedTimes(
            headers_s=exchange.since_sent(exchange.answered),
            whole_s=exchange.since_sent(exchange.first("loadingFinished", "webSocketClosed")),
            arrivals=body.arrivals,
            started=None if started is None else Moment(started, fields.MICROSECOND_S),
        ),
        (_connection(exchange, socket),) if socket.frames else (),
    )


def _connection(exchange: _Exchange, socket: SocketBodies) -> SocketConnection:
    """Return what is known of a WebSocket besides its messages. The protocol tells when it was closed, but not why."""
    since_open = fields.seconds(exchange.sent.get("timestamp")) is not None
    closed_at_s = exchange.since_sent(exchange.first("webSocketClosed"))
    return SocketConnection(socket.frames, since_open=since_open, closed_at_s=closed_at_s)


def _losses(exchange: _Exchange, body: _Body) -> Iterator[Problem]:
    """Yield what went wrong in an exchange, and what is not in the log."""
    failure = exchange.first("loadingFailed").get(
        "errorText", exchange.first("webSocketFrameError").get("errorMessage")
    )
    if failure is not None:
        what = f"The request failed or was aborted: {fields.quote(failure)}."
        yield Problem("warning", what, "What was received before that is shown.")
    elif not exchange.answered and not body.data:
        yield fields.no_response(0)
    if body.loss:
        yield body.loss
    request = mapping(exchange.sent.get("request"))
    if request.get("hasPostData") is True and not _request_body(request):
        yield Problem(
            "note",
            "The body of the request was not logged.",
            "DevTools omits long bodies. Ask for it with Network.getRequestPostData.",
        )


def _request_body(request: dict[str, Any]) -> bytes:
    """Return the body of a request, which is text or base64 pieces."""
    pieces = [entry.get("bytes") for entry in fields.mappings(request.get("postDataEntries"))]
    return fields.body(request.get("postData")) or b"".join(map(fields.base64_body, pieces))
