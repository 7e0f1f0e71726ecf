"""The recorder of `responses`: https://github.com/getsentry/responses#record-responses-to-files, YAML or TOML.

It keeps responses with the method and URL of their requests, but no headers or bodies of requests.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "responses",
        "responses",
        "https://github.com/getsentry/responses#record-responses-to-files",
        "YAML of its recorder; method and URL of requests",
    ),
)


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
        interactions.append(_interaction(response))
    return Recording("responses", interactions, problems=tuple(problems), from_tree=True)


def _responses(document: Document) -> list[dict[str, Any]]:
    return [mapping(item.get("response")) for item in fields.mappings(items(mapping(document.tree).get("responses")))]


def _is_response(response: dict[str, Any]) -> bool:
    return {"method", "url", "status", "body"} <= response.keys()


def _interaction(response: dict[str, Any]) -> Interaction:
    headers = fields.headers(response.get("headers"))
    return Interaction(
        Request(method=as_text(response.get("method") or ""), url=as_text(response.get("url") or "")),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.with_content_type(headers, as_text(response.get("content_type") or "")),
            body=fields.body(response.get("body")),
        ),
    )
