"""Find events in any text: a listing with line numbers, a log, a cassette that lost its indentation or its end."""

import re
from typing import Any

from viewer.wire.sniff import is_event_stream

_END = b"data: [DONE]"
# What may come before an event on its line: a number, a time, a key, a quote, but not the beginning of a longer word.
_BEFORE = rb"^[^\r\n]{0,100}?(?<!\w)"
_DATA = _BEFORE + rb"data:[ \t]?(?=\{|\[DONE\])"
_DATA_LINE = re.compile(_DATA, re.MULTILINE)
_LINE = re.compile(rb"(?:^[ \t]*+(?:\d++[ \t]*+[:|\-]?)?[ \t]*+(event):[ \t]?|" + _DATA + rb")([^\r\n]*)", re.MULTILINE)


def holds_events(text: bytes) -> bool:
    """Tell whether any line of a text holds an event with JSON data."""
    # The plain search is quicker for a text that cannot match.
    return b"data:" in text and _DATA_LINE.search(text) is not None


def loose_events(text: bytes) -> list[bytes]:
    """Return the event streams in a text, each with a blank line after every event.

    A stream ends with `[DONE]` or with the text. A stream of `[DONE]` alone is skipped, unless there is no other.
    """
    streams: list[list[bytes]] = [[]]
    name = b""
    for field, value in _LINE.findall(text.removeprefix(b"\xef\xbb\xbf")):
        value = value.rstrip()  # noqa: PLW2901 - a regular expression that stripped the spaces would backtrack over them
        if field:
            name = b"event: " + value + b"\n"
            continue
        streams[-1].append(name + b"data: " + value + b"\n\n")
        name = b""
        if value.startswith(b"[DONE]"):
            streams.append([])
    not_empty = [events for events in streams if events]
    with_content = [events for events in not_empty if not events[0].startswith(_END)]
    return [b"".join(events) for events in with_content or not_empty[:1]]


def streams_in(tree: Any) -> list[bytes]:
    """Return the strings in a tree of JSON or YAML that are event streams, in order.

    They cannot be found among the lines of the file, because quoting folds and escapes them.
    """
    streams: list[bytes] = []
    waiting = [tree]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            if id(value) not in seen:
                seen.add(id(value))
                waiting.extend(reversed(list(value.values()) if isinstance(value, dict) else value))
        elif isinstance(value, str | bytes):
            text = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            if is_event_stream(text):
                streams.append(text)
    return streams
