"""EasyVCR of C# (https://github.com/EasyPost/easyvcr-csharp) and Java (https://github.com/EasyPost/easyvcr-java).

A cassette is a list of interactions in JSON. The libraries for other languages write the formats of VCR.py, Ruby's VCR and go-vcr.
The duration is the time until the response headers, in milliseconds. C# writes only its part below one second
(`TimeSpan.Milliseconds` in VCRHandler.cs), so there it says nothing of a call that may have taken longer.
`RecordedAt` is when the response had ended: a time in C#, whole seconds of the epoch in Java.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.text.times import parse_epoch, seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "easyvcr",
        "EasyVCR",
        "https://github.com/EasyPost/easyvcr-csharp",
        "JSON of the C# and Java libraries",
        "end of the response; response headers with Java, to the millisecond",
    ),
)


def recognise(document: Document) -> int:
    """Look for a list of interactions with the names that only EasyVCR has."""
    head = document.head.lower()
    if b"recordedat" not in head or b"uri" not in head:
        return 0
    return 90 if any(map(_is_interaction, _interactions(document))) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = []
    for index, item in enumerate(_interactions(document)):
        if not mapping(item.get("response")):
            problems.append(fields.no_response(index))
        interactions.append(_interaction(item))
    return Recording("easyvcr", interactions, problems=tuple(problems), from_tree=True)


def _interactions(document: Document) -> list[dict[str, Any]]:
    return [_lower_keys(item) for item in fields.mappings(items(document.tree))]


def _lower_keys(value: Any) -> dict[str, Any]:
    """Return an object with keys that begin in lower case: C# writes `Uri`, Java writes `uri`."""
    return {name[:1].lower() + name[1:]: one for name, one in mapping(value).items() if isinstance(name, str)}


def _is_interaction(item: dict[str, Any]) -> bool:
    request, response = _lower_keys(item.get("request")), _lower_keys(item.get("response"))
    return "duration" in item and "recordedAt" in item and "uri" in request and bool(response)


def _interaction(item: dict[str, Any]) -> Interaction:
    request, response = _lower_keys(item.get("request")), _lower_keys(item.get("response"))
    status = _lower_keys(response.get("status"))
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("uri") or ""),
            headers=_headers(request, "requestHeaders"),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(status.get("code")),
            reason=as_text(status.get("message") or ""),
            headers=_headers(response, "responseHeaders"),
            body=fields.body(response.get("body") or response.get("errors")),
        ),
        _times(item),
    )


def _headers(message: dict[str, Any], name: str) -> Headers:
    """Return the headers of a message. C# keeps those of the body apart. Java names the status line `null`."""
    recorded = [
        *fields.headers(message.get(name) or message.get("headers")).items(),
        *fields.headers(message.get("contentHeaders")).items(),
    ]
    return Headers((name, value) for name, value in recorded if name not in ("", "null"))


def _times(item: dict[str, Any]) -> RecordedTimes:
    recorded_at = item.get("recordedAt")
    if isinstance(recorded_at, str):
        resolution_s = fields.MICROSECOND_S if "." in recorded_at else 1.0
        return RecordedTimes(ended=fields.moment(recorded_at, resolution_s))
    epoch_s = parse_epoch(recorded_at)
    ended = Moment(epoch_s, 1.0) if epoch_s else None
    return RecordedTimes(headers_s=seconds_from_ms(item.get("duration")) or None, ended=ended)
