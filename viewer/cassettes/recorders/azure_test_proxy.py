"""Azure SDK test proxy: https://github.com/Azure/azure-sdk-tools/tree/main/tools/test-proxy, JSON.

A text body is a string, or a list of lines with their line ends. A JSON body is stored parsed, and any other body as base64.
"""

import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "azure-test-proxy",
        "Azure SDK test proxy",
        "https://github.com/Azure/azure-sdk-tools/tree/main/tools/test-proxy",
        "JSON",
    ),
)

_TEXT = re.compile(
    r"text/|multipart/|.*[/+](?:json|xml)\b|application/x-www-form-urlencoded|.*;\s*charset=", re.IGNORECASE
)
_JSON = re.compile(r"[^;]*[/+]json\b", re.IGNORECASE)


def recognise(document: Document) -> int:
    """Look for entries with a `RequestUri`."""
    if b"Entries" not in document.head:
        return 0
    tree = mapping(document.tree)
    entries = tree.get("Entries")
    if not isinstance(entries, list):
        return 0
    if not entries:
        return 60 if "Variables" in tree else 0
    return 90 if any("RequestUri" in mapping(entry) for entry in entries) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    entries = document.tree["Entries"]
    if not entries:
        raise CassetteError(document.name, "the test proxy session has no entries.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(mapping(entry), index, problems) for index, entry in enumerate(entries)]
    return Recording("azure-test-proxy", interactions, problems=tuple(problems), from_tree=True)


def _interaction(entry: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    if "StatusCode" not in entry and "ResponseBody" not in entry:
        problems.append(fields.no_response(index))
    sent = fields.headers(entry.get("RequestHeaders"))
    received = fields.headers(entry.get("ResponseHeaders"))
    return Interaction(
        Request(
            method=as_text(entry.get("RequestMethod") or ""),
            url=as_text(entry.get("RequestUri") or ""),
            headers=sent,
            body=_body(entry.get("RequestBody"), sent),
        ),
        Response(
            status=fields.status(entry.get("StatusCode")),
            headers=received,
            body=_body(entry.get("ResponseBody"), received),
        ),
    )


def _body(value: Any, headers: Headers) -> bytes:
    content_type = headers.get("content-type", "")
    if isinstance(value, list) and not _JSON.match(content_type):
        return b"".join(map(fields.body, value))
    if isinstance(value, str) and content_type and not _TEXT.match(content_type):
        return fields.base64_body(value)
    return fields.body(value)
