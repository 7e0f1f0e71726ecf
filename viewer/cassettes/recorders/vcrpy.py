"""VCR.py: https://vcrpy.readthedocs.io, YAML or JSON without any times.

Variants that exist: bodies parsed as JSON (`parsed_body`), the httpx stub of older versions (`content`, `status_code`), and two
serializers of LangChain. One writes requests and responses as two lists of the same length, the other packs the file.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.packed_tree import is_packed, unpacked
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "vcrpy",
        "VCR.py",
        "https://vcrpy.readthedocs.io",
        "YAML and JSON, also gzipped, with parsed bodies, with the older httpx stub, and as LangChain's two lists or MessagePack",
    ),
)


def recognise(document: Document) -> int:
    """Look for requests with a `uri`, in a list of interactions or in LangChain's two lists.

    The status of a response is an object, or it is in `status_code`. It is missing if the file is cut off.
    """
    if is_packed(document):
        tree = unpacked(document).tree
    elif any(name in document.head for name in (b"interactions", b"requests")):
        tree = document.tree
    else:
        return 0
    if not isinstance(tree, dict):
        return 0
    is_own = any("uri" in mapping(request) and _is_response(response) for request, response in _pairs(tree))
    return 90 if is_own else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    packed = unpacked(document) if is_packed(document) else None
    tree = packed.tree if packed else document.tree
    advice = "What came before is shown. Record the calls again."
    problems = [Problem("warning", trouble, advice) for trouble in packed.troubles] if packed else []
    interactions = []
    for index, (request, response) in enumerate(_pairs(tree)):
        if not mapping(response):
            problems.append(fields.no_response(index))
        interactions.append(Interaction(_request(mapping(request)), _response(mapping(response))))
    version = tree.get("version", "")
    return Recording("vcrpy", interactions, as_text(version), tuple(problems), from_tree=packed is None)


def _is_response(response: Any) -> bool:
    status = mapping(response).get("status")
    return status is None or isinstance(status, dict)


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
        if isinstance(value.get("base64_string"), str):
            return fields.base64_body(value["base64_string"])
        return fields.body(value.get("string"))
    return fields.body(value)
