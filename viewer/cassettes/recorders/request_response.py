"""Pairs {request, response} in JSON or YAML, which projects write with a few lines of their own, each in its own way.

The pairs are the file, its list, or a list in it. The names of their fields differ from project to project. A request or response
may also be the body itself. Every recorder with a module of its own is more sure of its files.
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.chunks.bodies import is_buffer, unwrap
from viewer.cassettes.chunks.found_streams import Found, find_streams
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import chunk_list
from viewer.cassettes.recorders.json_body import has_answer_keys
from viewer.cassettes.wire_form import JSON
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem
from viewer.wire.sniff import is_event_stream, is_json

ABOUT = (
    About(
        "request-response",
        "{request, response}",
        "",
        "JSON or YAML, one pair or a list of them, with bodies under any usual name",
    ),
)

_MAX_DEPTH = 3
_URLS = ("url", "uri", "href", "endpoint", "path")
_PROMPTS = frozenset({"messages", "input", "prompt", "contents"})
_STATUSES = ("status", "status_code", "statusCode", "code")
_BODIES = ("body", "content", "text", "data", "payload", "raw", "json", "stream", "events", "chunks")
# What may stand beside the text of a body that is a mapping.
_BESIDE_TEXT = frozenset({"type", "kind", "encoding", "size", "length", "mimeType", "mime_type", "content_type"})
_ENCODINGS = ("encoding", "body_encoding", "bodyEncoding", "body_type", "bodyType")


def recognise(document: Document) -> int:
    """Look for a request with a URL or a prompt, and a response with a body."""
    if b"request" not in document.data or b"response" not in document.data:
        return 0
    return 35 if any(map(_is_pair, _pairs(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each pair, in the order of the file."""
    problems: list[Problem] = []
    interactions: list[Interaction] = []
    for pair in _pairs(document.tree):
        if chunks := _lists_of_chunks(pair):
            for one in chunks:
                interactions += chunk_list.interactions_of(one, len(interactions), problems)
            continue
        if not pair.get("response"):
            problems.append(fields.no_response(len(interactions)))
        interactions.append(_interaction(pair.get("request"), pair.get("response")))
    return Recording("request-response", interactions, problems=tuple(problems), from_tree=True)


def _pairs(tree: Any) -> list[dict[str, Any]]:
    """Return the file, or the items of the first list in it that holds a pair."""
    if _is_pair(tree):
        return [tree]
    return next((fields.mappings(values) for values in _lists(tree, _MAX_DEPTH) if any(map(_is_pair, values))), [])


def _lists(tree: Any, depth: int) -> Iterator[list[Any]]:
    """Yield the lists in a tree, those of objects within objects too."""
    if isinstance(tree, list):
        yield tree
    elif depth:
        for value in mapping(tree).values():
            yield from _lists(value, depth - 1)


def _is_pair(value: Any) -> bool:
    pair = mapping(value)
    if not (_url(pair.get("request")) or _request_body(pair.get("request"))):
        return False
    return bool(_body(pair.get("response")) or _lists_of_chunks(pair))


def _lists_of_chunks(pair: dict[str, Any]) -> list[Found]:
    """Return the lists of chunks that are the response of a pair."""
    return [one for one in find_streams(pair) if not isinstance(one.body, bytes) and one.body.is_certain]


def _interaction(request: Any, response: Any) -> Interaction:
    body = _body(response)
    sent, received = mapping(request), mapping(response)
    return Interaction(
        Request(
            method=only_text(sent.get("method")),
            url=_url(request),
            headers=fields.headers(sent.get("headers")),
            body=_request_body(request) or _body(request),
        ),
        Response(
            status=next((status for name in _STATUSES if (status := _status(received.get(name))) is not None), None),
            headers=fields.with_content_type(fields.headers(received.get("headers")), JSON if is_json(body) else ""),
            body=body,
        ),
    )


def _url(request: Any) -> str:
    return next((url for name in _URLS if (url := only_text(mapping(request).get(name)))), "")


def _request_body(request: Any) -> bytes:
    """Return a request that is itself the body that was sent; b"" if it is not."""
    names = mapping(request).keys()
    return fields.json_body(request) if "model" in names and not _PROMPTS.isdisjoint(names) else b""


def _status(value: Any) -> int | None:
    """Return a status code, which may be in an object with its text."""
    return fields.status(value.get("code") if isinstance(value, dict) else value)


def _body(message: Any) -> bytes:
    """Return the body of a message: the message itself, an event stream under any name, or the value of a usual name."""
    if not isinstance(message, dict):
        texts = list(_texts(message))
        return texts[0] if isinstance(message, str | bytes) or any(map(is_event_stream, texts)) else b""
    streams = [text for value in message.values() for text in _texts(value) if is_event_stream(text)]
    if streams:
        return streams[0]
    if has_answer_keys(message):
        return fields.json_body(message)
    is_base64 = any(as_text(message.get(name)).lower() == "base64" for name in _ENCODINGS)
    names = [name for usual in _BODIES for name in message if as_text(name).lower().startswith(usual)]
    bodies = (
        _usual_body(message[name], is_base64=is_base64 or "64" in name) for name in names if name not in _ENCODINGS
    )
    return next(filter(None, bodies), b"")


def _texts(value: Any) -> Iterator[bytes]:
    """Yield the texts in a value that may be a stream: the value, the texts of an object, or the pieces of a list, joined."""
    if isinstance(value, str | bytes):
        yield fields.body(value)
    elif isinstance(value, dict):
        yield from (fields.body(text) for text in value.values() if isinstance(text, str | bytes))
    elif (pieces := items(value)) and all(isinstance(piece, str) for piece in pieces):
        yield fields.body("".join(pieces))


def _usual_body(value: Any, *, is_base64: bool) -> bytes:
    """Return the bytes of a text, or of an object that is either a parsed body or holds the text with its type."""
    if is_buffer(value):
        return unwrap(value)
    if isinstance(value, dict):
        texts = [name for name in value if name in _BODIES and isinstance(value[name], str)]
        if len(texts) == 1 and value.keys() <= _BESIDE_TEXT | {texts[0]}:
            is_base64 = as_text(value.get("encoding")).lower() == "base64"
            return _usual_body(value[texts[0]], is_base64=is_base64)
        return fields.json_body(value) if value else b""
    if isinstance(value, str):
        return fields.base64_body(value) if is_base64 else fields.body(value)
    return value if isinstance(value, bytes) else b""
