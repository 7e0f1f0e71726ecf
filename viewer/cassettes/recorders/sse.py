"""Response bodies saved to a file: server-sent events, as `curl -N > stream.sse` writes them.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import is_yaml_key
from viewer.cassettes.loose_events import split_at_done
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sniff import is_event_stream

ABOUT = (
    About(
        "sse",
        "server-sent events",
        "https://html.spec.whatwg.org/multipage/server-sent-events.html",
        "saved response bodies, one or more per file",
    ),
)


def recognise(document: Document) -> int:
    """Look for an event stream at the beginning of the text."""
    return 70 if is_event_stream(document.data) and not is_yaml_key(document.data) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each response, which has only a body."""
    bodies = [document.data[begin:end] for begin, end in split_at_done(document.data)]
    return Recording("sse", [Interaction(Request(), Response(body=body)) for body in bodies])
