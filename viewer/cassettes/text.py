"""Any text with events in it: a listing with line numbers, a log, a cassette that lost its indentation or its end."""

import re

from viewer.cassettes import Recording
from viewer.document import Document
from viewer.http import Interaction, Request, Response
from viewer.problems import Problem

# What a listing, a grep or an editor puts before a line: a number, perhaps with a separator, and white space.
_EVENT_LINE = re.compile(rb"^[ \t]*(?:\d+[ \t]*[:|\-]?)?[ \t]*(data|event):[ \t]?([^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
_DATA = re.compile(rb"(?:\{|\[DONE\])")


def recognise(document: Document) -> int:
    """Look for a line that holds JSON data; sure of little, so that every real recorder comes first."""
    return 5 if any(_events(document.data)) else 0


def read(document: Document) -> Recording:
    """Return one interaction whose body is the events put together again, one blank line after each."""
    body = b"".join(
        b"event: " + value + b"\n" if field == b"event" else b"data: " + value + b"\n\n"
        for field, value in _events(document.data)
    )
    problems = [
        Problem(
            "note",
            "Read as text: only the events in it are known, neither the request nor any time.",
            "Open the cassette itself if you have it.",
        )
    ]
    if document.tree_error:
        problems.append(
            Problem("note", f"The file is {document.tree_error}.", "If it should be a cassette, repair it there.")
        )
    return Recording("text", [Interaction(Request(), Response(body=body))], problems=tuple(problems))


def _events(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return field and value of each line that belongs to an event."""
    return [(field, value) for field, value in _EVENT_LINE.findall(data) if field == b"event" or _DATA.match(value)]
