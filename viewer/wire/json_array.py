"""One JSON array whose elements arrive one by one, as Gemini streams it without `alt=sse`."""

import re

from viewer.wire.events import Events, tile

_BEGIN = re.compile(rb"\s*\[\s*\{")
# A string that the end cuts off reaches to the end, so that brackets in it stay text.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def recognise(_content_type: str, body: bytes) -> int:
    """Look for an array of objects."""
    return 40 if _BEGIN.match(body) else 0


def decode(body: bytes) -> Events:
    """Return a unit for each element, with the bracket or the comma around it; one that is cut off is the last."""
    offset: list[int] = []
    data: list[bytes | None] = []
    depth = 0
    begin = body.find(b"[") + 1
    closed = False
    for token in _TOKEN.finditer(body, begin):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif depth and mark in (b"}", b"]"):
            depth -= 1
        elif depth == 0 and mark in (b",", b"]"):
            _take(body, begin, token.start(), offset, data)
            begin = token.end()
            closed = mark == b"]"
            if closed:
                break
    if not closed:
        _take(body, begin, len(body), offset, data)
    return tile(0, len(body), offset, ["message"] * len(data), data, unterminated=not closed)


def _take(body: bytes, begin: int, end: int, offset: list[int], data: list[bytes | None]) -> None:
    element = body[begin:end].strip()
    if element:
        offset.append(begin)
        data.append(element)
