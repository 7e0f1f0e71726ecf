"""VCR.py: https://vcrpy.readthedocs.io, YAML or JSON without any times.

Variants that exist: bodies parsed as JSON (`parsed_body`), the httpx stub of older versions (`content`, `status_code`), and
LangChain's serializer, which writes requests and responses as two lists of the same length.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "vcrpy",
        "VCR.py",
        "https://vcrpy.readthedocs.io",
        "YAML and JSON, also gzipped, with parsed bodies, with the older httpx stub, and LangChain's two lists",
    ),
)


def recognise(document: Document) -> int:
    """Look for requests with a `uri`, in a list of interactions or in LangChain's two lists.

    The status of a response is an object, or it is in `status_code`. It is missing if the file is cut off.
    """
    if not any(name in document.head for name in (b"interactions", b"requests")):
        return 0
    tree = document.tree
    if not isinstance(tree, dict):
        return 0
    is_own = any("uri" in mapping(request) and _is_response(response) for request, response in _pairs(tree))
    return 90 if is_own else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = []
    for index, (request, response) in enumerate(_pairs(document.tree)):
        if not mapping(response):
            problems.append(fields.no_response(index))
        interactions.append(Interaction(_request(mapping(request)), _response(mapping(response))))
    version = document.tree.get("version", "")
    return Recording("vcrpy", interactions, as_text(version), tuple(problems), from_tree=True)


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
