"""reel-vcr: https://github.com/tathagat22/reel, a proxy that writes one JSON line for each exchange (schema 1).

A stream is a list of parsed events, each with its time in whole milliseconds since the response headers, so the time to the
first token cannot be calculated. `ts` is the end of the response, in whole seconds.
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.cassettes.wire_form import event_stream
from viewer.text.json import as_text, mapping, write
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "reel-vcr",
        "reel-vcr",
        "https://github.com/tathagat22/reel",
        "JSON lines of schema 1",
        "each event since the response headers, to the millisecond; end of the response, to the second",
    ),
)

_RAW = "__reel_raw_base64__"


def recognise(document: Document) -> int:
    """Look for an exchange whose request has a fingerprint."""
    if b'"fingerprint"' not in document.head:
        return 0
    return 95 if next(_exchanges(document.data, []), None) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each line."""
    problems: list[Problem] = []
    exchanges = list(_exchanges(document.data, problems))
    version = as_text(exchanges[0].get("schema_version", ""))
    interactions = [_interaction(exchange, index, problems) for index, exchange in enumerate(exchanges)]
    return Recording("reel-vcr", interactions, version, tuple(problems))


def _exchanges(data: bytes, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the exchanges. Other lines are skipped, such as a first line about the file."""
    for line in read_json_lines(data):
        if line.error:
            problems.append(skipped_line(line))
        exchange = mapping(line.value)
        if "fingerprint" in mapping(exchange.get("request")):
            yield exchange


def _interaction(exchange: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(exchange.get("request")), mapping(exchange.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    events = fields.mappings(response.get("stream_chunks"))
    body = event_stream((event.get("event"), "", _data(event.get("data"))) for event in events)
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("path") or ""),
            body=_body(request.get("body")),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=body or _body(response.get("body")),
        ),
        RecordedTimes(
            arrivals=fields.arrivals([event.get("t_offset_ms") for event in events], fields.MILLISECOND_S),
            ended=fields.moment(exchange.get("ts"), 1.0),
        ),
    )


def _data(value: Any) -> str:
    """Return the data of an event, which is stored parsed if it is JSON."""
    return value if isinstance(value, str) else write(value)


def _body(value: Any) -> bytes:
    if _RAW in mapping(value):
        return fields.base64_body(value[_RAW])
    return fields.body(value)
