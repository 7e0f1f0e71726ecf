r"""Server-sent events, split by the WHATWG rules.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

There are four deliberate differences, because a viewer shows what was sent and not only what a browser would dispatch. A
comment line before an event is a unit of its own. An event that the end of the body cuts off is returned, and the events are
marked `unterminated`. Payloads stay bytes, so that invalid UTF-8 can be reported. What the standard would drop or make
unreadable is read as `viewer.wire.sse_irregular` says, with a problem that says so. Only `\r\n`, `\n` and `\r` end a line, not
the other separators that `str.splitlines` knows.
"""

from dataclasses import replace

from viewer.wire.events import Events, tile
from viewer.wire.sniff import BOM, is_event_stream
from viewer.wire.sse_columns import WORTHWHILE_BYTES, only_line_end, read_columns
from viewer.wire.sse_lines import read_units
from viewer.wire.sse_oddities import as_columns, join_stray_text, oddity_problems

# How a body ends whose last event is closed by a blank line.
_BLANK_LINE_ENDS = (b"\n\n", b"\r\r", b"\n\r", b"\n\r\n", b"\r\r\n")


def recognise(content_type: str, body: bytes) -> int:
    """Trust the media type, else look at how the text begins."""
    return 90 if content_type == "text/event-stream" else 80 if is_event_stream(body) else 0


def decode(body: bytes) -> Events:
    """Return a unit for each event, and one for each comment line before an event.

    Text outside of every event is a unit too if the body has any event.
    """
    start = len(BOM) if body.startswith(BOM) else 0
    line_end = only_line_end(body) if len(body) >= WORTHWHILE_BYTES else b""
    columns = read_columns(body, start, line_end) if line_end else as_columns(read_units(body[start:], start))
    if columns.oddities:
        columns = join_stray_text(columns)
    is_unterminated = len(columns.name) > 0 and not body.endswith(_BLANK_LINE_ENDS)
    events = tile(len(body), columns.offset, columns.name, columns.data, unterminated=is_unterminated)
    return replace(events, problems=tuple(oddity_problems(columns))) if columns.oddities else events
