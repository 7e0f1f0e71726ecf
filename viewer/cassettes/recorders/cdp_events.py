"""Chrome DevTools Protocol: https://chromedevtools.github.io/devtools-protocol/tot/Network/, its Network events as logged.

One event a line, as users of Puppeteer and Playwright log them, or an array of them; ChromeDriver's performance log wraps
each. Of a body there are the messages of an EventSource or a WebSocket. Of what `fetch` reads there are lengths alone,
unless the log holds what `getResponseBody` returned, or `streamResourceContent` was called. One steady clock times all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from typing import Any, NamedTuple

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines
from viewer.cassettes.wire_form import JSON_LINES, event_stream, is_message, json_lines, socket_message
from viewer.text.json import as_text, is_number, items, mapping, parse
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response
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
_BEGINS = frozenset({"requestWillBeSent", "webSocketCreated"})
# Such events repeat headers in full, and may come before the event that they add to.
_BESIDE = "ExtraInfo"
_LOOKED_AT = 200
_MAX_WRAPPERS = 4
_MICROSECOND = 1e-6
# More seconds than any time has.
_MAX_TIME_S = 1e12

_REBUILT = Problem(
    "note",
    "The body was not logged; it is put together from the messages of the event source.",
    "Comments and the exact bytes are lost.",
)
_LOG_BODIES = "Log what Network.getResponseBody returns, or call Network.streamResourceContent when a response begins."


def recognise(document: Document) -> int:
    """Look for an event of the Network domain among the first lines."""
    if b"Network." not in document.head or b"requestId" not in document.head:
        return 0
    return 90 if any(_events(islice(_messages(document, []), _LOOKED_AT))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each request, and for each redirection of one, in the order they were sent."""
    problems: list[Problem] = []
    interactions = []
    for index, exchange in enumerate(_exchanges(_messages(document, problems))):
        body = _body(exchange)
        interactions.append(_interaction(exchange, body))
        problems += [problem.at(interaction=index) for problem in _losses(exchange, body)]
    if not interactions:
        raise CassetteError(document.name, "a log of DevTools events without a request.", "Was the network enabled?")
    return Recording("cdp-events", interactions, problems=tuple(problems), from_tree=_is_array(document))


def _is_array(document: Document) -> bool:
    return document.head.lstrip().startswith(b"[")


