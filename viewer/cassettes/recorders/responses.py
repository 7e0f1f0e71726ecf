"""The recorder of `responses`: https://github.com/getsentry/responses#record-responses-to-files, YAML or TOML.

It keeps responses with the method and URL of their requests, but no headers or bodies of requests. Newer versions keep each body
in a file of its own. https://github.com/getsentry/responses/blob/master/responses/_recorder.py
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.toml import read_toml
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "responses",
        "responses",
        "https://github.com/getsentry/responses#record-responses-to-files",
        "YAML and TOML of its recorder, with body files next to them; method and URL of requests",
    ),
)

_TOML = b"[[responses]]"
_BODIES = frozenset({"body", "body_file", "auto_calculate_content_length"})


def recognise(document: Document) -> int:
    """Look for a list of responses, each with the method and URL of its request."""
    if b"responses" not in document.head:
        return 0
    return 90 if any(map(_is_response, _responses(document))) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = []
    for index, response in enumerate(_responses(document)):
        if not response:
            problems.append(fields.no_response(index))
        interactions.append(_interaction(response, index, document, problems))
    return Recording("responses", interactions, problems=tuple(problems), from_tree=_TOML not in document.head)


def _responses(document: Document) -> list[dict[str, Any]]:
    tree = read_toml(document.data) if _TOML in document.head else document.tree
    return [mapping(item.get("response")) for item in fields.mappings(items(mapping(tree).get("responses")))]


def _is_response(response: dict[str, Any]) -> bool:
    return {"method", "url", "status"} <= response.keys() and not _BODIES.isdisjoint(response)


def _interaction(response: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> Interaction:
    headers = fields.headers(response.get("headers"))
    return Interaction(
        Request(method=as_text(response.get("method") or ""), url=as_text(response.get("url") or "")),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.with_content_type(headers, as_text(response.get("content_type") or "")),
            body=_body(response, index, document, problems),
        ),
    )


def _body(response: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> bytes:
    if response.get("body") is not None or response.get("body_file") is None:
        return fields.body(response.get("body"))
    name = as_text(response["body_file"])
    content = document.beside(name)
    if content is None:
        problems.append(fields.missing_body_file(name, index))
    return content or b""
