"""A response body saved to a file: the JSON object that a provider returns without streaming, or an error."""

from typing import Any

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
        "a saved response body that was not streamed, in the format of OpenAI, Anthropic, Gemini, Ollama, Cohere or Bedrock",
    ),
)

# The keys that identify a response. Each row is one format.
_KEYS = (
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
    """Look for the keys of a known response format."""
    if document.head.lstrip()[:1] != b"{" or document.broken:
        return 0
    return 20 if has_answer_keys(mapping(document.tree)) else 0


def has_answer_keys(tree: dict[str, Any]) -> bool:
    """Tell whether an object has the keys of a known response format."""
    return any(required <= tree.keys() for required in _KEYS)


def read(document: Document) -> Recording:
    """Return one interaction that has only a response body."""
    response = Response(headers=fields.content_type(JSON), body=document.data.strip())
    return Recording("json", [Interaction(Request(), response)], from_tree=True)
