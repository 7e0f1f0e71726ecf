"""A JSON array whose elements arrive one by one, as Gemini streams it without `alt=sse`."""

import re

from viewer.wire.events import Events, tile

_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")
# A string that is cut off by the end of the body extends to the end, so brackets in it do not count.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def recognise(_content_type: str, body: bytes) -> int:
    """Look for the start of an array of objects."""
    return 40 if _BEGIN.match(body) else 0


def decode(body: bytes) -> Events:
    """Return a unit for each element with its brackets and commas. The last one may be cut off."""
    offset: list[int] = []
    data: list[bytes | None] = []
    depth = 0
    begin = body.find(b"[") + 1
    is_closed = False
    for token in _TOKEN.finditer(body, begin):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif depth and mark in (b"}", b"]"):
            depth -= 1
        elif depth == 0 and mark in (b",", b"]"):
            _add_element(body, begin, token.start(), offset, data)
            begin = token.end()
            is_closed = mark == b"]"
            if is_closed:
                break
    if not is_closed:
        _add_element(body, begin, len(body), offset, data)
    return tile(len(body), offset, ["message"] * len(data), data, unterminated=not is_closed)


def _add_element(body: bytes, begin: int, end: int, offset: list[int], data: list[bytes | None]) -> None:
    element = body[begin:end].strip()
    if element:
        offset.append(begin)
        data.append(element)
