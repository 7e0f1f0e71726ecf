"""TalkCody's fixtures: https://github.com/talkcody/talkcody/blob/main/src-tauri/core/src/llm/testing/recorder.rs, JSON.

A file holds one exchange. A stream is a list of events with type and data, an error has a body. There are no times.
"""

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import event_stream
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "talkcody",
        "TalkCody fixture",
        "https://github.com/talkcody/talkcody/blob/main/src-tauri/core/src/llm/testing/recorder.rs",
        "JSON of version 1; streams and errors",
    ),
)

_EVENT_STREAM = "text/event-stream"


def recognise(document: Document) -> int:
    """Look for a request to a provider with its protocol, or for a response with a list of events."""
    if not (b"endpoint_path" in document.head or b"sse_events" in document.head):
        return 0
    tree = mapping(document.tree)
    request, response = mapping(tree.get("request")), mapping(tree.get("response"))
    is_fixture = {"provider_id", "endpoint_path"} <= tree.keys() or "sse_events" in response
    return 96 if is_fixture and "url" in request else 0


def read(document: Document) -> Recording:
    """Return the one interaction of a file."""
    tree = mapping(document.tree)
    request, response = mapping(tree.get("request")), mapping(tree.get("response"))
    problems: tuple[Problem, ...] = () if response else (fields.no_response(0),)
    events = fields.mappings(response.get("sse_events"))
    headers = fields.headers(response.get("headers"))
    interaction = Interaction(
        Request(
            method=as_text(request.get("method")),
            url=as_text(request.get("url")),
            headers=fields.headers(request.get("headers")),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(response.get("status")),
            # The recorder reads a WebSocket as events too, and its headers are empty.
            headers=fields.with_content_type(headers, _EVENT_STREAM) if events else headers,
            body=event_stream((event.get("event"), "", event.get("data")) for event in events)
            or fields.body(response.get("body")),
        ),
    )
    version = fields.version(tree.get("version"))
    return Recording("talkcody", [interaction], version, problems, from_tree=True)
