"""A response body saved to a file: JSON values parted by the record separator, as Mastra streams workflows."""

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.json_seq import count_records

ABOUT = (
    About(
        "json-seq",
        "JSON text sequence",
        "https://www.rfc-editor.org/rfc/rfc7464",
        "a saved response body, such as the stream of a Mastra workflow",
    ),
)


def recognise(document: Document) -> int:
    """Look for two records that are JSON objects."""
    return 60 if count_records(document.head) > 1 else 0


def read(document: Document) -> Recording:
    """Return one interaction that has only a response body."""
    return Recording("json-seq", [Interaction(Request(), Response(body=document.data))])
