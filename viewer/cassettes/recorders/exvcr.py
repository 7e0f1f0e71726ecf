"""ExVCR for Elixir: https://github.com/parroty/exvcr, JSON, a list of requests and responses.

A body that is not UTF-8 is base64 of an Erlang term that holds the bytes, and is marked as binary.
https://github.com/parroty/exvcr/blob/master/lib/exvcr/json.ex, https://www.erlang.org/doc/apps/erts/erl_ext_dist.html
"""

import zlib
from typing import Any, NamedTuple

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.files.content_encoding import HARMLESS_BYTES
from viewer.text.base64 import unpack
from viewer.text.json import as_text, items, mapping
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.limits import Limits
from viewer.types.problems import Problem

ABOUT = (
    About(
        "exvcr",
        "ExVCR",
        "https://github.com/parroty/exvcr",
        "JSON of its adapters for hackney, httpc, ibrowse and Finch, with text and binary bodies",
    ),
)

_REQUEST = frozenset({"body", "headers", "method", "options", "url"})
_RESPONSE = frozenset({"body", "headers", "status_code", "type"})
_TYPES = ("ok", "error")

_BINARY = b"\x83m"
"""The version of the format, and the tag of a binary. Its length in four bytes follows."""
_COMPRESSED = b"\x83P"
_TERM_HEAD_BYTES = 6


def recognise(document: Document) -> int:
    """Look for a list of interactions with all names of a request, and a response that is of type "ok" or "error"."""
    if b'"status_code"' not in document.data or b'"options"' not in document.data:
        return 0
    return 90 if any(map(_is_interaction, fields.mappings(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = [
        _interaction(item, index, document.limits, problems)
        for index, item in enumerate(fields.mappings(items(document.tree)))
    ]
    return Recording("exvcr", interactions, problems=tuple(problems), from_tree=True)


def _is_interaction(item: dict[str, Any]) -> bool:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    return request.keys() >= _REQUEST and response.keys() >= _RESPONSE and response["type"] in _TYPES


def _interaction(item: dict[str, Any], index: int, limits: Limits, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    sent = Request(
        method=as_text(request.get("method") or "").upper(),
        url=as_text(request.get("url") or ""),
        headers=fields.headers(request.get("headers")),
        body=fields.body(request.get("body")) or fields.body(request.get("request_body")),
    )
    if not response:
        problems.append(fields.no_response(index))
    if response.get("type") == "error":
        what = f"The call failed: {fields.quote(response.get('body') or 'no reason recorded')}."
        problems.append(Problem("error", what, "Record it again.", interaction=index))
        return Interaction(sent, Response())
    status, reason = _status(response.get("status_code"))
    body = _body(response, index, limits, problems)
    return Interaction(sent, Response(status, reason, fields.headers(response.get("headers")), body))


def _status(value: Any) -> tuple[int | None, str]:
    """Return status and reason. httpc has them in a list, after the version."""
    if isinstance(value, list):
        _, code, reason = [*value, None, None, None][:3]
        return fields.status(code), as_text(reason or "")
    return fields.status(value), ""


def _body(response: dict[str, Any], index: int, limits: Limits, problems: list[Problem]) -> bytes:
    value = response.get("body")
    if response.get("binary") is not True:
        return fields.body(value)
    try:
        content = _binary(unpack(as_text(value)), limits)
    except (ValueError, zlib.error) as error:
        what = f"The response body is not a binary in Erlang's term format ({error})."
        problems.append(Problem("warning", what, "It is shown as it is in the file.", interaction=index))
        return fields.body(value)
    if content.missing_bytes:
        what = f"The response body lacks {counted(content.missing_bytes, 'byte')} in Erlang's term format."
        problems.append(Problem("warning", what, "The rest is shown. Record it again.", interaction=index))
    return content.data


class _Content(NamedTuple):
    data: bytes
    missing_bytes: int


def _binary(term: bytes, limits: Limits) -> _Content:
    """Return the bytes that an Erlang term holds. Raise `ValueError` if it is not one binary."""
    if term.startswith(_COMPRESSED):
        size_bytes = int.from_bytes(term[2:_TERM_HEAD_BYTES], "big")
        if size_bytes > min(limits.decoded_bytes, max(HARMLESS_BYTES, limits.decompression_ratio * len(term))):
            raise ValueError("it unpacks to too much")
        term = term[:1] + zlib.decompressobj().decompress(term[_TERM_HEAD_BYTES:], size_bytes)
    size_bytes = int.from_bytes(term[2:_TERM_HEAD_BYTES], "big")
    content = term[_TERM_HEAD_BYTES:]
    if not term.startswith(_BINARY) or len(content) > size_bytes:
        raise ValueError("it is another kind of term")
    return _Content(content, size_bytes - len(content))
