"""A response body by itself: the JSON object that a provider answers with where no stream was asked for, or an error."""

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON
from viewer.text.json import mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response

ABOUT = (
    About(
        "json",
        "JSON object",
        "",
        "a response body by itself that came whole, of OpenAI's, Anthropic's, Gemini's, Ollama's, Cohere's or Bedrock's kind",
    ),
)

# Fields that one answer has together; each is a row.
_ANSWERS = (
    {"choices"},
    {"candidates"},
    {"message", "done"},
    {"response", "done"},
    {"message", "finish_reason"},
    {"output", "stopReason"},
    {"output", "object", "status"},
    {"content", "role", "type"},
    {"error"},
)


def recognise(document: Document) -> int:
    """Look for the fields that an answer has together."""
    if document.head.lstrip()[:1] != b"{" or document.broken:
        return 0
    keys = mapping(document.tree).keys()
    return 20 if any(answer <= keys for answer in _ANSWERS) else 0


def read(document: Document) -> Recording:
    """Return one interaction of which only the response body is known."""
    response = Response(headers=fields.content_type(JSON), body=document.data.strip())
    return Recording("json", [Interaction(Request(), response)])
