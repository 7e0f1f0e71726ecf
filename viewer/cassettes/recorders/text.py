"""Any text that contains events. This is the last resort: every other recorder is asked first."""

import re

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import holds_events, loose_events, streams_in
from viewer.cassettes.wire_form import JSON
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "text",
        "any text",
        "",
        "event streams among the strings of any JSON or YAML, `data:` lines of any text; no requests",
    ),
)

# https://www.rfc-editor.org/rfc/rfc2397
_EMBEDDED_FILE = re.compile(rb"[\"' \t\n]data:[\w.+-]{1,40}/[\w.+-]{1,80}[;,]")


def recognise(document: Document) -> int:
    """Look for an event with data."""
    if b"data:" not in document.data:
        return 0
    # The lines come first, because parsing a large file as YAML takes longer.
    if holds_events(document.data):
        return 5
    if not _is_whole_tree(document):
        return 0
    return 5 if streams_in(document.trees) or _EMBEDDED_FILE.search(document.data) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each stream of events. A file that only looks as if it held events is shown unchanged."""
    bodies = streams_in(document.trees) if _is_whole_tree(document) else []
    is_tree = bool(bodies)
    bodies = bodies or loose_events(document.data)
    if not bodies:
        what = "Where this file has `data:`, it is the address of an embedded file, so there are no events in it."
        problem = Problem("note", what, "It is shown unchanged.")
        response = Response(headers=fields.content_type(JSON), body=fields.body(document.tree))
        return Recording("text", [Interaction(Request(), response)], problems=(problem,))
    what = "No known recorder writes such a file" if is_tree else "The file is read as plain text"
    problems = [
        Problem(
            "note",
            f"{what}, so only the events in it are shown, without their requests.",
            "Compare the result with the file." if is_tree else "Open the cassette itself if you have it.",
        )
    ]
    if document.broken:
        what = f"The file is not readable as YAML: {document.broken}."
        problems.append(Problem("note", what, "If the file should be a cassette, repair it at that line."))
    interactions = [Interaction(Request(), Response(body=body)) for body in bodies]
    return Recording("text", interactions, problems=tuple(problems))


def _is_whole_tree(document: Document) -> bool:
    return document.broken is None and isinstance(document.tree, dict | list)
