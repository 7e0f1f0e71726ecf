"""seinfeld, Braintrust's recorder for JavaScript: https://github.com/braintrustdata/braintrust-sdk-javascript, JSON.

A body has a kind: `sse` is a list of events without the blank line at the end of each, `binary` is a file next to the cassette.
"""

import hashlib
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem, Severity

ABOUT = (
    About(
        "seinfeld",
        "seinfeld",
        "https://github.com/braintrustdata/braintrust-sdk-javascript",
        "JSON, with blobs in files next to it",
        "end of the response, to the millisecond",
    ),
)


def recognise(document: Document) -> int:
    """Look for entries with a match key, or with a body that has a kind."""
    if b"entries" not in document.head:
        return 0
    tree = mapping(document.tree)
    entries = tree.get("entries")
    if not isinstance(entries, list):
        return 0
    if not entries:
        return 60 if "createdAt" in mapping(tree.get("meta")) else 0
    return 90 if any(map(_is_entry, entries)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    tree = document.tree
    if not tree["entries"]:
        raise CassetteError(document.name, "the seinfeld cassette has no entries.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(entry, index, document, problems) for index, entry in enumerate(tree["entries"])]
    version = tree.get("version")
    return Recording(
        "seinfeld", interactions, "" if version is None else as_text(version), tuple(problems), from_tree=True
    )


def _is_entry(value: Any) -> bool:
    entry = mapping(value)
    bodies = [mapping(mapping(entry.get(side)).get("body")) for side in ("request", "response")]
    return bool(entry.get("request")) and ("matchKey" in entry or any("kind" in body for body in bodies))


def _interaction(entry: Any, index: int, document: Document, problems: list[Problem]) -> Interaction:
    request = mapping(mapping(entry).get("request"))
    response = mapping(mapping(entry).get("response"))
    if not response:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request.get("body"), "request", index, document, problems),
        ),
        Response(
            status=fields.status(response.get("status")),
            reason=as_text(response.get("statusText") or ""),
            headers=fields.headers(response.get("headers")),
            body=_body(response.get("body"), "response", index, document, problems),
        ),
        RecordedTimes(ended=fields.moment(mapping(entry).get("recordedAt"), fields.MILLISECOND_S)),
    )


def _body(value: Any, side: str, index: int, document: Document, problems: list[Problem]) -> bytes:
    body = mapping(value)
    kind = body.get("kind")
    if kind is None:
        return fields.body(value)
    if kind == "sse":
        chunks = body.get("chunks")
        return b"".join(map(_event, chunks)) if isinstance(chunks, list) else fields.body(chunks)
    if kind == "base64":
        return fields.base64_body(body.get("value") or "")
    if kind == "binary":
        content, trouble = _read_file(body, document)
        if trouble:
            severity: Severity = "warning" if side == "response" else "note"
            problems.append(Problem(severity, f"The {side} body {trouble}", fields.OPEN_WITH_FILES, interaction=index))
        return content
    if kind not in ("empty", "json", "text"):
        what = f"The {side} body has an unknown kind: {fields.quote(kind, 80)}."
        problems.append(Problem("warning", what, "Its value is shown as text.", interaction=index))
    if kind == "json" and "value" in body:
        return fields.json_body(body["value"])
    return fields.body(body.get("value"))


def _read_file(body: dict[str, Any], document: Document) -> tuple[bytes, str]:
    """Return the content of a file next to the cassette, and what is wrong with it or ""."""
    path = as_text(body.get("path"))
    content = document.beside(path)
    if content is None:
        return b"", f"is in a file of its own, which is missing: {fields.quote(path)}."
    changed = body.get("sha256") not in (None, hashlib.sha256(content).hexdigest())
    return content, f"has changed since it was recorded: {fields.quote(path)}." if changed else ""


def _event(chunk: Any) -> bytes:
    return fields.body(chunk).rstrip(b"\r\n") + b"\n\n"
