"""Sessions that are one JSON document instead of lines: each message becomes a line of its own."""

from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.sessions.file_lines import FileLine
from viewer.text.json import mapping
from viewer.types.problems import Problem

REWRITTEN = Problem(
    "note",
    "The file is one JSON document. Each of its messages is shown as a line of compact JSON.",
    "White space is not that of the file, and offsets count in these lines. Every field and its order are kept.",
)
"""The problem of every session of this form."""


def line_of(value: Any) -> FileLine:
    """Write a message as one line."""
    return FileLine(fields.json_body(value), mapping(value))


def without(document: Any, name: str) -> dict[str, Any]:
    """Return the fields of a document without the one that holds its messages."""
    return {key: value for key, value in mapping(document).items() if key != name}
