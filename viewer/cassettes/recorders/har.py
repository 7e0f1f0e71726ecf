"""HTTP Archive 1.2, as exported by browsers, Playwright and mitmproxy: http://www.softwareishard.com/blog/har-12-spec/.

Chrome adds `_eventSourceMessages` and `_webSocketMessages`, which hold each received message with its time. Playwright can put
bodies in files next to the archive.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeGuard
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import BINARY, SocketMessage, is_message, logged_content, socket_bodies
from viewer.cassettes.wire_form import JSON_LINES, event_stream
from viewer.text.json import as_text, is_number, is_utf_8, items, mapping
from viewer.text.mojibake import restore_utf_8
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import (
    Arrivals,
    Headers,
    Interaction,
    Moment,
    RecordedTimes,
    Request,
    Response,
    SocketConnection,
)
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "har",
        "HTTP archive",
        "http://www.softwareishard.com/blog/har-12-spec/",
        "exports of browsers, of DevTools with EventSource and WebSocket messages, of Playwright (also zipped) and of mitmproxy; single entries",
        "start, time to the headers, length of the response; with DevTools: each message",
    ),
)

BodyReader = Callable[[dict[str, Any], Headers], bytes]
"""Returns the bytes of a `postData` or `content` object, given the headers of its message."""

_ENTRY_NAMES = (b"request", b"response", b"content")
# In milliseconds or bytes: more than any recording has.
_MAX_NUMBER = 1e15
# The phases before the response headers arrive. `ssl` is part of `connect`.
_UNTIL_HEADERS = ("blocked", "dns", "connect", "send", "wait")
# A shorter wait is that of any connection, and no one would notice it.
_LONG_QUEUE_MS = 100
_STREAM_TYPES = frozenset({"text/event-stream", JSON_LINES})


def recognise(document: Document) -> int:
    """Look for a log whose entries have requests, or for entries taken out of one.

    The modules of recorders with their own kind of HAR are more sure.
    """
    data = document.data
    if not (b"log" in document.head and b"entries" in data) and not all(name in data for name in _ENTRY_NAMES):
        return 0
    entries = log(document).get("entries")
    if not isinstance(entries, list):
        return 0
    return 85 if not entries or any("request" in mapping(entry) for entry in entries) else 0


def read(document: Document) -> Recording:
    """Return the entries as interactions, in the order of the file."""

    def read_body(holder: dict[str, Any], headers: Headers) -> bytes:
        content = document.beside(holder["_file"]) if isinstance(holder.get("_file"), str) else None
        if content is None:
            return _read_body(holder, headers)
        restored = restore_utf_8(content.decode()) if _may_be_misread(holder, headers) and is_utf_8(content) else None
        return content if restored is None or restored.data is None else restored.data

    recording = read_as(document, "har", as_text(log(document).get("version") or ""), read_body)
    notes = [
        note
        for index, entry in enumerate(fields.mappings(log(document)["entries"]))
        for note in _encoding_notes(entry, recording.interactions[index].response, index)
    ]
    return replace(recording, problems=(*recording.problems, *notes))


def log(document: Document) -> dict[str, Any]:
    """Return the log of an archive, or an empty one if the file is not an archive.

    Entries that were taken out of a log, such as one with `jq '.log.entries[3]'`, are a log without a name and version.
    """
    tree = document.tree
    if isinstance(tree, dict) and "log" in tree:
        return mapping(tree["log"])
    entries = tree.get("entries", [tree]) if isinstance(tree, dict) else tree
    is_archive = isinstance(entries, list) and any(map(_is_entry, entries))
    return {**mapping(tree), "entries": entries} if is_archive else {}


def _is_entry(value: Any) -> bool:
    """Tell whether a value is an entry without its archive. Only HAR keeps the body of a response in `content`."""
    request, response = mapping(mapping(value).get("request")), mapping(mapping(value).get("response"))
    return "url" in request and "status" in response and isinstance(response.get("content"), dict)


def read_as(document: Document, name: str, version: str, read_body: BodyReader) -> Recording:
    """Read a file of any recorder that writes HAR, given how it stores bodies."""
    entries = log(document)["entries"]
    if not entries:
        raise CassetteError(document.name, f"the {name} recording has no entries.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = []
    for index, item in enumerate(entries):
        entry = mapping(item)
        interactions.append(_interaction(entry, read_body))
        response = interactions[-1].response
        problems += _losses(entry, response, index)
        if (queued_s := _queued_s(entry)) and response.content_type in _STREAM_TYPES:
            what = f"The browser held the request back for {queued_s:.2f} s before it sent it."
            problems.append(Problem("note", what, "All times count from the sending.", interaction=index))
    return Recording(name, interactions, version, tuple(problems), from_tree=True)


def _interaction(entry: dict[str, Any], read_body: BodyReader) -> Interaction:
    request, response = mapping(entry.get("request")), mapping(entry.get("response"))
    times = _times(entry)
    sent, received, frames = socket_bodies(_socket_messages(entry, times.started))
    return Interaction(
        _request(request, sent, read_body),
        _response(response, received, entry, read_body),
        times,
        (SocketConnection(frames, since_open=times.started is not None),) if frames else (),
    )


def _request(request: dict[str, Any], sent: bytes, read_body: BodyReader) -> Request:
    headers = fields.headers(request.get("headers"))
    posted = mapping(request.get("postData"))
    body = read_body(posted, headers)
    if not body and isinstance(posted.get("params"), list):
        pairs = [
            (as_text(param.get("name")), as_text(param.get("value", ""))) for param in map(mapping, posted["params"])
        ]
        body = fields.body(urlencode(pairs))
    return Request(
        method=as_text(request.get("method") or ""),
        url=as_text(request.get("url") or ""),
        headers=headers,
        body=body or sent,
    )


def _response(response: dict[str, Any], received: bytes, entry: dict[str, Any], read_body: BodyReader) -> Response:
    content = mapping(response.get("content"))
    headers = fields.headers(response.get("headers"))
    body = read_body(content, headers) or _event_stream(_messages(entry, "_eventSourceMessages"))
    media_type = as_text(content.get("mimeType") or "")
    if not body and received:
        body, media_type = received, JSON_LINES
    return Response(
        # A browser writes 0 if there was no response.
        status=fields.status(response.get("status")) or None,
        reason=as_text(response.get("statusText") or ""),
        headers=fields.with_content_type(headers, media_type),
        body=body,
    )


def _losses(entry: dict[str, Any], response: Response, index: int) -> Iterator[Problem]:
    """Yield what the archive does not hold of a response."""
    written = mapping(entry.get("response"))
    content = mapping(written.get("content"))
    if not written:
        yield fields.no_response(index)
    if failure := written.get("_failureText") or written.get("_error"):
        what = f"The request failed or was aborted: {fields.quote(failure)}."
        yield Problem("warning", what, "What was received before that is shown.", interaction=index)
    if content.get("text"):
        return
    if _messages(entry, "_eventSourceMessages"):
        what = "The body was not exported. It is rebuilt from the messages that the browser stored with it."
        yield Problem("note", what, "Comments and the exact bytes are lost.", interaction=index)
    elif content.get("_file") and not response.body:
        what = f"The body is in a file of its own, which is missing: {fields.quote(content['_file'])}."
        advice = "Open the archive from its folder, or as the zip file that it was exported to."
        yield Problem("warning", what, advice, interaction=index)
    elif not response.body and (_is_positive(content.get("size")) or response.content_type == "text/event-stream"):
        yield Problem("warning", "The body was not exported.", "Export the archive with content.", interaction=index)


def _read_body(holder: dict[str, Any], headers: Headers) -> bytes:
    """Return a body, which is base64 or text. UTF-8 without a charset that was read in another encoding is restored."""
    text = holder.get("text")
    if as_text(holder.get("encoding")).lower() == "base64":
        return fields.base64_body(text or "")
    restored = restore_utf_8(text).data if isinstance(text, str) and _may_be_misread(holder, headers) else None
    return fields.body(text) if restored is None else restored


def _may_be_misread(holder: dict[str, Any], headers: Headers) -> bool:
    """Tell whether a browser had to guess the encoding of a body."""
    media_types = (headers.get("content-type", ""), as_text(holder.get("mimeType")))
    return not any("charset" in media_type.lower() for media_type in media_types)


def _encoding_notes(entry: dict[str, Any], response: Response, index: int) -> Iterator[Problem]:
    """Yield what was done about a body that was read in the wrong encoding."""
    content = mapping(mapping(entry.get("response")).get("content"))
    text = content.get("text")
    if not isinstance(text, str) or text.isascii() or not _may_be_misread(content, response.headers):
        return
    restored = restore_utf_8(text)
    if restored.data is not None and restored.data == response.body:
        what = "The body has no charset, and its UTF-8 was exported as if it were windows-1252 or Latin-1."
        lost = f" {counted(restored.lost, 'character')} could not be restored." if restored.lost else ""
        yield Problem("note", what, f"It is read as UTF-8 again, as an SDK reads it.{lost}", interaction=index)
    elif restored.is_doubtful and response.content_type == "text/event-stream":
        what = "The body has no charset, and parts of it look as if its UTF-8 had been read as windows-1252."
        yield Problem("note", what, "It is shown as exported, since not all of it can be restored.", interaction=index)


def _messages(entry: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [message for message in items(entry.get(name)) if isinstance(message, dict)]


def _event_stream(messages: list[dict[str, Any]]) -> bytes:
    """Return the messages of an EventSource as an event stream."""
    return event_stream((message.get("eventName"), message.get("eventId"), message.get("data")) for message in messages)


def _socket_messages(entry: dict[str, Any], started: Moment | None) -> list[SocketMessage]:
    """Return the messages of a WebSocket, with seconds since the entry started if that is known."""
    messages = [one for one in _logged_messages(entry) if one.get("type") in ("send", "receive")]
    starts_s = 0.0 if started is None else started.epoch_s
    seconds = [fields.seconds(message.get("time")) for message in messages]
    return [
        SocketMessage(
            message["type"] == "send",
            logged_content(message.get("opcode"), message.get("data")),
            message.get("opcode") == BINARY,
            None if second is None else second - starts_s,
        )
        for message, second in zip(messages, seconds, strict=True)
    ]


def _logged_messages(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in _messages(entry, "_webSocketMessages") if is_message(one.get("opcode"))]


def _times(entry: dict[str, Any]) -> RecordedTimes:
    started = fields.moment(entry.get("startedDateTime"), fields.MILLISECOND_S)
    queued_s = _queued_s(entry)
    if started is not None:
        started = replace(started, epoch_s=started.epoch_s + queued_s)
    headers_s, whole_s = _headers_s(mapping(entry.get("timings"))), _whole_s(entry)
    return RecordedTimes(
        headers_s=None if headers_s is None else headers_s - queued_s,
        whole_s=None if whole_s is None or whole_s <= queued_s else whole_s - queued_s,
        arrivals=_arrivals(entry, started),
        started=started,
    )


def _arrivals(entry: dict[str, Any], started: Moment | None) -> Arrivals | None:
    """Return when each message arrived. Chrome writes epoch seconds for messages, and whole milliseconds for the start."""
    received = [message for message in _logged_messages(entry) if message.get("type") == "receive"]
    messages = _messages(entry, "_eventSourceMessages") or received
    arrivals = fields.arrivals([message.get("time") for message in messages], 1.0)
    if arrivals is None or started is None:
        return None
    since_start = tuple(second - started.epoch_s for second in arrivals.s)
    # The messages of a WebSocket do not answer the request that opened it.
    is_answer = bool(_messages(entry, "_eventSourceMessages"))
    return Arrivals(since_start, since_request=is_answer, resolution_s=fields.MILLISECOND_S)


def _queued_s(entry: dict[str, Any]) -> float:
    """Return how long a request waited in the browser before it was sent: 0 unless it is long enough to matter.

    Chrome starts an entry when a page asks for it, and sends few requests to one host at a time.
    """
    blocked = mapping(entry.get("timings")).get("blocked")
    return blocked / 1e3 if _is_positive(blocked) and blocked >= _LONG_QUEUE_MS else 0.0


def _whole_s(entry: dict[str, Any]) -> float | None:
    """Return the length of the response. Some exports have the total 0 and the time of a phase that is not."""
    whole = entry.get("time")
    if is_number(whole) and whole == 0:
        timings = mapping(entry.get("timings"))
        whole = sum(timings[name] for name in (*_UNTIL_HEADERS, "receive") if _is_positive(timings.get(name)))
    return whole / 1e3 if _is_positive(whole) else None


def _headers_s(timings: dict[str, Any]) -> float | None:
    """Return the time to the response headers. Return None if `receive` is not positive, as for a response read as a whole."""
    if not _is_positive(timings.get("wait")) or not _is_positive(timings.get("receive")):
        return None
    return float(sum(timings[name] for name in _UNTIL_HEADERS if _is_positive(timings.get(name)))) / 1e3


def _is_positive(value: Any) -> TypeGuard[int | float]:
    """Tell whether a value is a number above zero. Archives write -1 for what does not apply."""
    return is_number(value) and 0 < value < _MAX_NUMBER
