"""Places in a request: headers, URL, JSON, forms."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tests.support.planting.places import Place, Planting, Recording
from tests.support.planting.recorders import URL, Exchange, asked
from tests.support.planting.writings import environment_name, header_name

_FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "----WebKitFormBoundaryA1b2C3d4E5f6G7h8"


def _exchange(make: Callable[[Planting], Exchange], recorder: str = "") -> Callable[[Planting], Recording]:
    return lambda planting: planting.written(make(planting), recorder)


def _header(name: str, value: Callable[[Planting], str]) -> Callable[[Planting], Recording]:
    return _exchange(lambda one: Exchange(headers={name: value(one)}))


def _json(tree: Callable[[Planting], Any]) -> Callable[[Planting], Recording]:
    return _exchange(lambda one: Exchange(body=json.dumps({**json.loads(asked()), **tree(one)})))


def _cookie_value(text: str) -> str:
    return quote(text, safe="!#$%&'()*+-./:<=>?@[]^_`{|}~")


def _multipart(name: str, text: str) -> Exchange:
    fields = {"purpose": "batch", name: text, "model": "whisper-1"}
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    return Exchange(
        body="".join(parts) + f"--{_BOUNDARY}--\r\n", content_type=f"multipart/form-data; boundary={_BOUNDARY}"
    )


def _camel(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


def _nested_json(depth: int, one: Planting) -> str:
    text = json.dumps({"region": "eu", one.kind.told_by: one.text})
    for _ in range(depth - 1):
        text = json.dumps({"payload": text})
    return text


def _form(one: Planting) -> Exchange:
    return Exchange(
        body=f"grant_type=password&{one.kind.told_by}={quote(one.text, safe='')}&scope=all", content_type=_FORM
    )


def _whole_url(url: Callable[[Planting], str]) -> Callable[[Planting], Recording]:
    # WireMock keeps only the path and the query of a URL.
    recorders = ["go-vcr", "vcr-py", "har", "ruby-vcr", "betamax"]
    return lambda one: one.written(Exchange(url=url(one)), one.dice.choice(recorders))


def _url(path: str = "", **changes: Any) -> Exchange:
    return replace(Exchange(url=URL + path), **changes)


REQUEST_PLACES: dict[str, Place] = {
    "header-authorization": Place(_header("Authorization", lambda one: one.credentials), tells=True, one_line=True),
    "header-x-api-key": Place(_header("X-Api-Key", lambda one: one.text), tells=True, one_line=True),
    "header-by-name": Place(
        _exchange(lambda one: Exchange(headers={header_name(one.kind.told_by): one.text})), tells=True, one_line=True
    ),
    "header-odd-name": Place(_header("X-Note-7", lambda one: one.text), tells=False, one_line=True),
    "header-odd-sentence": Place(_header("X-Note-7", lambda one: f"with {one.text}; v=1"), tells=False, one_line=True),
    "header-user-agent": Place(_header("User-Agent", lambda one: f"acme/1.0 ({one.text})"), tells=False, one_line=True),
    "cookie": Place(
        _header("Cookie", lambda one: f"theme=dark; session={_cookie_value(one.text)}; lang=en"), tells=True, one_line=True
    ),
    "url-query-by-name": Place(
        _exchange(lambda one: _url(f"?page=2&{one.kind.told_by}={quote(one.text, safe='')}&n=1")), tells=True
    ),
    "url-query-odd-name": Place(_exchange(lambda one: _url(f"?page=2&x7={quote(one.text, safe='')}&n=1")), tells=False),
    "url-query-percent": Place(
        _exchange(lambda one: _url("?key=" + "".join(f"%{byte:02X}" for byte in one.text.encode()))), tells=True
    ),
    "url-user": Place(_whole_url(lambda one: f"https://app:{quote(one.text, safe='')}@api.acme.example/v1/chat"), tells=True),
    "url-path": Place(_exchange(lambda one: _url(f"/bot{quote(one.text, safe='')}/send") if one.kind.name == "telegram-bot" else _url(f"/{quote(one.text, safe='')}/send")), tells=False),
    "url-fragment": Place(_whole_url(lambda one: f"{URL}#access_token={quote(one.text, safe='')}&state=1"), tells=True),
    "json-key": Place(_json(lambda one: {one.kind.told_by: one.text}), tells=True),
    "json-key-camel": Place(_json(lambda one: {_camel(one.kind.told_by): one.text}), tells=True),
    "json-key-environment": Place(_json(lambda one: {"env": {"PORT": "80", environment_name(one.kind): one.text}}), tells=True),
    "json-headers": Place(
        _json(lambda one: {"mcp": {"url": "https://mcp.acme.example", "headers": {"Authorization": one.credentials}}}), tells=True
    ),
    "json-list-under-key": Place(_json(lambda one: {one.kind.told_by: [one.text, "b"]}), tells=True),
    "json-object-under-key": Place(_json(lambda one: {one.kind.told_by: {"value": one.text}}), tells=True),
    "json-object-under-credentials": Place(_json(lambda one: {"credentials": {"main": {"raw": one.text}}}), tells=True),
    "json-number": Place(_json(lambda one: {one.kind.told_by: int(one.text)}), tells=True, numbers_only=True),
    "json-name-and-value": Place(
        _json(lambda one: {"env": [{"name": "PORT", "value": "80"}, {"name": environment_name(one.kind), "value": one.text}]}), tells=True
    ),
    "json-key-and-value": Place(_json(lambda one: {"variables": [{"value": one.text, "key": one.kind.told_by}]}), tells=True),
    "json-odd-key": Place(_json(lambda one: {"metadata": {"x7": one.text}}), tells=False),
    "json-list-item": Place(_json(lambda one: {"args": ["--flag", one.text]}), tells=False),
    "json-argument-list": Place(
        _json(lambda one: {"args": [f"--{one.kind.told_by.replace('_', '-').lower()}", one.text]}), tells=True
    ),
    "json-as-key": Place(_json(lambda one: {"seen": {one.text: 1}}), tells=False),
    "json-in-json-2-by-key": Place(_json(lambda one: {"input": _nested_json(2, one)}), tells=True),
    "json-in-json-3-by-key": Place(_json(lambda one: {"input": _nested_json(3, one)}), tells=True),
    "json-lines": Place(
        _exchange(lambda one: Exchange(body='{"a": 1}\n' + json.dumps({one.kind.told_by: one.text}) + "\n", content_type="application/x-ndjson")), tells=True
    ),
    "form-field": Place(_exchange(_form), tells=True),
    "form-field-of-go-vcr": Place(_exchange(_form, "go-vcr"), tells=True),
    "form-field-of-har": Place(_exchange(_form, "har"), tells=True),
    "multipart-field": Place(_exchange(lambda one: _multipart(one.kind.told_by, one.text)), tells=True),
    "multipart-odd-field": Place(_exchange(lambda one: _multipart("x7", one.text)), tells=False),
    "xml-body": Place(
        _exchange(lambda one: Exchange(body=f"<r><{one.kind.told_by}>{one.text}</{one.kind.told_by}></r>", content_type="application/xml")), tells=True
    ),
}  # fmt: skip
