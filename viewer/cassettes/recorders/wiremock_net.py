"""WireMock.Net: https://wiremock.org/dotnet/mapping, one mapping or a list of them in JSON.

https://github.com/wiremock/WireMock.Net/blob/master/src/WireMock.Net.Abstractions/Admin/Mappings/ResponseModel.cs

A mapping describes which requests match, not the request that was sent. The request here has only what must match exactly.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "wiremock-net",
        "WireMock.Net",
        "https://wiremock.org/dotnet/mapping",
        "mappings in JSON, with body files next to them",
    ),
)

_BODIES = ("Body", "BodyAsJson", "BodyAsBytes", "BodyAsFile")
_DEFAULT_STATUS = 200
_WILDCARDS = frozenset("*?")
_FILE_FOLDERS = ("", "../__files", "../../__files", "__files")


def recognise(document: Document) -> int:
    """Look for a request to match, and a response with a status or body."""
    if b'"Response"' not in document.data:
        return 0
    return 85 if any(map(_is_mapping, _mappings(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each mapping."""
    problems: list[Problem] = []
    interactions = [
        _interaction(item, index, document, problems) for index, item in enumerate(_mappings(document.tree))
    ]
    return Recording("wiremock-net", interactions, problems=tuple(problems), from_tree=True)


def _mappings(tree: Any) -> list[dict[str, Any]]:
    listed = mapping(tree).get("Mappings", tree)
    return fields.mappings(listed) if isinstance(listed, list) else [mapping(tree)]


def _is_mapping(item: dict[str, Any]) -> bool:
    request, response = mapping(item.get("Request")), mapping(item.get("Response"))
    has_request = not {"Path", "Url", "Methods"}.isdisjoint(request) and "Uri" not in request
    return has_request and not {"StatusCode", *_BODIES}.isdisjoint(response)


def _interaction(item: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("Request")), mapping(item.get("Response"))
    if not response:
        problems.append(fields.no_response(index))
    methods = items(request.get("Methods"))
    return Interaction(
        Request(
            method=as_text(methods[0] if methods else request.get("Method") or ""),
            url=_url(request),
            headers=Headers(_exact(request.get("Headers"))),
            body=fields.body(next(_patterns(mapping(request.get("Body"))), None)),
        ),
        Response(
            status=fields.status(response.get("StatusCode", _DEFAULT_STATUS)) if response else None,
            headers=fields.headers(response.get("Headers")),
            body=_body(response, index, document, problems),
        ),
    )


def _url(request: dict[str, Any]) -> str:
    url = _pattern(request.get("Url")) or _pattern(request.get("Path"))
    query = urlencode(_exact(request.get("Params")), errors="replace")
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def _pattern(value: Any) -> str:
    """Return the pattern of the first matcher of a path or URL, which may also be a text itself."""
    return value if isinstance(value, str) else as_text(next(_patterns(mapping(value)), ""))


def _patterns(holder: dict[str, Any]) -> Iterator[Any]:
    """Yield the patterns of all matchers. A matcher has one or several."""
    for matcher in (mapping(holder.get("Matcher")), *fields.mappings(holder.get("Matchers"))):
        yield from (one for one in (matcher.get("Pattern"), *items(matcher.get("Patterns"))) if one)


def _exact(matched: Any) -> list[tuple[str, str]]:
    """Return the names and values of headers or parameters that must match exactly."""
    return [
        (as_text(one.get("Name") or ""), as_text(matcher["Pattern"]))
        for one in fields.mappings(matched)
        for matcher in fields.mappings(one.get("Matchers"))[:1]
        if matcher.get("Pattern") and _is_exact(matcher)
    ]


def _is_exact(matcher: dict[str, Any]) -> bool:
    # The proxy records every value as a pattern with wildcards, of which it has none.
    is_literal = _WILDCARDS.isdisjoint(as_text(matcher["Pattern"]))
    return matcher.get("Name") == "ExactMatcher" or (matcher.get("Name") == "WildcardMatcher" and is_literal)


def _body(response: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> bytes:
    if response.get("BodyAsBytes") is not None:
        return fields.base64_body(response["BodyAsBytes"])
    for name in ("Body", "BodyAsJson"):
        if response.get(name) is not None:
            return fields.body(response[name])
    if response.get("BodyAsFile") is None:
        return b""
    name = as_text(response["BodyAsFile"])
    contents = (document.beside(name, folder) for folder in _FILE_FOLDERS)
    content = next((content for content in contents if content is not None), None)
    if content is None:
        problems.append(fields.missing_body_file(name, index))
    return content or b""
