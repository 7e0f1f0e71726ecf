"""iFlytek Spark over a WebSocket: https://www.xfyun.cn/doc/spark/Web.html.

Each message has a header with a code and a status, 2 at the end, and a payload with pieces of text. Over HTTP Spark follows
OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "spark"
ABOUT = About(PROTOCOL, "iFlytek Spark", "https://www.xfyun.cn/doc/spark/Web.html", "messages of a WebSocket")

_LAST = 2


def recognise(sample: Sample) -> int:
    """Look for a header with a code and a payload with texts."""
    for payload in sample.objects:
        header = mapping(payload.get("header"))
        if "code" in header and "sid" in header:
            return 95 if _choices(payload) else 85
    return 0


def _choices(payload: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(mapping(payload.get("payload")).get("choices"))


def read(events: Events, reading: Reading) -> None:
    """Read every message. The last one has the usage."""
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        header = mapping(payload.get("header"))
        rows_before = len(reading.kind)
        if header.get("code"):
            message = as_text(header.get("message") or header)
            reading.add_error(event, StreamError(message, code=as_text(header["code"])))
            continue
        if not header:
            if not unknown.add(event, "field", ", ".join(payload), value):
                reading.add(event, OTHER)
            continue
        _add_texts(event, payload, reading)
        if _LAST in (header.get("status"), _choices(payload).get("status")) and not reading.ended:
            reading.ended = True
            reading.add(event, FINISH)
        reported = mapping(mapping(mapping(payload.get("payload")).get("usage")).get("text"))
        if reported:
            reading.add_usage(event, reported)
        reading.end_event(event, rows_before)


def _add_texts(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add the pieces of reasoning and content, and the call of a function."""
    for text in map(mapping, items(_choices(payload).get("text"))):
        for kind, name in ((REASONING, "reasoning_content"), (CONTENT, "content")):
            if text.get(name) and isinstance(text[name], str):
                reading.add(event, kind, text[name])
        call = mapping(text.get("function_call"))
        if call:
            reading.identify_call(0, None, call.get("name"))
            reading.add(event, TOOL_CALL, as_text(call.get("arguments")), tool=0)


usage = chat_usage.usage
