"""Whether a protocol read nothing in events that hold text. It may have recognised events that are not its own."""

import re
from collections.abc import Iterator
from typing import Any

from viewer.protocols.event_rows import EventRows
from viewer.text.json import parse
from viewer.types.chunk_table import KEEP_ALIVE, OTHER, SILENT, TOOL_CALL
from viewer.wire import Events

# Of the rows, keep-alives aside. The rest may be a start and a finish, which many protocols name alike.
_MIN_UNREAD_SHARE = 0.8
# One event may hold a text that is not part of an answer, such as the instructions.
_MIN_EVENTS_WITH_TEXT = 2
_MAX_SEARCHED_EVENTS = 64
_MAX_DEPTH = 12
_TEXT_NAMES = frozenset({"text", "content", "delta", "answer", "message", "response", "output", "token", "thinking"})
# Begins at the beginning of a word only: a base64 text without digits would be searched from each of its letters.
_WORDS = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}+ ++[^\W\d_]{2}")


def loses_text(events: Events, rows: EventRows) -> bool:
    """Tell whether nearly all rows are of kind other or silent and without text, although their events hold text."""
    kinds = bytes(rows.kind)
    unread = kinds.count(OTHER) + kinds.count(SILENT)
    sent = len(kinds) - kinds.count(KEEP_ALIVE)
    # Looking at the texts takes longest, and is not necessary for a stream that was read well.
    if not unread or unread < _MIN_UNREAD_SHARE * sent or TOOL_CALL in kinds or any(rows.text):
        return False
    with_text = 0
    searched = [index for index, kind in zip(rows.event, kinds, strict=True) if kind in (OTHER, SILENT)]
    for index in searched[:_MAX_SEARCHED_EVENTS]:
        with_text += _holds_text(events.data[index])
        if with_text >= _MIN_EVENTS_WITH_TEXT:
            return True
    return False


def _holds_text(data: bytes | None) -> bool:
    try:
        payload = parse(data or b"null")
    except ValueError:
        return False
    return any(name in _TEXT_NAMES or _WORDS.search(text) for name, text in _strings("", payload, _MAX_DEPTH))


def _strings(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the strings in a JSON value that are not blank, each with the key it is under."""
    if isinstance(value, str):
        if value.strip():
            yield name, value
    elif depth and isinstance(value, dict):
        for key, one in value.items():
            yield from _strings(str(key), one, depth - 1)
    elif depth and isinstance(value, list):
        for one in value:
            yield from _strings(name, one, depth - 1)
