"""dd-apm-test-agent, Datadog's VCR proxy: https://github.com/DataDog/dd-apm-test-agent, one interaction per JSON file.

A body is text, or base64 after the mark `base64:`.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sniff import is_json_lines

ABOUT = (
    About(
        "dd-test-agent",
        "dd-apm-test-agent",
        "https://github.com/DataDog/dd-apm-test-agent",
        "JSON, one interaction per file",
    ),
)

_BASE64 = "base64:"


def recognise(document: Document) -> int:
    """Look for a request with a `url` and a response whose status has a code."""
    if b"request" not in document.head:
        return 0
    tree = document.tree
    if not isinstance(tree, dict) or "url" not in mapping(tree.get("request")):
        return 0
    response = tree.get("response")
    if "code" in mapping(mapping(response).get("status")):
        return 85
    # The file is cut off within the request. No other recorder of single interactions stores the body as text.
    is_cut_off = document.broken and not response and "method" in tree["request"]
    return 40 if is_cut_off and not is_json_lines(document.head) else 0


def read(document: Document) -> Recording:
    """Return the one interaction."""
    request = mapping(document.tree.get("request"))
    response = mapping(document.tree.get("response"))
    problems = () if response else (fields.no_response(0),)
    status = mapping(response.get("status"))
    interaction = Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request.get("body")),
        ),
        Response(
            status=fields.status(status.get("code")),
            reason=as_text(status.get("message") or ""),
            headers=fields.headers(response.get("headers")),
            body=_body(response.get("body")),
        ),
    )
    return Recording("dd-test-agent", [interaction], problems=problems, from_tree=True)


def _body(value: Any) -> bytes:
    if isinstance(value, str) and value.startswith(_BASE64):
        return fields.base64_body(value.removeprefix(_BASE64))
    return fields.body(value)
