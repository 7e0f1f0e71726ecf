"""A response body by itself: the data stream of the AI SDK up to version 4, saved to a file."""

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sniff import count_data_stream_parts

ABOUT = (
    About(
        "data-stream",
        "AI SDK data stream",
        "https://v4.ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol",
        "a response body by itself, a part a line",
    ),
)


def recognise(document: Document) -> int:
    """Look for two lines that are a code and JSON each."""
    return 40 if count_data_stream_parts(document.head) > 1 else 0


def read(document: Document) -> Recording:
    """Return one interaction of which only the response body is known."""
    return Recording("data-stream", [Interaction(Request(), Response(body=document.data))])
