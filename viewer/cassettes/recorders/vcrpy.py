"""VCR.py: https://vcrpy.readthedocs.io, YAML or JSON without any times.

Variants that exist: bodies parsed as JSON (`parsed_body`), the httpx stub of older versions (`content`, `status_code`), and two
serializers of LangChain. One writes requests and responses as two lists of the same length. The other, of its documentation
(https://github.com/langchain-ai/langgraph/blob/main/docs/_scripts/prepare_notebooks_for_ci.py), writes base64 of zlib of
MessagePack.
"""

import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.msgpack import unpack
from viewer.files.content_encoding import Decoded, decode_body
from viewer.text.base64 import unpack as unpack_base64
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "vcrpy",
        "VCR.py",
        "https://vcrpy.readthedocs.io",
        "YAML and JSON, also gzipped, with parsed bodies, with the older httpx stub, LangChain's two lists and its MessagePack",
    ),
)

# What zlib data begins with, whatever its compression level (RFC 1950, 2.2), and the same in base64.
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_ZLIB_IN_BASE64 = re.compile(rb"\s*e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r])[A-Za-z0-9+/\s]++=*+\s*+\Z")
# A MessagePack map of up to 15 names; a cassette has two.
_MAP = re.compile(rb"[\x81-\x8f][\xa1-\xbf]")
_LISTS = (b"interactions", b"requests")


def recognise(document: Document) -> int:
    """Look for requests with a `uri`, in a list of interactions or in LangChain's two lists."""
    if _is_packed(document):
        tree = _unpacked(document)[0]
    elif any(name in document.head for name in _LISTS):
        tree = mapping(document.tree)
    else:
        return 0
    return 90 if any("uri" in mapping(request) for request, _ in _pairs(tree)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    is_packed = _is_packed(document)
    if is_packed:
        tree, troubles = _unpacked(document)
        advice = "What came before is shown. Record the calls again."
        problems += [Problem("warning", trouble, advice) for trouble in troubles if trouble]
    else:
        tree = document.tree
    interactions = []
    for index, (request, response) in enumerate(_pairs(tree)):
        if not mapping(response):
            problems.append(fields.no_response(index))
        interactions.append(Interaction(_request(mapping(request)), _response(mapping(response))))
    version = as_text(tree.get("version", ""))
    return Recording("vcrpy", interactions, version, tuple(problems), from_tree=not is_packed)


def _is_packed(document: Document) -> bool:
    """Tell whether the file begins like MessagePack, like zlib data, or like zlib data in base64."""
    data = document.data
    is_map = bool(_MAP.match(data)) and any(name in document.head for name in _LISTS)
    return is_map or bool(_ZLIB.match(data)) or bool(_ZLIB_IN_BASE64.match(data))


def _unpacked(document: Document) -> tuple[dict[str, Any], list[str]]:
    """Return the tree of a packed file, and what is wrong with the compression and with the MessagePack."""
    data = document.data
    if _ZLIB_IN_BASE64.match(data):
        data = unpack_base64(data.decode())
    inflated = Decoded(data)
    if _ZLIB.match(data):
        # As a response with the same compression, so that the limits apply.
        packed = Response(headers=Headers([("Content-Encoding", "deflate")]), body=data)
        inflated = decode_body(packed, document.limits)
    value, trouble = unpack(inflated.data, document.limits.depth)
    what = f"The cassette is not whole: {trouble}." if trouble else ""
    return mapping(value), [inflated.trouble, what]


def _pairs(tree: dict[str, Any]) -> list[tuple[Any, Any]]:
    items = tree.get("interactions")
    if isinstance(items, list):
        return [(mapping(item).get("request"), mapping(item).get("response")) for item in items]
    requests, responses = tree.get("requests"), tree.get("responses")
    if isinstance(requests, list) and isinstance(responses, list):
        missing = [None] * (len(requests) - len(responses))
        return list(zip(requests, responses + missing, strict=False))
    return []


def _request(request: dict[str, Any]) -> Request:
    return Request(
        method=as_text(request.get("method") or ""),
        url=as_text(request.get("uri") or ""),
        headers=fields.headers(request.get("headers")),
        body=_body(request),
    )


def _response(response: dict[str, Any]) -> Response:
    status = mapping(response.get("status"))
    return Response(
        status=fields.status(status.get("code", response.get("status_code"))),
        reason=as_text(status.get("message") or ""),
        headers=fields.headers(response.get("headers")),
        body=_body(response),
    )


def _body(message: dict[str, Any]) -> bytes:
    for name in ("parsed_body", "content"):
        if message.get(name) is not None:
            return fields.body(message[name])
    value = message.get("body")
    if isinstance(value, dict):
        if value.get("base64_string") is not None:
            return fields.base64_body(value["base64_string"])
        return fields.body(value.get("string"))
    return fields.body(value)
