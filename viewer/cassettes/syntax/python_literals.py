"""Values as Python prints them: https://docs.python.org/3/library/functions.html#repr.

A program that prints the lines of a response prints `b'data: …'`. Only literals are read; nothing is run.
"""

import ast
import re
from typing import Any, NamedTuple

# Brackets, then bytes or a text in single quotes. JSON has neither single quotes nor prefixes nor parentheses.
_BEGIN = re.compile(rb"\s*(?:[\[{(]\s*){0,4}(?:[bB][\"']|[rRuU]?'|\()")
_LITERAL = re.compile(rb"[ \t]*+(?:[\[({]|[bBrRuU]{0,2}[\"'])")
_MAX_LITERAL_BYTES = 64 << 20
_ERRORS = (ValueError, SyntaxError, MemoryError, RecursionError)


class PythonValues(NamedTuple):
    """The values in a text."""

    values: list[Any]
    unread: tuple[int, ...]
    """The offsets of the lines that begin like a value and cannot be read."""


def may_be_python(text: bytes) -> bool:
    """Tell whether a text begins like a printed text, like printed bytes, or like a list of either."""
    return _BEGIN.match(text[:200]) is not None


def read_python(text: bytes) -> PythonValues:
    """Return the values in a text: one that extends over all of it, or one on each line. Other lines are skipped."""
    if len(text) <= _MAX_LITERAL_BYTES:
        try:
            return PythonValues([_read(text)], ())
        except _ERRORS:
            pass
    values, unread = [], []
    offset = 0
    for line in text.split(b"\n"):
        if _LITERAL.match(line) and len(line) <= _MAX_LITERAL_BYTES:
            try:
                values.append(_read(line))
            except _ERRORS:
                cut = _read_cut_off(line)
                values += [] if cut is None else [cut]
                unread.append(offset)
        offset += len(line) + 1
    return PythonValues(values, tuple(unread))


def unprint(value: Any) -> Any:
    """Return the bytes of a text such as `b'…'`, which `str` makes of bytes. Return anything else unchanged."""
    if isinstance(value, str) and value[:2] in ("b'", 'b"') and len(value) > 3 and value.endswith(value[1]):
        try:
            return _read(value.encode("utf-8", "surrogatepass"))
        except _ERRORS:
            return value
    return value


def _read(text: bytes) -> Any:
    value = ast.literal_eval(text.decode("utf-8", "replace").strip().removesuffix(","))
    if isinstance(value, list | tuple):
        return [list(one) if isinstance(one, tuple) else one for one in value]
    return value


def _read_cut_off(line: bytes) -> Any:
    """Return the beginning of a text or bytes whose end is missing."""
    begin = re.match(rb"[ \t]*+[\[(]?[ \t]*+([bBrRuU]{0,2})([\"'])", line)
    if begin is None:
        return None
    whole = re.sub(rb"\\(?:x[0-9a-fA-F]?|u[0-9a-fA-F]{0,3})?\Z", b"", line[begin.start(1) :]) + begin[2]
    try:
        return _read(whole)
    except _ERRORS:
        return None
