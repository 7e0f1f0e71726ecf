"""Zhipu's models, version 3: https://github.com/MetaGLM/zhipuai-sdk-python (1.x, `sse_invoke`).

The data of an event is text, not JSON. Events are `add` while the text grows, then `finish`. Without `incremental` each has all
of the text so far, which the texts themselves tell. The usage is in a field of its own, `meta`, that the rules for server-sent
events ignore. Version 4 follows OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText, is_cumulative
from viewer.protocols.reading import ENCODING_ADVICE, Reading, invalid_utf_8
from viewer.text.json import is_utf_8
from viewer.types.chunk_table import FINISH, KEEP_ALIVE, OTHER
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "zhipu-v3"
ABOUT = About(
    PROTOCOL,
    "Zhipu, version 3",
    "https://github.com/MetaGLM/zhipuai-sdk-python",
    "sse-invoke, as text",
)

_NAMES = frozenset({"add", "finish", "error", "interrupted"})


def recognise(sample: Sample) -> int:
    """Look for a stream that has only the protocol's events, with texts. Its path makes it certain."""
    if not sample.names or not _NAMES.issuperset(sample.names) or "add" not in sample.names:
        return 0
    return 95 if sample.path.endswith("/sse-invoke") else 85 if not sample.objects else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    reading.damaged = frozenset(index for index, _ in events.damage)
    texts = [(data or b"").decode(errors="replace") for data in events.data]
    text = CumulativeText(reading)
    added = [one for one, name in zip(texts, events.name, strict=True) if name in ("add", "finish")]
    has_wholes = is_cumulative(added)
    for event, data in enumerate(events.data):
        rows_before = len(reading.kind)
        name = events.name[event]
        if data is None:
            reading.add(event, KEEP_ALIVE)
            continue
        if not is_utf_8(data):
            offset = int(events.offset[event])
            reading.problems.append(Problem("warning", invalid_utf_8(event), ENCODING_ADVICE, offset=offset))
        if event in reading.damaged or name not in _NAMES:
            reading.add(event, OTHER, texts[event])
        elif name in ("error", "interrupted"):
            reading.add_error(event, StreamError(texts[event] or f"The answer was {name}.", name))
        elif has_wholes or (name == "finish" and texts[event] == text.shown):
            text.update(events, event, texts[event] or text.shown)
        else:
            text.append(event, texts[event])
        if name == "finish" and not reading.ended:
            reading.ended = True
            reading.add(event, FINISH)
        reading.end_event(event, rows_before)
    # A `finish` without data dispatches nothing, so its name may be lost.
    is_closed = len(events) > 0 and events.data[-1] is None and not events.unterminated
    reading.ended = reading.ended or (is_closed and bool(text.shown))


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. The rules for server-sent events ignore the field with the usage."""
    return Usage(reported=reported)
