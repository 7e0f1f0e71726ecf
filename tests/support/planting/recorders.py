"""Recordings of one exchange as recorders write them."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

from tests.support.planting.dialects import Reply, openai_chat

URL = "https://api.acme.example/v1/chat/completions"


def asked(text: str = "Hello") -> str:
    """Return the body of a chat request."""
    return json.dumps({"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": text}]})


_HELLO = openai_chat(["Hello ", "there."])


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response."""

    url: str = URL
    headers: dict[str, str] = field(default_factory=dict)
    body: str = asked()
    content_type: str = "application/json"
    reply: Reply = _HELLO
    answered: dict[str, str] = field(default_factory=dict)
    status: int = 200


def _requested(exchange: Exchange) -> dict[str, list[str]]:
    return {name: [value] for name, value in {"Content-Type": exchange.content_type, **exchange.headers}.items()}


def _responded(exchange: Exchange) -> dict[str, list[str]]:
    return {name: [value] for name, value in {"Content-Type": exchange.reply.content_type, **exchange.answered}.items()}


def _yaml(tree: Any) -> bytes:
    return yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def go_vcr(exchange: Exchange) -> bytes:
    """Return a cassette of go-vcr: https://github.com/dnaeon/go-vcr/blob/v4/pkg/cassette/cassette.go."""
    form = {}
    if exchange.content_type == "application/x-www-form-urlencoded":
        form = {name: [value] for name, value in parse_qsl(exchange.body)}
    parts = urlsplit(exchange.url)
    request = {
        "proto": "HTTP/1.1", "proto_major": 1, "proto_minor": 1, "content_length": len(exchange.body.encode()),
        "transfer_encoding": [], "trailer": {}, "host": parts.netloc, "remote_addr": "",
        "request_uri": parts.path + (f"?{parts.query}" if parts.query else ""),
        "body": exchange.body, "form": form, "headers": _requested(exchange), "url": exchange.url, "method": "POST",
    }  # fmt: skip
    response = {
        "proto": "HTTP/2.0", "proto_major": 2, "proto_minor": 0, "transfer_encoding": [], "trailer": {}, "content_length": -1,
        "uncompressed": False, "body": _text(exchange.reply.body), "headers": _responded(exchange), "status": f"{exchange.status} OK",
        "code": exchange.status, "duration": "1.5s",
    }  # fmt: skip
    return _yaml({"version": 2, "interactions": [{"id": 0, "request": request, "response": response}]})


def _vcr_tree(exchange: Exchange, body: str | bytes) -> dict[str, Any]:
    request = {"body": exchange.body, "headers": _requested(exchange), "method": "POST", "uri": exchange.url}
    response = {
        "body": {"string": body},
        "headers": _responded(exchange),
        "status": {"code": exchange.status, "message": "OK"},
    }
    return {"interactions": [{"request": request, "response": response}], "version": 1}


def vcr_py(exchange: Exchange) -> bytes:
    """Return a cassette of VCR.py: https://vcrpy.readthedocs.io."""
    return _yaml(_vcr_tree(exchange, _text(exchange.reply.body)))


def vcr_py_binary(exchange: Exchange) -> bytes:
    """Return a cassette of VCR.py whose response is `!!binary`, folded base64."""
    return _yaml(_vcr_tree(exchange, exchange.reply.body + b": \xff\n\n"))


def vcr_py_gzip(exchange: Exchange) -> bytes:
    """Return a cassette of VCR.py whose response is compressed."""
    packed = Exchange(**{**_fields(exchange), "answered": {**exchange.answered, "Content-Encoding": "gzip"}})
    return _yaml(_vcr_tree(packed, gzip.compress(exchange.reply.body, mtime=0)))


def vcr_py_json(exchange: Exchange) -> bytes:
    """Return a cassette of VCR.py's JSON serializer."""
    return json.dumps(_vcr_tree(exchange, exchange.reply.body.decode()), indent=4).encode()


def _fields(exchange: Exchange) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in Exchange.__slots__}


def ruby_vcr(exchange: Exchange) -> bytes:
    """Return a cassette of VCR for Ruby: https://github.com/vcr/vcr."""
    request = {
        "method": "post",
        "uri": exchange.url,
        "body": {"encoding": "UTF-8", "string": exchange.body},
        "headers": _requested(exchange),
    }
    body = {"encoding": "UTF-8", "string": _text(exchange.reply.body)}
    response = {"status": {"code": exchange.status, "message": "OK"}, "headers": _responded(exchange), "body": body}
    item = {"request": request, "response": response, "recorded_at": "Wed, 01 Jan 2025 00:00:00 GMT"}
    return _yaml({"http_interactions": [item], "recorded_with": "VCR 6.2.0"})