def _messages(document: Document, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the messages of a log, each without what a logger put around it."""
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
    """Return a message from within what wraps it, which may be text; an empty one where there is none."""
    for _ in range(_MAX_WRAPPERS):
        if isinstance(value, str):
            try:
                value = parse(fields.body(value))
            except ValueError:
                break
        held = mapping(value)
        if "method" in held or "message" not in held:
            return held
        value = held["message"]
    return {}


def _events(messages: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and parameters of each event of a request, and a body that was asked for as if it were one."""
    asked: dict[str, Any] = {}
    for message in messages:
        method, params = as_text(message.get("method")), mapping(message.get("params"))
        name = method.removeprefix(_DOMAIN) if method.startswith(_DOMAIN) else ""
        result = mapping(message.get("result"))
        if name == "getResponseBody":
            # The answer to a command may be a message of its own, which names no more than the command's number.
            asked[as_text(message.get("id"))] = params.get("requestId")
            result = result or params
        request_id = params.get("requestId") or asked.get(as_text(message.get("id")))
        if "body" in result and request_id:
            yield "getResponseBody", {**result, "requestId": request_id}
        elif name and request_id and name != "getResponseBody" and not name.endswith(_BESIDE):
            yield name, params


@dataclass(slots=True)
class _Exchange:
    """Gather the events of one request, up to where it is redirected."""

    begin: dict[str, Any]
    """What `requestWillBeSent` or `webSocketCreated` says; nothing where the log begins later."""
    events: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def first(self, *names: str) -> dict[str, Any]:
        """Return the first event of any of these names; an empty one where there is none."""
        return next((self.events[name][0] for name in names if self.events[name]), {})

    @property
    def sent(self) -> dict[str, Any]:
        """The event of when the request was sent."""
        return self.begin if "request" in self.begin else self.first("webSocketWillSendHandshakeRequest")

    @property
    def answered(self) -> dict[str, Any]:
        """The event of when the response headers came."""
        return self.first("responseReceived", "webSocketHandshakeResponseReceived")

    def frames(self, name: str) -> list[dict[str, Any]]:
        """Return the frames of a WebSocket that carry messages in one direction, each with its time."""
        events = self.events[name]
        frames = [{**mapping(event.get("response")), "timestamp": event.get("timestamp")} for event in events]
        return [frame for frame in frames if is_message(frame.get("opcode"))]

    def since_sent(self, event: dict[str, Any]) -> float | None:
        """Return how long after the request an event came; None where the log does not say."""
        start, end = _seconds(self.sent.get("timestamp")), _seconds(event.get("timestamp"))
        return None if start is None or end is None or end < start else end - start

    def arrivals(self, events: list[dict[str, Any]]) -> Arrivals | None:
        """Return when events came, since the request where the log holds it; None where one of them has no time."""
        start = _seconds(self.sent.get("timestamp"))
        came = fields.arrivals([event.get("timestamp") for event in events], 1.0)
        if came is None:
            return None
        seconds = tuple(second - (start or 0.0) for second in came.s)
        return Arrivals(seconds, since_request=start is not None, resolution_s=_MICROSECOND)


def _exchanges(messages: Iterable[dict[str, Any]]) -> list[_Exchange]:
    """Return the exchanges of a log; a redirection goes on under the identity of what it redirects."""
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
    return exchanges


class _Body(NamedTuple):
    """Hold a response body, when its parts came, and what of it is lost."""

    data: bytes = b""
    arrivals: Arrivals | None = None
    loss: Problem | None = None


def _body(exchange: _Exchange) -> _Body:
    """Return a response body as exactly as the log holds it."""
    messages = exchange.events["eventSourceMessageReceived"]
    if answer := exchange.first("getResponseBody"):
        is_base64 = answer.get("base64Encoded") is True
        data = fields.base64_body(answer["body"]) if is_base64 else fields.body(answer["body"])
        return _Body(data, exchange.arrivals(messages))
    lengths = exchange.events["dataReceived"]
    pieces = [piece for piece in lengths if isinstance(piece.get("data"), str)]
    without = len(lengths) - len(pieces)
    if messages and (without or not pieces):
        body = event_stream((one.get("eventName"), one.get("eventId"), one.get("data")) for one in messages)
        return _Body(body, exchange.arrivals(messages), _REBUILT)
    if pieces:
        parts = [fields.base64_body(piece["data"]) for piece in pieces]
        came = exchange.arrivals(pieces)
        what = f"Of the {len(lengths)} pieces of the body {without} came as lengths only."
        loss = Problem("warning", what, "What is shown has gaps.") if without else None
        return _Body(b"".join(parts), came and replace(came, ends=tuple(accumulate(map(len, parts)))), loss)
    if lengths:
        what = f"The events came as lengths only: {without} pieces, no text was logged."
        return _Body(loss=Problem("warning", what, _LOG_BODIES))
    frames = exchange.frames("webSocketFrameReceived")
    came = exchange.arrivals(frames)
    # What a WebSocket brings is no answer to the request that opened it.
    return _Body(json_lines(map(_payload, frames)), came and replace(came, since_request=False))


def _interaction(exchange: _Exchange, body: _Body) -> Interaction:
    request = mapping(exchange.sent.get("request"))
    response = mapping(exchange.answered.get("response"))
    is_socket = bool(exchange.frames("webSocketFrameReceived"))
    media_type = JSON_LINES if is_socket else as_text(response.get("mimeType"))
    headers = fields.with_content_type(fields.headers(response.get("headers")), media_type)
    started = _seconds(exchange.sent.get("wallTime"))
    return Interaction(
        Request(
            method=as_text(request.get("method")) or ("GET" if "url" in exchange.begin else ""),
            url=as_text(request.get("url") or exchange.begin.get("url") or response.get("url")),
            headers=fields.headers(request.get("headers")),
            body=_posted(request) or json_lines(map(_payload, exchange.frames("webSocketFrameSent"))),
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
            started=None if started is None else Moment(started, _MICROSECOND),
        ),
    )


def _losses(exchange: _Exchange, body: _Body) -> Iterator[Problem]:
    """Say what of an exchange went wrong, or is not in the log."""
    failure = exchange.first("loadingFailed").get(
        "errorText", exchange.first("webSocketFrameError").get("errorMessage")
    )
    if failure is not None:
        what = f"The request failed or was aborted: {fields.quote(failure)}."
        yield Problem("warning", what, "What came before is shown.")
    elif not exchange.answered and not body.data:
        yield fields.no_response(0)
    if body.loss:
        yield body.loss
    request = mapping(exchange.sent.get("request"))
    if request.get("hasPostData") is True and not _posted(request):
        yield Problem("note", "The body of the request was not logged.", "It may have been too long for the log.")


def _posted(request: dict[str, Any]) -> bytes:
    """Return the body of a request: text, or pieces in base64."""
    pieces = [entry.get("bytes") for entry in fields.mappings(request.get("postDataEntries"))]
    return fields.body(request.get("postData")) or b"".join(map(fields.base64_body, pieces))


def _payload(frame: dict[str, Any]) -> bytes | str:
    return socket_message(frame.get("opcode"), frame.get("payloadData"))


def _seconds(value: Any) -> float | None:
    return float(value) if is_number(value) and abs(value) < _MAX_TIME_S else None
