"""Fixtures of LiteLLM's end-to-end tests: https://github.com/BerriAI/litellm/blob/main/tests/e2e/fixture_bundle.py, JSON.

A file holds one exchange. A response that was not streamed is one base64 text, a streamed one has a base64 text for each
network chunk, without times. The path of a request begins with the provider's name; host and headers are lost.
"""

from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "litellm-e2e",
        "LiteLLM end-to-end fixture",
        "https://github.com/BerriAI/litellm/blob/main/tests/e2e/fixture_bundle.py",
        "JSON of versions 4 and 5; streamed or not",
    ),
)

_BODIES = ("chunks_b64", "body_b64")


def recognise(document: Document) -> int:
    """Look for a response with a status code and a body in base64, and a request with a path."""
    if not (b"_b64" in document.head or b'"status_code"' in document.head):
        return 0
    tree = mapping(document.tree)
    request, response = mapping(tree.get("request")), mapping(tree.get("response"))
    has_body = any(name in response for name in _BODIES) and "status_code" in response
    return 96 if has_body and {"method", "path"} <= request.keys() else 0


def read(document: Document) -> Recording:
    """Return the one interaction of a file."""
    tree = document.tree
    request, response = tree["request"], tree["response"]
    problems: list[Problem] = []
    if response.get("truncated"):
        what = f"The stream did not reach its end: {fields.quote(response['truncated'])}."
        problems.append(Problem("warning", what, "Record the call again.", interaction=0))
    interaction = Interaction(
        Request(
            method=as_text(request.get("method")),
            url=_url(request),
            headers=fields.headers(request.get("headers")),
            body=fields.body(request.get("body") if request.get("body") is not None else request.get("form")),
        ),
        Response(
            status=fields.status(response.get("status_code")),
            headers=fields.headers(response.get("headers")),
            body=_body(response),
        ),
    )
    return Recording("litellm-e2e", [interaction], problems=tuple(problems), from_tree=True)


def _url(request: dict[str, Any]) -> str:
    query = urlencode([(name, as_text(value)) for name, value in mapping(request.get("params")).items()])
    return as_text(request.get("path")) + (f"?{query}" if query else "")


def _body(response: dict[str, Any]) -> bytes:
    # Each chunk is base64 with padding of its own, so they are decoded one by one.
    chunks = items(response.get("chunks_b64"))
    return b"".join(fields.base64_body(chunk) for chunk in chunks or [response.get("body_b64") or ""])
