"""Any text that contains events. This is the last resort: every other recorder is asked first."""

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import holds_events, loose_events, streams_in
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


def recognise(document: Document) -> int:
    """Look for an event with data."""
    if b"data:" not in document.data:
        return 0
    # The lines come first, because parsing a large file as YAML takes longer.
    has_events = holds_events(document.data) or (_is_whole_tree(document) and streams_in(document.trees))
    return 5 if has_events else 0


def read(document: Document) -> Recording:
    """Return an interaction for each stream of events."""
    bodies = streams_in(document.trees) if _is_whole_tree(document) else []
    what = "No known recorder writes such a file" if bodies else "The file is read as plain text"
    problems = [
        Problem(
            "note",
            f"{what}, so only the events in it are shown, without their requests.",
            "Compare the result with the file." if bodies else "Open the cassette itself if you have it.",
        )
    ]
    if document.broken:
        what = f"The file is not readable as YAML: {document.broken}."
        problems.append(Problem("note", what, "If the file should be a cassette, repair it at that line."))
    interactions = [Interaction(Request(), Response(body=body)) for body in bodies or loose_events(document.data)]
    return Recording("text", interactions, problems=tuple(problems))


def _is_whole_tree(document: Document) -> bool:
    return document.broken is None and isinstance(document.tree, dict | list)