def har_entry(exchange: Exchange) -> dict[str, Any]:
    """Return the entry of an HTTP archive: http://www.softwareishard.com/blog/har-12-spec/."""
    query = [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(exchange.url).query)]
    posted: dict[str, Any] = {"mimeType": exchange.content_type, "text": exchange.body}
    if exchange.content_type == "application/x-www-form-urlencoded":
        posted["params"] = [{"name": name, "value": value} for name, value in parse_qsl(exchange.body)]
    try:
        content: dict[str, Any] = {"text": exchange.reply.body.decode()}
    except UnicodeDecodeError:
        content = {"text": base64.b64encode(exchange.reply.body).decode(), "encoding": "base64"}
    return {
        "startedDateTime": "2025-01-01T00:00:00.000Z",
        "time": 1500,
        "request": {
            "method": "POST", "url": exchange.url, "httpVersion": "HTTP/1.1", "queryString": query, "postData": posted,
            "headers": [{"name": name, "value": value} for name, [value] in _requested(exchange).items()],
            "cookies": _cookies(exchange.headers.get("Cookie", "")), "headersSize": -1, "bodySize": len(exchange.body),
        },
        "response": {
            "status": exchange.status, "statusText": "OK", "httpVersion": "HTTP/1.1", "redirectURL": "",
            "headers": [{"name": name, "value": value} for name, [value] in _responded(exchange).items()],
            "cookies": _cookies(exchange.answered.get("Set-Cookie", "")), "headersSize": -1, "bodySize": -1,
            "content": {"size": len(exchange.reply.body), "mimeType": exchange.reply.content_type, **content},
        },
        "cache": {},
        "timings": {"send": 1, "wait": 400, "receive": 1099},
    }  # fmt: skip


def _cookies(header: str) -> list[dict[str, str]]:
    pairs = [pair.split("=", 1) for pair in header.split("; ") if "=" in pair]
    return [{"name": name, "value": value} for name, value in pairs]


def har_file(entry: dict[str, Any], **log: Any) -> bytes:
    """Return an HTTP archive with one entry."""
    tree = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": [entry], **log}
    return json.dumps({"log": tree}, indent=2).encode()


def har(exchange: Exchange) -> bytes:
    """Return an HTTP archive."""
    return har_file(har_entry(exchange))


def wiremock(exchange: Exchange) -> bytes:
    """Return a mapping of WireMock: https://wiremock.org/docs/stubbing/."""
    parts = urlsplit(exchange.url)
    request = {
        "url": parts.path + (f"?{parts.query}" if parts.query else ""), "method": "POST",
        "headers": {name: {"equalTo": value} for name, [value] in _requested(exchange).items()},
        "bodyPatterns": [{"equalTo": exchange.body}],
    }  # fmt: skip
    body = {"base64Body": base64.b64encode(exchange.reply.body).decode()}
    response = {
        "status": exchange.status,
        **body,
        "headers": {name: value for name, [value] in _responded(exchange).items()},
    }
    return json.dumps(
        {"id": "5a3d2b1c-0000-4000-8000-000000000000", "request": request, "response": response}, indent=2
    ).encode()


def betamax(exchange: Exchange) -> bytes:
    """Return a cassette of Betamax: https://betamax.readthedocs.io."""
    request = {
        "body": {"encoding": "utf-8", "string": exchange.body},
        "headers": _requested(exchange),
        "method": "POST",
        "uri": exchange.url,
    }
    body = {"encoding": None, "base64_string": base64.b64encode(exchange.reply.body).decode()}
    response = {
        "body": body,
        "headers": _responded(exchange),
        "status": {"code": exchange.status, "message": "OK"},
        "url": exchange.url,
    }
    return json.dumps(
        {
            "http_interactions": [{"recorded_at": "2025-01-01T00:00:00", "request": request, "response": response}],
            "recorded_with": "betamax/0.9.0",
        }
    ).encode()


RECORDERS: dict[str, Callable[[Exchange], bytes]] = {
    "go-vcr": go_vcr,
    "vcr-py": vcr_py,
    "har": har,
    "ruby-vcr": ruby_vcr,
    "vcr-py-json": vcr_py_json,
    "wiremock": wiremock,
    "betamax": betamax,
}
"""The recorders that places without one of their own take turns with."""
