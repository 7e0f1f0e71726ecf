"""Response bodies by themselves: server-sent events saved to a file, as `curl -N > stream.sse` leaves them."""

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
        "a response body by itself, several in a row",
    ),
)

# A response of OpenAI's kind ends here; what follows in the same file is the next one.
_END = re.compile(rb"^data: ?\[DONE\][ \t]*(?:\r\n|[\r\n])(?:[\r\n]+|\Z)", re.MULTILINE)


def recognise(document: Document) -> int:
    """Look at how the text begins."""
    return 70 if is_event_stream(document.data) else 0


def read(document: Document) -> Recording:
    """Return one interaction for each response, of which only the body is known."""
    data = document.data
    cuts = [match.end() for match in _END.finditer(data) if is_event_stream(data[match.end() :])]
    bodies = (data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True))
    return Recording("sse", [Interaction(Request(), Response(body=body)) for body in bodies])
