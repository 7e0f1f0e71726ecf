"""A response body by itself: server-sent events saved to a file, as `curl -N > stream.sse` leaves them."""

from viewer.cassettes import Recording
from viewer.document import Document
from viewer.http import Interaction, Request, Response
from viewer.sniff import is_event_stream


def recognise(document: Document) -> int:
    """Look at how the text begins."""
    return 70 if is_event_stream(document.data) else 0


def read(document: Document) -> Recording:
    """Return one interaction of which only the response body is known."""
    return Recording("sse", [Interaction(Request(), Response(body=document.data))])
