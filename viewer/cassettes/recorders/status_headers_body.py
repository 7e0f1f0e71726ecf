"""Responses as JSON {status, headers, body}, one per file or in a list, which projects write with a few lines of their own.

An example is https://github.com/Arize-ai/openinference.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.chunks.lists import read_chunk_list
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response

ABOUT = (About("http-json", "{status, headers, body}", "", "JSON, one response or a list of them"),)


def recognise(document: Document) -> int:
    """Look for a status code, headers and a body, without a request."""
    if b"headers" not in document.head:
        return 0
    responses = _responses(document.tree)
    return 50 if responses and all(map(_is_response, responses)) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each response, without a request."""
    return Recording("http-json", [_interaction(value) for value in _responses(document.tree)], from_tree=True)


def _responses(tree: Any) -> list[Any]:
    return tree if isinstance(tree, list) else [tree]


def _is_response(value: Any) -> bool:
    response = mapping(value)
    return (
        fields.status(response.get("status")) is not None
        and isinstance(response.get("headers"), dict | list)
        and "body" in response
        and "request" not in response
        # The parts of a stream are read by the module `chunk_list`.
        and read_chunk_list(items(response["body"])[:40]) is None
    )


def _interaction(response: dict[str, Any]) -> Interaction:
    return Interaction(
        Request(),
        Response(
            status=fields.status(response["status"]),
            reason=as_text(response.get("statusText") or ""),
            headers=fields.headers(response["headers"]),
            body=fields.body(response["body"]),
        ),
    )
