"""A response body by itself: newline-delimited JSON saved to a file, as Ollama and chunk dumps have it."""

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON_LINES
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sniff import is_json_lines

ABOUT = (
    About(
        "ndjson",
        "newline-delimited JSON",
        "https://github.com/ndjson/ndjson-spec",
        "a response body by itself, or one event a line (`chunks.txt`)",
    ),
)


def recognise(document: Document) -> int:
    """Look for two lines that are JSON objects each; recorders that write lines of their own are surer."""
    return 30 if is_json_lines(document.data) else 0


def read(document: Document) -> Recording:
    """Return one interaction of which only the response body is known."""
    return Recording(
        "ndjson", [Interaction(Request(), Response(headers=fields.content_type(JSON_LINES), body=document.data))]
    )
