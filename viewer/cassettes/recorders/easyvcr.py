"""EasyVCR: https://github.com/EasyPost/easyvcr-csharp, a list of interactions in JSON.

`Duration` is the time from the request to the end of the response, in milliseconds. `RecordedAt` is when the response had ended.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "easyvcr",
        "EasyVCR",
        "https://github.com/EasyPost/easyvcr-csharp",
        "JSON of the C# and Java libraries",
        "length of each call, to the millisecond; end of the response",
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
    recorded = [*fields.headers(response.get("responseHeaders") or response.get("headers")).items()]
    recorded += fields.headers(response.get("contentHeaders")).items()
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("uri") or ""),
            headers=fields.headers(request.get("requestHeaders") or request.get("headers")),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(status.get("code")),
            reason=as_text(status.get("message") or ""),
            headers=Headers(recorded),
            body=fields.body(response.get("body")),
        ),
        RecordedTimes(
            whole_s=seconds_from_ms(item.get("duration")) or None,
            ended=fields.moment(item.get("recordedAt"), 1.0),
        ),
    )
