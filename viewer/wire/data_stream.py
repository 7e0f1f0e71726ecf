r"""The data stream of the AI SDK up to version 4, one part per line: `CODE:JSON\n`.

https://v4.ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol

Its media type, text/plain, identifies nothing. The code of a part, one character, becomes the name of the event.
"""

import re

from viewer.wire.events import Events, tile
from viewer.wire.sniff import BOM, count_data_stream_parts, is_json

_CODE = re.compile(rb"([0-9a-z]):[ \t]*+(?=[^ \t])")


def recognise(_content_type: str, body: bytes) -> int:
    """Look at the first lines. Two parts outweigh the media type of server-sent events, which have no such fields."""
    return (0, 60, 95)[count_data_stream_parts(body)]


def decode(body: bytes) -> Events:
    """Return a unit for each line that is not blank, named by its code. A line without a code is data as a whole."""
    offset: list[int] = []
    name: list[str] = []
    data: list[bytes | None] = []
    place = len(BOM) if body.startswith(BOM) else 0
    for line in body[place:].split(b"\n"):
        if text := line.strip():
            code = _CODE.match(text)
            offset.append(place)
            name.append(code.group(1).decode() if code else "message")
            data.append(text[code.end() :] if code else text)
        place += len(line) + 1
    cut_off = bool(data) and not body.endswith(b"\n") and not is_json(data[-1])
    return tile(len(body), offset, name, data, unterminated=cut_off)
