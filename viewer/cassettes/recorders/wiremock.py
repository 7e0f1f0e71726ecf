"""WireMock stub mappings: https://wiremock.org/docs/stubbing, one mapping or a list of them, JSON or YAML.

A mapping describes which requests match, not the request that was sent. The request here has only what must match exactly.
"""

from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.chunks.bodies import is_buffer
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "wiremock",
        "WireMock",
        "https://wiremock.org/docs/stubbing",
        "mappings in JSON and YAML, with the `__files` folder next to them",
    ),
)

_URLS = ("url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate")
_WHOLE_URLS = ("url", "urlPath")
_OWN_BODIES = frozenset({"bodyFileName", "base64Body", "jsonBody"})
"""Names of bodies that nobody else uses."""
_RESPONSE = frozenset({"status", "body", "bodyFileName", "base64Body", "jsonBody"})
# WireMock refuses any other field: https://wiremock.org/docs/standalone/admin-api-reference/.
_ALL_OF_RESPONSE = _RESPONSE | {
    "statusMessage",
    "headers",
    "proxyBaseUrl",
    "proxyUrlPrefixToRemove",
    "additionalProxyRequestHeaders",
    "removeProxyRequestHeaders",
    "fixedDelayMilliseconds",
    "delayDistribution",
    "chunkedDribbleDelay",
    "fault",
    "transformers",
    "transformerParameters",
    "fromConfiguredStub",
    "browserProxyRequest",
    "wasConfigured",
}
_DEFAULT_STATUS = 200
# Mappings are in `mappings` or in a folder below it, and `__files` is next to `mappings`.
_FILE_FOLDERS = ("../__files", "../../__files", "__files")


def recognise(document: Document) -> int:
    """Look for a request with a URL and headers to match, and a response with a status or body and no foreign field."""
    if b"response" not in document.data:
        return 0
    return 80 if any(map(_is_mapping, _mappings(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each mapping."""
    problems: list[Problem] = []
    interactions = [
        _interaction(mapping(item), index, document, problems) for index, item in enumerate(_mappings(document.tree))
    ]
    return Recording("wiremock", interactions, problems=tuple(problems), from_tree=True)


def _mappings(tree: Any) -> list[Any]:
    if isinstance(tree, dict) and isinstance(tree.get("mappings"), list):
        mappings: list[Any] = tree["mappings"]
        return mappings
    return [tree]


def _is_mapping(value: Any) -> bool:
    item = mapping(value)
    request = mapping(item.get("request"))
    response = mapping(item.get("response"))
    return (
        any(name in request for name in _URLS)
        and not _RESPONSE.isdisjoint(response)
        and response.keys() <= _ALL_OF_RESPONSE
        and not isinstance(response.get("status"), dict)
        # Node's `Buffer` is a body that a program recorded. WireMock matches the path of a URL without its host.
        and not is_buffer(response.get("body"))
        and (not _OWN_BODIES.isdisjoint(response) or not _has_host(request))
        # A recorded request has a `body`, a matcher has `bodyPatterns`.
        and "body" not in request
        and not any(isinstance(matcher, str) for matcher in mapping(request.get("headers")).values())
        and not fields.mappings(request.get("headers"))
    )


def _has_host(request: dict[str, Any]) -> bool:
    return any(as_text(request.get(name)).startswith(("http://", "https://")) for name in _WHOLE_URLS)


def _interaction(item: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> Interaction:
    request = mapping(item.get("request"))
    response = mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=_url(request),
            headers=Headers(_expected(request.get("headers"))),
            body=_expected_body(request.get("bodyPatterns")),
        ),
        Response(
            status=fields.status(response.get("status", _DEFAULT_STATUS)) if response else None,
            reason=as_text(response.get("statusMessage") or ""),
            headers=fields.headers(response.get("headers")),
            body=_body(response, index, document, problems),
        ),
    )


def _url(request: dict[str, Any]) -> str:
    url = next((as_text(request[name]) for name in _URLS if request.get(name)), "")
    query = urlencode(_expected(request.get("queryParameters")), errors="replace")
    return f"{url}?{query}" if query else url


def _expected(matchers: Any) -> list[tuple[str, str]]:
    """Return the names and values that must match exactly."""
    pairs = [(as_text(name), mapping(matcher)) for name, matcher in mapping(matchers).items()]
    return [(name, as_text(matcher["equalTo"])) for name, matcher in pairs if "equalTo" in matcher]


def _expected_body(patterns: Any) -> bytes:
    for pattern in fields.mappings(patterns):
        for name in ("equalToJson", "equalTo", "equalToXml"):
            if name in pattern:
                return fields.body(pattern[name])
        if "binaryEqualTo" in pattern:
            return fields.base64_body(pattern["binaryEqualTo"])
    return b""


def _body(response: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> bytes:
    if response.get("base64Body") is not None:
        return fields.base64_body(response["base64Body"])
    for name in ("jsonBody", "body"):
        if response.get(name) is not None:
            return fields.body(response[name])
    if response.get("bodyFileName") is not None:
        name = as_text(response["bodyFileName"])
        contents = (document.beside(name, folder) for folder in _FILE_FOLDERS)
        content = next((content for content in contents if content is not None), None)
        if content is not None:
            return content
        advice = "Open the mapping from its folder, together with the __files folder."
        problems.append(fields.missing_body_file(name, index, advice=advice))
    return b""
