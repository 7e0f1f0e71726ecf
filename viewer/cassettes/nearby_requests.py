"""Find the request and the response's status and headers in the mappings around a body, where nobody says which is which.

Only what certainly is a part of the request is read: a field inside `request`, or a URL next to the body.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import fields
from viewer.text.json import as_text, mapping, parse
from viewer.types.http import Headers, Request

REQUESTS = ("request", "req", "http_request", "httpRequest")
_RESPONSES = ("response", "res", "resp", "http_response", "httpResponse")
_URLS = ("url", "uri", "endpoint", "request_url", "requestUrl")
_BODIES = ("body", "json", "data", "payload", "content", "params", "postData")
_NEAR_BODIES = ("request_body", "requestBody", "body", "payload", "params", "json")
_STATUSES = ("status", "status_code", "statusCode", "code")
# What every provider's request has one of.
_ASKED = frozenset(("model", "messages", "input", "contents", "prompt", "inputText", "inputs"))
_REQUEST_HEADERS = frozenset(("authorization", "x-api-key", "api-key", "x-goog-api-key", "accept", "user-agent"))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a body."""

    request: Request = field(default_factory=Request)
    status: int | None = None
    headers: Headers = field(default_factory=Headers)
    recorded: dict[str, Any] = field(default_factory=dict)
    """The request as recorded, which may say when it was sent."""
    answered: dict[str, Any] = field(default_factory=dict)
    """The response as recorded, which may say when its headers came."""


def read_surroundings(around: Sequence[dict[str, Any]]) -> Surroundings:
    """Read the mappings around a body, from the nearest outwards."""
    request, recorded = Request(), dict[str, Any]()
    status, headers, answered = None, Headers(), dict[str, Any]()
    for place in around:
        if request == Request():
            recorded = next((place[name] for name in REQUESTS if isinstance(place.get(name), dict)), {})
            request = _request(recorded) if recorded else _near_request(place)
        if status is None and not headers:
            answered = next((place[name] for name in _RESPONSES if isinstance(place.get(name), dict)), {})
            holder = answered or place
            status = _status(holder)
            headers = _response_headers(holder, is_response=bool(answered) or not _has_url(place))
    return Surroundings(request, status, headers, recorded, answered)


def _request(recorded: dict[str, Any]) -> Request:
    body = next((recorded[name] for name in _BODIES if recorded.get(name) not in (None, "")), None)
    if not _has_url(recorded) and body is None and not _ASKED.isdisjoint(recorded):
        # The parameters of an SDK's function.
        return Request(body=fields.json_body(recorded))
    return Request(
        method=_method(recorded),
        url=_url(recorded),
        headers=fields.headers(recorded.get("headers"))
        if isinstance(recorded.get("headers"), dict | list)
        else Headers(),
        body=fields.body(body),
    )


def _near_request(place: dict[str, Any]) -> Request:
    """Read a URL next to the body, with the request's method and body if they are there too."""
    if not _has_url(place):
        return Request()
    bodies = (place.get(name) for name in _NEAR_BODIES)
    headers = fields.headers(place.get("request_headers", place.get("requestHeaders")))
    if not headers:
        near = fields.headers(place.get("headers"))
        headers = near if not _REQUEST_HEADERS.isdisjoint(name.lower() for name in near) else Headers()
    return Request(
        method=_method(place),
        url=_url(place),
        headers=headers,
        body=next((fields.body(body) for body in bodies if _asks(body)), b""),
    )


def _asks(body: Any) -> bool:
    """Tell whether a value is a request's body."""
    if isinstance(body, str) and body.lstrip()[:1] == "{":
        try:
            body = parse(body.encode("utf-8", "surrogatepass"))
        except ValueError:
            return False
    return not _ASKED.isdisjoint(mapping(body))


def _has_url(place: dict[str, Any]) -> bool:
    return _url(place) != ""


def _url(place: dict[str, Any]) -> str:
    urls = (place[name] for name in (*_URLS, "path") if isinstance(place.get(name), str))
    return next((url for url in urls if url.startswith(("http://", "https://", "/"))), "")


def _method(place: dict[str, Any]) -> str:
    method = as_text(place.get("method") or "")
    return method.upper() if method.isalpha() and len(method) < 10 else ""


def _status(place: dict[str, Any]) -> int | None:
    known = (fields.status(place[name]) for name in _STATUSES if isinstance(place.get(name), int | str))
    return next((status for status in known if status is not None and 100 <= status < 600), None)


def _response_headers(place: dict[str, Any], *, is_response: bool) -> Headers:
    for name in ("response_headers", "responseHeaders", "headers"):
        value = place.get(name)
        if not isinstance(value, dict | list):
            continue
        headers = fields.headers(value)
        is_sent = not _REQUEST_HEADERS.isdisjoint(one.lower() for one in headers)
        if name != "headers" or (not is_sent and (is_response or "stream" in headers.get("content-type", ""))):
            return headers
    return Headers()
