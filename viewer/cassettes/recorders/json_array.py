"""A response body saved to a file: the JSON array that Gemini streams without `alt=sse`.

https://ai.google.dev/api/generate-content
"""

import re

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response

ABOUT = (
    About(
        "json-array",
        "JSON array",
        "https://ai.google.dev/api/generate-content",
        "a saved response body, as Gemini streams it without `alt=sse`",
    ),
)

# Matches bytes instead of the parsed tree, so an array that is cut off opens too.
_CHUNK = re.compile(rb'\s*\[\s*\{\s*"(?:candidates|usageMetadata|promptFeedback|error|responseId|modelVersion)"')


def recognise(document: Document) -> int:
    """Look for a field of Gemini's chunks at the start of the first element. Several arrays are several streams."""
    return 40 if _CHUNK.match(document.head) and len(document.trees) < 2 else 0


def read(document: Document) -> Recording:
    """Return one interaction that has only a response body."""
    return Recording(
        "json-array", [Interaction(Request(), Response(headers=fields.content_type(JSON), body=document.data))]
    )
