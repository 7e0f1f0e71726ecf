"""php-vcr: https://php-vcr.github.io, YAML or JSON, a list of requests and responses.

A body is base64 if its headers say that it is a gzip file or binary.
https://github.com/php-vcr/php-vcr/blob/master/src/VCR/Response.php

`curl_info` is what curl_getinfo() says: `starttransfer_time` is from the start to the first byte, which may be a header's, and
`total_time` to the end of the response. https://www.php.net/manual/en/function.curl-getinfo.php
"""

from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "php-vcr",
        "php-vcr",
        "https://php-vcr.github.io",
        "YAML and JSON",
        "with the curl hook: the first byte and the end of the response, to the microsecond",
    ),
)


def recognise(document: Document) -> int:
    """Look for a list of requests with a URL and responses with what curl said, or a status that has an HTTP version."""
    if b"request" not in document.head:
        return 0
    return 85 if any(map(_is_recording, fields.mappings(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = []
    for index, item in enumerate(fields.mappings(items(document.tree))):
        if not mapping(item.get("response")):
            problems.append(fields.no_response(index))
        interactions.append(_interaction(mapping(item.get("request")), mapping(item.get("response"))))
    return Recording("php-vcr", interactions, problems=tuple(problems), from_tree=True)


def _is_recording(item: dict[str, Any]) -> bool:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    status = response.get("status")
    has_status = "http_version" in mapping(status) or "curl_info" in response
    return "url" in request and "method" in request and has_status


def _interaction(request: dict[str, Any], response: dict[str, Any]) -> Interaction:
    status = response.get("status")
    headers = fields.headers(response.get("headers"))
    curl = mapping(response.get("curl_info"))
    first_byte_s, whole_s = (fields.seconds(curl.get(name)) or None for name in ("starttransfer_time", "total_time"))
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            headers=fields.headers(request.get("headers")),
            body=fields.body(request.get("body")) or _form(request.get("post_fields")),
        ),
        Response(
            status=fields.status(mapping(status).get("code") if isinstance(status, dict) else status),
            reason=as_text(mapping(status).get("message") or ""),
            headers=headers,
            body=_body(response.get("body"), headers),
        ),
        RecordedTimes(headers_s=first_byte_s, whole_s=whole_s),
    )


def _form(values: Any) -> bytes:
    """Return the body of a form, given its fields. Fields within fields are written as JSON."""
    form = [(as_text(name), as_text(value)) for name, value in mapping(values).items()]
    return urlencode(form, errors="replace").encode() if form else fields.body(values or None)


def _body(value: Any, headers: Headers) -> bytes:
    is_gzip = "application/x-gzip" in headers.get("content-type", "")
    is_packed = is_gzip or headers.get("content-transfer-encoding") == "binary"
    return fields.base64_body(value or "") if is_packed else fields.body(value)
