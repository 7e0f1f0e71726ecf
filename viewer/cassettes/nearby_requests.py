"""Find the request and the response's status and headers in the mappings around a body, where nobody says which is which.

Only what certainly is a part of the request is read: a field inside `request`, or a URL next to the body.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import fields
from viewer.text.json import mapping, only_text, parse
from viewer.types.http import Headers, Request

REQUESTS = frozenset(("request", "req", "httprequest"))
"""The keys of a request, as `fold` writes them."""

_RESPONSES = ("response", "res", "resp", "httpresponse")
_URLS = ("url", "uri", "endpoint", "requesturl", "path")
_BODIES = ("body", "json", "data", "payload", "content", "params", "postdata")
_NEAR_BODIES = ("requestbody", "body", "payload", "params", "json")
_MAX_KEYS = 200
_STATUSES = ("status", "statuscode", "code")
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


def fold(key: Any) -> str:
    """Return a key as it is written in all styles: `statusCode`, `StatusCode` and `status_code` are one."""
    return str(key).lower().replace("_", "").replace("-", "")


def read_surroundings(around: Sequence[dict[str, Any]]) -> Surroundings:
    """Read the mappings around a body, from the nearest outwards."""
    request, recorded = Request(), dict[str, Any]()
    status, headers, answered = None, Headers(), dict[str, Any]()
    for unfolded in around:
        place = _folded(unfolded)
        if request == Request():
            recorded = next((place[name] for name in REQUESTS if isinstance(place.get(name), dict)), {})
            request = _request(recorded) if recorded else _near_request(place)
        if status is None and not headers:
            answered = next((place[name] for name in _RESPONSES if isinstance(place.get(name), dict)), {})
            holder = _folded(answered) if answered else place
            status = _status(holder)
            headers = _response_headers(holder, is_response=bool(answered) or not _url(place))
    return Surroundings(request, status, headers, recorded, answered)


def _folded(place: dict[str, Any]) -> dict[str, Any]:
    # The first of two keys that are one in all styles stays.
    return {fold(name): value for name, value in reversed(list(place.items())[:_MAX_KEYS])}


def _request(recorded: dict[str, Any]) -> Request:
    place = _folded(recorded)
    body = next((place[name] for name in _BODIES if place.get(name) not in (None, "")), None)
    if not _url(place) and body is None and not _ASKED.isdisjoint(recorded):
        # The parameters of an SDK's function.
        return Request(body=fields.json_body(recorded))
    return Request(_method(place), _url(place), _headers_in(place, "headers"), fields.body(body))


def _near_request(place: dict[str, Any]) -> Request:
    """Read a URL next to the body, with the request's method and body if they are there too."""
    if not _url(place):
        return Request()
    headers = _headers_in(place, "requestheaders")
    if not headers:
        near = _headers_in(place, "headers")
        headers = near if _are_of_request(near) else Headers()
    bodies = (place.get(name) for name in _NEAR_BODIES)
    body = next((fields.body(body) for body in bodies if _asks(body)), b"")
    return Request(_method(place), _url(place), headers, body)


def _asks(body: Any) -> bool:
    """Tell whether a value is a request's body."""
    if isinstance(body, str) and body.lstrip()[:1] == "{":
        try:
            body = parse(body.encode("utf-8", "surrogatepass"))
        except ValueError:
            return False
    return not _ASKED.isdisjoint(mapping(body))


def _url(place: dict[str, Any]) -> str:
    urls = (place[name] for name in _URLS if isinstance(place.get(name), str))
    return next((url for url in urls if url.startswith(("http://", "https://", "/"))), "")


def _method(place: dict[str, Any]) -> str:
    method = only_text(place.get("method"))
    return method.upper() if method.isalpha() and len(method) < 10 else ""


def _status(place: dict[str, Any]) -> int | None:
    known = (fields.status(place[name]) for name in _STATUSES if isinstance(place.get(name), int | str))
    return next((status for status in known if status is not None and 100 <= status < 600), None)


def _response_headers(place: dict[str, Any], *, is_response: bool) -> Headers:
    if headers := _headers_in(place, "responseheaders"):
        return headers
    headers = _headers_in(place, "headers")
    is_stream = "stream" in headers.get("content-type", "")
    return headers if not _are_of_request(headers) and (is_response or is_stream) else Headers()


def _headers_in(place: dict[str, Any], name: str) -> Headers:
    value = place.get(name)
    return fields.headers(value) if isinstance(value, dict | list) else Headers()


def _are_of_request(headers: Headers) -> bool:
    return not _REQUEST_HEADERS.isdisjoint(name.lower() for name in headers)
