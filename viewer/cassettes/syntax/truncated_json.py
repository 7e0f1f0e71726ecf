"""JSON that the end of the file cuts off: what comes before the end is kept."""

import re
from typing import Any

import orjson

from viewer.cassettes.syntax.yaml import Break

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_CLOSING = {b"{": b"}", b"[": b"]"}
_HALF_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")


def read_cut_off(data: bytes) -> tuple[Any, Break] | None:
    """Parse JSON that ends too early by closing what is open at its end. Return None if it is broken in another way."""
    open_brackets: list[bytes] = []
    last_whole = 0
    stack_at_last_whole: list[bytes] = []
    in_string = False
    for token in _TOKEN.finditer(data):
        mark = token.group()
        if mark in _CLOSING:
            open_brackets.append(mark)
        elif mark in (b"}", b"]"):
            if not open_brackets or _CLOSING[open_brackets.pop()] != mark:
                return None
        elif mark == b",":
            last_whole = token.start()
            stack_at_last_whole = open_brackets.copy()
        else:
            in_string = token.end() == len(data) and not (len(mark) > 1 and mark.endswith(b'"') and _is_closed(mark))
    if not open_brackets:
        return None
    broken = Break("the file ends in the middle of its JSON", data.count(b"\n") + 1, at_end=True)
    text = _HALF_ESCAPE.sub(b"", data) + b'"' if in_string else data
    # Half a member cannot be closed. Then drop that member and keep what comes before it.
    for candidate, brackets in ((text, open_brackets), (data[:last_whole], stack_at_last_whole)):
        try:
            return orjson.loads(candidate + b"".join(_CLOSING[mark] for mark in reversed(brackets))), broken
        except orjson.JSONDecodeError:
            continue
    return None


def _is_closed(text: bytes) -> bool:
    """Tell whether the quote at the end of a string closes it, instead of being escaped."""
    inner = text[1:-1]
    return (len(inner) - len(inner.rstrip(b"\\"))) % 2 == 0
