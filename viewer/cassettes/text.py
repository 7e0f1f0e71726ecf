"""Any text with events in it; of these alone it is sure, so that every real recorder comes first."""

from viewer.cassettes import Recording
from viewer.document import Document
from viewer.http import Interaction, Request, Response
from viewer.loose_events import holds_events, loose_events
from viewer.problems import Problem


def recognise(document: Document) -> int:
    """Look for a line that holds JSON data."""
    return 5 if holds_events(document.data) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each stream of events."""
    interactions = [Interaction(Request(), Response(body=body)) for body in loose_events(document.data)]
    problems = [
        Problem(
            "note",
            "Read as text: only the events in it are known, and nothing of the request.",
            "Open the cassette itself if you have it.",
        )
    ]
    if document.broken:
        what = f"The file is not readable as YAML: {document.broken.reason} at line {document.broken.line}."
        problems.append(Problem("note", what, "If it should be a cassette, repair it there."))
    return Recording("text", interactions, problems=tuple(problems))
