"""Response bodies saved to a file: server-sent events, as `curl -N > stream.sse` writes them.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
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

# A response in OpenAI's format ends here. Events after it in the same file belong to the next response.
_END = re.compile(rb"^data: ?\[DONE\][ \t]*(?:\r\n|[\r\n])(?:[\r\n]+|\Z)", re.MULTILINE)


def recognise(document: Document) -> int:
    """Look for an event stream at the beginning of the text."""
    return 70 if is_event_stream(document.data) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each response, which has only a body."""
    data = document.data
    cuts = [match.end() for match in _END.finditer(data) if is_event_stream(data[match.end() :])]
    bodies = (data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True))
    return Recording("sse", [Interaction(Request(), Response(body=body)) for body in bodies])
