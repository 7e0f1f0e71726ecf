"""Postman collections: https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html, the responses saved in them.

`responseTime` is the time that the request took to complete, in milliseconds.
https://learning.postman.com/docs/tests-and-scripts/write-scripts/postman-sandbox-reference/pm-response
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.text.times import seconds_from_ms
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "postman",
        "Postman",
        "https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html",
        "collections v2.0 and v2.1, the responses saved as examples",
        "the time of the whole call, to the millisecond",
    ),
)

_SCHEMA = re.compile(r"https?://schema\.(?:get)?postman\.com/(?:json/)?collection/(?:json/)?v(2\.\d\.\d)/.*")

_SAVE = "Save a response as an example and export the collection again."


def recognise(document: Document) -> int:
    """Look for the address of the schema, and for items."""
    if b"postman.com" not in document.data:
        return 0
    collection = _collection(document)
    return 95 if _version(collection) and isinstance(collection.get("item"), list) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each saved response, in the order of the collection. Raise `CassetteError` if there is none."""
    collection = _collection(document)
    interactions: list[Interaction] = []
    without = 0
    for item in _requests(collection):
        saved = fields.mappings(item.get("response"))
        interactions += (_interaction(item, response) for response in saved if response)
        without += not any(saved)
    if not interactions:
        raise CassetteError(document.name, "the collection has no saved responses.", _SAVE)
    problems: list[Problem] = []
    if without:
        message = (
            f"{counted(without, 'request')} in the collection {'has' if without == 1 else 'have'} no saved response."
        )
        problems.append(Problem("note", message, _SAVE))
    return Recording("postman", interactions, _version(collection), tuple(problems), from_tree=True)


def _collection(document: Document) -> dict[str, Any]:
    """Return the collection, which Postman's API wraps in an object."""
    tree = mapping(document.tree)
    return mapping(tree.get("collection")) or tree


def _version(collection: dict[str, Any]) -> str:
    match = _SCHEMA.fullmatch(as_text(mapping(collection.get("info")).get("schema")))
    return match[1] if match else ""


def _requests(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the items of a collection that are requests, and go into folders."""
    opened = [iter(fields.mappings(collection.get("item")))]
    while opened:
        item = next(opened[-1], None)
        if item is None:
            opened.pop()
        elif isinstance(item.get("item"), list):
            opened.append(iter(fields.mappings(item["item"])))
        elif "request" in item or "response" in item:
            yield item


def _interaction(item: dict[str, Any], response: dict[str, Any]) -> Interaction:
    request = response.get("originalRequest") or item.get("request")
    # A request may be only its URL.
    sent = mapping(request) or {"url": request}
    return Interaction(
        Request(
            method=as_text(sent.get("method") or ""),
            url=_url(sent.get("url")),
            headers=_headers(sent.get("header")),
            body=_sent_body(mapping(sent.get("body"))),
        ),
        Response(
            status=fields.status(response.get("code")),
            reason=as_text(response.get("status") or ""),
            headers=_headers(response.get("header")),
            body=fields.body(response.get("body")),
        ),
        RecordedTimes(whole_s=seconds_from_ms(response.get("responseTime")) or None),
    )


def _url(value: Any) -> str:
    return as_text(mapping(value).get("raw") or "") if isinstance(value, dict) else as_text(value or "")


def _headers(value: Any) -> Headers:
    """Return headers from a list of keys and values, or from lines of text."""
    if isinstance(value, str):
        pairs = (line.partition(":") for line in value.splitlines())
        return Headers((name.strip(), text.strip()) for name, colon, text in pairs if colon)
    return Headers(_used(value))


def _used(listed: Any) -> list[tuple[str, str]]:
    """Return the keys and values of a list, without those that are switched off."""
    used = [pair for pair in fields.mappings(listed) if "key" in pair and pair.get("disabled") is not True]
    return [(as_text(pair["key"]), as_text(pair.get("value") or "")) for pair in used]


def _sent_body(body: dict[str, Any]) -> bytes:
    mode = body.get("mode")
    if mode == "urlencoded":
        return urlencode(_used(items(body.get(mode))), errors="replace").encode()
    if mode == "graphql":
        return fields.json_body(body.get(mode))
    return fields.body(body.get("raw"))
