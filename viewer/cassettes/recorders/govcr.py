"""govcr: https://github.com/seborama/govcr, JSON with a list of tracks. Go writes bodies as base64.

A cassette may be compressed with gzip, or encrypted, which only its key can open. A URL is an object of Go's `url.URL`, whose path
is decoded. https://github.com/seborama/govcr/blob/master/cassette/track/http.go
"""

from typing import Any
from urllib.parse import quote, urlunsplit

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (About("govcr", "govcr", "https://github.com/seborama/govcr", "JSON of versions 3 and later, also gzipped"),)


def recognise(document: Document) -> int:
    """Look for tracks with a request."""
    if b'"Tracks"' not in document.head:
        return 0
    return 95 if any({"Method", "URL"} <= mapping(track.get("Request")).keys() for track in _tracks(document)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = []
    for index, track in enumerate(_tracks(document)):
        response = mapping(track.get("Response"))
        if not response:
            problems.append(_without_response(track, index))
        interactions.append(Interaction(_request(mapping(track.get("Request"))), _response(response)))
    return Recording("govcr", interactions, problems=tuple(problems), from_tree=True)


def _tracks(document: Document) -> list[dict[str, Any]]:
    return fields.mappings(items(mapping(document.tree).get("Tracks")))


def _without_response(track: dict[str, Any], index: int) -> Problem:
    message = as_text(track.get("ErrMsg") or "")
    if not message:
        return fields.no_response(index)
    return Problem("error", f"The call failed: {fields.quote(message)}.", "Record it again.", interaction=index)


def _request(request: dict[str, Any]) -> Request:
    return Request(
        method=as_text(request.get("Method") or ""),
        url=_url(request),
        headers=fields.headers(request.get("Header")),
        body=fields.base64_body(request.get("Body") or ""),
    )


def _url(request: dict[str, Any]) -> str:
    """Return the URL of a request, which Go wrote as an object of its parts. A server's request has its host elsewhere."""
    value = request.get("URL")
    if not isinstance(value, dict):
        return as_text(value or "")
    scheme, path, query = (as_text(value.get(part) or "") for part in ("Scheme", "Path", "RawQuery"))
    host = as_text(value.get("Host") or request.get("Host") or "")
    # Go sets `RawPath` only if it is not what encoding the path gives.
    path = as_text(value.get("RawPath") or "") or quote(path, safe="/:@!$&'()*+,;=~", errors="replace")
    try:
        return urlunsplit((scheme, host, path, query, ""))
    except ValueError:
        return f"{scheme}://{host}{path}"


def _response(response: dict[str, Any]) -> Response:
    _, _, reason = as_text(response.get("Status") or "").partition(" ")
    return Response(
        status=fields.status(response.get("StatusCode") or response.get("Status")),
        reason=reason,
        headers=fields.headers(response.get("Header")),
        body=fields.base64_body(response.get("Body") or ""),
    )
