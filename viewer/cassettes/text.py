"""Any text with events in it: a listing with line numbers, a log, a cassette that lost its indentation or its end."""

import re

from viewer.cassettes import Recording
from viewer.document import Document
from viewer.http import Interaction, Request, Response
from viewer.problems import Problem

# What a listing, a grep or an editor puts before a line: a number, perhaps with a separator, and white space.
_BEFORE = rb"^[ \t]*(?:\d+[ \t]*[:|\-]?)?[ \t]*"
_PAYLOAD = rb"data:[ \t]?(?=\{|\[DONE\])"
_DATA_LINE = re.compile(_BEFORE + _PAYLOAD, re.MULTILINE)
_LINE = re.compile(_BEFORE + rb"(event:[ \t]?|" + _PAYLOAD + rb")([^\r\n]*?)[ \t]*\r?$", re.MULTILINE)


def recognise(document: Document) -> int:
    """Look for a line that holds JSON data; sure of little, so that every real recorder comes first."""
    # The plain search spares the expression a file that cannot match.
    return 5 if b"data:" in document.data and _DATA_LINE.search(document.data) else 0


def read(document: Document) -> Recording:
    """Return one interaction whose body is the events put together again, one blank line after each."""
    lines: list[bytes] = []
    name = b""
    for field, value in _LINE.findall(document.data):
        if field.startswith(b"event"):
            name = b"event: " + value + b"\n"
        else:
            lines.append(name + b"data: " + value + b"\n\n")
            name = b""
    body = b"".join(lines)
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
