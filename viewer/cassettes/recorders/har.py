"""HTTP Archive 1.2, http://www.softwareishard.com/blog/har-12-spec/, as browsers, Playwright and mitmproxy export it.

Chrome adds what it received message by message: `_eventSourceMessages` and `_webSocketMessages`, each with its time.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON_LINES, event_stream, is_message, json_lines, socket_message
from viewer.text.json import as_text, is_number, is_utf_8, items, mapping
from viewer.types.formats import About
from viewer.types.http import Arrivals, Headers, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "har",
        "HTTP archive",
        "http://www.softwareishard.com/blog/har-12-spec/",
        "of browsers, DevTools with its event and WebSocket messages, Playwright (also zipped) and mitmproxy",
        "time to the headers, length of the response, start; DevTools: each message",
    ),
)

BodyReader = Callable[[dict[str, Any], Headers], bytes]
"""Return the bytes of a `postData` or a `content`, given the headers it came with."""

_MILLISECOND = 1e-3
# Milliseconds or bytes; no recording has so many.
_MAX_NUMBER = 1e15
# What passes before the response headers are in; `ssl` is part of `connect`.
_UNTIL_HEADERS = ("blocked", "dns", "connect", "send", "wait")


def recognise(document: Document) -> int:
    """Look for a log whose entries have requests; recorders that write HAR in their own way are surer."""
    if b"log" not in document.head or b"entries" not in document.data:
        return 0
    entries = log(document).get("entries")
    if not isinstance(entries, list):
        return 0
    return 85 if not entries or any("request" in mapping(entry) for entry in entries) else 0


def read(document: Document) -> Recording:
    """Return the entries as interactions, in the order of the file."""

    def stored(holder: dict[str, Any], headers: Headers) -> bytes:
        beside = document.beside(holder["_file"]) if isinstance(holder.get("_file"), str) else None
        return _stored(holder, headers) if beside is None else beside

    return recording(document, "har", as_text(log(document).get("version") or ""), stored)


def log(document: Document) -> dict[str, Any]:
    """Return the log of an archive; an empty one where the file is none."""
    return mapping(mapping(document.tree).get("log"))


def recording(document: Document, name: str, version: str, stored: BodyReader) -> Recording:
    """Read the entries of any recorder that writes HAR, given how it stores bodies."""
    entries = log(document)["entries"]
    if not entries:
        raise CassetteError(document.name, f"a {name} recording without entries.", "Was anything recorded?")
    problems: list[Problem] = []
    interactions = []
    for index, item in enumerate(entries):
        entry = mapping(item)
        interactions.append(_interaction(entry, stored))
        problems += _losses(entry, interactions[-1].response, index)
    return Recording(name, interactions, version, tuple(problems), from_tree=True)


def _interaction(entry: dict[str, Any], stored: BodyReader) -> Interaction:
    request, response = mapping(entry.get("request")), mapping(entry.get("response"))
    return Interaction(
        _request(request, entry, stored),
        _response(response, entry, stored),
        _times(entry),
    )


def _request(request: dict[str, Any], entry: dict[str, Any], stored: BodyReader) -> Request:
    headers = fields.headers(request.get("headers"))
    posted = mapping(request.get("postData"))
    body = stored(posted, headers)
    if not body and isinstance(posted.get("params"), list):
        pairs = [
            (as_text(param.get("name")), as_text(param.get("value", ""))) for param in map(mapping, posted["params"])
        ]
        body = fields.body(urlencode(pairs))
    return Request(
        method=as_text(request.get("method") or ""),
        url=as_text(request.get("url") or ""),
        headers=headers,
        body=body or json_lines(map(_payload, _socket_messages(entry, "send"))),
    )


def _response(response: dict[str, Any], entry: dict[str, Any], stored: BodyReader) -> Response:
    content = mapping(response.get("content"))
    headers = fields.headers(response.get("headers"))
    body = stored(content, headers) or _event_stream(_messages(entry, "_eventSourceMessages"))
    media_type = as_text(content.get("mimeType") or "")
    if not body and (received := _socket_messages(entry, "receive")):
        body, media_type = json_lines(map(_payload, received)), JSON_LINES
    return Response(
        # A browser writes 0 where no response came.
        status=fields.status(response.get("status")) or None,
        reason=as_text(response.get("statusText") or ""),
        headers=fields.with_content_type(headers, media_type),
        body=body,
    )


def _losses(entry: dict[str, Any], response: Response, index: int) -> Iterator[Problem]:
    """Say what of a response the archive does not hold."""
    written = mapping(entry.get("response"))
    content = mapping(written.get("content"))
    if not written:
        yield fields.no_response(index)
    if failure := written.get("_failureText") or written.get("_error"):
        what = f"The request failed or was aborted: {fields.quote(failure)}."
        yield Problem("warning", what, "What came before is shown.", interaction=index)
    if content.get("text"):
        return
    if _messages(entry, "_eventSourceMessages"):
        what = "The body was not kept; it is put together from the messages that the browser kept beside it."
        yield Problem("note", what, "Comments and the exact bytes are lost.", interaction=index)
    elif content.get("_file") and not response.body:
        what = f"The body stands in a file of its own, which is not there: {fields.quote(content['_file'])}."
        yield Problem(
            "warning", what, "Open the archive from its folder, or as the zip file it was.", interaction=index
        )
    elif not response.body and (_is_size(content.get("size")) or response.content_type == "text/event-stream"):
        yield Problem("warning", "The body was not kept.", "Export the archive with content.", interaction=index)


def _stored(holder: dict[str, Any], headers: Headers) -> bytes:
    """Return a body: base64, or text, of which some recorders read the UTF-8 as Latin-1 where no charset is named."""
    text = holder.get("text")
    if as_text(holder.get("encoding")).lower() == "base64":
        return fields.base64_body(text or "")
    if isinstance(text, str) and not text.isascii() and "charset" not in headers.get("content-type", "").lower():
        try:
            latin_1 = text.encode("latin-1")
        except UnicodeEncodeError:
            return fields.body(text)
        # Text that is not misread is not valid UTF-8 as Latin-1, but for such as is written to show misreading.
        return latin_1 if is_utf_8(latin_1) else fields.body(text)
    return fields.body(text)


def _messages(entry: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [message for message in items(entry.get(name)) if isinstance(message, dict)]


def _event_stream(messages: list[dict[str, Any]]) -> bytes:
    """Return the messages of an event source as they stood on the wire."""
    return event_stream((message.get("eventName"), message.get("eventId"), message.get("data")) for message in messages)


def _socket_messages(entry: dict[str, Any], direction: str) -> list[dict[str, Any]]:
    return [
        message
        for message in _messages(entry, "_webSocketMessages")
        if message.get("type") == direction and is_message(message.get("opcode"))
    ]


def _payload(message: dict[str, Any]) -> bytes | str:
    return socket_message(message.get("opcode"), message.get("data"))


def _times(entry: dict[str, Any]) -> RecordedTimes:
    started = fields.moment(entry.get("startedDateTime"), _MILLISECOND)
    return RecordedTimes(
        headers_s=_headers_s(mapping(entry.get("timings"))),
        whole_s=entry["time"] / 1e3 if _is_size(entry.get("time")) else None,
        arrivals=_arrivals(entry, started),
        started=started,
    )


def _arrivals(entry: dict[str, Any], started: Moment | None) -> Arrivals | None:
    """Return when each message came: Chrome writes its epoch seconds, and the start in whole milliseconds."""
    messages = _messages(entry, "_eventSourceMessages") or _socket_messages(entry, "receive")
    arrivals = fields.arrivals([message.get("time") for message in messages], 1.0)
    if arrivals is None or started is None:
        return None
    since_start = tuple(second - started.epoch_s for second in arrivals.s)
    # What a WebSocket brings is no answer to the request that opened it.
    is_answer = bool(_messages(entry, "_eventSourceMessages"))
    return Arrivals(since_start, since_request=is_answer, resolution_s=_MILLISECOND)


def _headers_s(timings: dict[str, Any]) -> float | None:
    """Return the time to the response headers; None where all is put down to waiting, as of a response read whole."""
    if not _is_size(timings.get("wait")) or not _is_size(timings.get("receive")):
        return None
    return float(sum(timings[name] for name in _UNTIL_HEADERS if _is_size(timings.get(name)))) / 1e3


def _is_size(value: Any) -> bool:
    """Tell whether a value is a number above zero; archives write -1 for what does not apply."""
    return is_number(value) and 0 < value < _MAX_NUMBER
