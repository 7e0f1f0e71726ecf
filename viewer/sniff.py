"""What a run of bytes is, told by how it begins."""

import re

_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = re.compile(rb"(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(rb"(?:^|[\r\n])data:")


def is_event_stream(text: bytes) -> bool:
    """Tell whether a text begins as server-sent events do, with a field or a comment, and holds data."""
    begin = text[:1024].removeprefix(_BOM).lstrip(b"\r\n")
    return bool(_FIRST_LINE.match(begin)) and bool(_DATA_LINE.search(text.removeprefix(_BOM)))
