"""A response body saved to a file: newline-delimited JSON, as Ollama streams it and chunk dumps hold it.

https://github.com/ndjson/ndjson-spec
"""

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON_LINES
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sniff import BOM, is_json_lines

ABOUT = (
    About(
        "ndjson",
        "newline-delimited JSON",
        "https://github.com/ndjson/ndjson-spec",
        "a saved response body, or a file of one event per line (`chunks.txt`)",
    ),
)


def recognise(document: Document) -> int:
    """Look for two lines that are JSON objects. The modules of recorders that write JSON lines are more sure."""
    return 30 if is_json_lines(document.data.removeprefix(BOM)) else 0


def read(document: Document) -> Recording:
    """Return one interaction that has only a response body."""
    response = Response(headers=fields.content_type(JSON_LINES), body=document.data.removeprefix(BOM))
    return Recording("ndjson", [Interaction(Request(), response)])
