"""Find events in any text: a listing with line numbers, a log, a cassette that lost its indentation or its end."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.wire.sniff import is_event_stream

_END = b"data: [DONE]"
# How far after `[DONE]` the data of another response is looked for.
_AHEAD_BYTES = 1 << 16
# A response in OpenAI's format ends here. Events after it in the same body belong to the next response.
_DONE_EVENT = re.compile(rb"^data: ?\[DONE\][ \t]*(?:\r\n|[\r\n])(?:[\r\n]+|\Z)", re.MULTILINE)
_ONLY_DONE = re.compile(rb"\s*data: ?\[DONE\]\s*")
# What may come before an event on its line: a number, a time, a key, a quote, but not the beginning of a longer word.
_BEFORE = rb"^[^\r\n]{0,100}?(?<!\w)"
_DATA = _BEFORE + rb"data:[ \t]?(?=\{|\[DONE\])"
_DATA_LINE = re.compile(_DATA, re.MULTILINE)
_LINE = re.compile(rb"(?:^[ \t]*+(?:\d++[ \t]*+[:|\-]?)?[ \t]*+(event):[ \t]?|" + _DATA + rb")([^\r\n]*)", re.MULTILINE)
# The data of an event, and not the address of an embedded file, which begins with `data:` too.
_EVENT_DATA = re.compile(rb"(?:^|[\r\n])data:(?:[ \t]|[ \t]?(?:[\[{\"]|\Z|[\r\n]))")


def holds_events(text: bytes) -> bool:
    """Tell whether any line of a text holds an event with JSON data."""
    # The plain search is quicker for a text that cannot match.
    return b"data:" in text and _DATA_LINE.search(text) is not None


def is_event_text(text: bytes) -> bool:
    """Tell whether a text is server-sent events. An address that begins with `data:` is not."""
    return is_event_stream(text) and _EVENT_DATA.search(text) is not None


class LooseEvent(NamedTuple):
    """An event that was found in a text."""

    text: bytes
    """The event with its name and a blank line after it."""
    end: int
    """Where its line ends in the text."""


def find_loose_events(text: bytes) -> Iterator[LooseEvent]:
    """Yield the events in a text, in order."""
    name = b""
    for line in _LINE.finditer(text):
        # A regular expression that stripped the spaces would backtrack over them.
        value = line[2].rstrip()
        if line[1]:
            name = b"event: " + value + b"\n"
            continue
        yield LooseEvent(name + b"data: " + value + b"\n\n", line.end())
        name = b""


def loose_events(text: bytes) -> list[bytes]:
    """Return the event streams in a text, each with a blank line after every event.

    A stream ends with `[DONE]` or with the text. A stream of `[DONE]` alone is skipped, unless there is no other.
    """
    streams: list[list[bytes]] = [[]]
    for event in find_loose_events(text.removeprefix(b"\xef\xbb\xbf")):
        streams[-1].append(event.text)
        if event.text.startswith(_END):
            streams.append([])
    not_empty = [events for events in streams if events]
    with_content = [events for events in not_empty if not events[0].startswith(_END)]
    return [b"".join(events) for events in with_content or not_empty[:1]]


def split_at_done(body: bytes) -> list[tuple[int, int]]:
    """Return where each response in an event stream begins and ends. A part of `[DONE]` alone is left out, unless it is all."""
    ends = (match.end() for match in _DONE_EVENT.finditer(body))
    cuts = [end for end in ends if is_event_stream(body[end : end + _AHEAD_BYTES])]
    parts = list(zip([0, *cuts], [*cuts, len(body)], strict=True))
    with_content = [(begin, end) for begin, end in parts if not _ONLY_DONE.fullmatch(body, begin, end)]
    return with_content or parts[:1]


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
            if is_event_text(text):
                streams.append(text)
    return streams
