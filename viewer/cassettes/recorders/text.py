"""Any text with events in it; of these alone it is sure, so that every real recorder comes first."""

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
        "event streams among the texts of any JSON or YAML, `data:` lines of any text; without their requests",
    ),
)


def recognise(document: Document) -> int:
    """Look for an event with data."""
    if b"data:" not in document.data:
        return 0
    # The lines are looked at first: a large file need not be read as YAML to be told.
    found = holds_events(document.data) or (_is_whole_tree(document) and streams_in(document.tree))
    return 5 if found else 0


def read(document: Document) -> Recording:
    """Return an interaction for each stream of events."""
    bodies = streams_in(document.tree) if _is_whole_tree(document) else []
    what = "A cassette of no recorder that is known yet" if bodies else "Read as text"
    problems = [
        Problem(
            "note",
            f"{what}: only the events in it are known, and nothing of the request.",
            "Compare with the file before you rely on it." if bodies else "Open the cassette itself if you have it.",
        )
    ]
    if document.broken:
        why = f"The file is not readable as YAML: {document.broken}."
        problems.append(Problem("note", why, "If it should be a cassette, repair it there."))
    interactions = [Interaction(Request(), Response(body=body)) for body in bodies or loose_events(document.data)]
    return Recording("text", interactions, problems=tuple(problems))


def _is_whole_tree(document: Document) -> bool:
    return document.broken is None and isinstance(document.tree, dict | list)
