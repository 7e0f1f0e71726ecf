r"""The data stream of the AI SDK up to version 4, a part a line: `CODE:JSON\n`.

https://v4.ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol

Its media type, text/plain, tells nothing. Its code, one character, is the name of an event.
"""

import re

from viewer.wire.events import Events, tile
from viewer.wire.sniff import is_json, parts_of_data_stream

_NAMED = re.compile(rb"([0-9a-z]):[ \t]*+(?=[^ \t])")


def recognise(_content_type: str, body: bytes) -> int:
    """Look at the first lines; no field of server-sent events has such a name, so that their media type would be wrong."""
    return (0, 60, 95)[parts_of_data_stream(body)]


def decode(body: bytes) -> Events:
    """Return a unit for each line that is not blank, named by its code; one without a code is all data."""
    offset: list[int] = []
    name: list[str] = []
    data: list[bytes | None] = []
    place = 0
    for line in body.split(b"\n"):
        if text := line.strip():
            named = _NAMED.match(text)
            offset.append(place)
            name.append(named.group(1).decode() if named else "message")
            data.append(text[named.end() :] if named else text)
        place += len(line) + 1
    cut_off = bool(data) and not body.endswith(b"\n") and not is_json(data[-1])
    return tile(0, len(body), offset, name, data, unterminated=cut_off)
