"""A response body saved to a file: the data stream of the AI SDK up to version 4, one part per line.

https://v4.ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol
"""

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
        "a saved response body, one part per line",
    ),
)


def recognise(document: Document) -> int:
    """Look for two lines of the form CODE:JSON."""
    return 40 if count_data_stream_parts(document.head) > 1 else 0


def read(document: Document) -> Recording:
    """Return one interaction that has only a response body."""
    return Recording("data-stream", [Interaction(Request(), Response(body=document.data))])
