"""Baidu's ERNIE in its own form (Qianfan, version 1): https://cloud.baidu.com/doc/WENXINWORKSHOP/s/jlil56u11.

A piece of text is in `result`, the last one has `is_end`. Every event has a finish reason, "normal" while nothing cuts the text
off, and a usage that grows. `created` is the second in which a piece was made. Version 2 follows OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import workers_ai
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, REASONING, SILENT, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "ernie"
ABOUT = About(
    PROTOCOL,
    "Baidu ERNIE",
    "https://cloud.baidu.com/doc/WENXINWORKSHOP/s/jlil56u11",
    "its own form, version 1",
)

_MARKS = frozenset({"is_end", "need_clear_history", "is_truncated"})


def recognise(sample: Sample) -> int:
    """Look for a result with the fields that no other protocol has, then for Baidu's form of an error, then for the path."""
    if any(map(_is_own, sample.objects)):
        return 95
    if any("error_code" in payload and isinstance(payload.get("error_msg"), str) for payload in sample.objects):
        return 70
    return 50 if "/wenxinworkshop/" in sample.path else 0


def _is_own(payload: Mapping[str, Any]) -> bool:
    has_mark = any(isinstance(payload.get(name), bool) for name in _MARKS)
    return isinstance(payload.get("result"), str) and has_mark


def read(events: Events, reading: Reading) -> None:
    """Read every event. The last usage object counts."""
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        stamp = parse_epoch(payload.get("created"))
        if "error_code" in payload or "error_msg" in payload:
            message = as_text(payload.get("error_msg") or value)
            reading.add_error(event, StreamError(message, code=as_text(payload.get("error_code"))), stamp=stamp)
        elif "result" in payload:
            _add(event, payload, stamp, reading)
        elif not unknown.add(event, "event type", events.name[event], value, stamp=stamp):
            reading.add(event, OTHER, stamp=stamp)


def _add(event: int, payload: Mapping[str, Any], stamp: float | None, reading: Reading) -> None:
    """Add a piece of the answer, and its end."""
    rows_before = len(reading.kind)
    call = mapping(payload.get("function_call"))
    for kind, text in ((REASONING, call.get("thoughts")), (CONTENT, payload["result"])):
        if text and isinstance(text, str):
            reading.add(event, kind, text, stamp=stamp)
    if call:
        reading.identify_call(0, None, call.get("name"))
        reading.add(event, TOOL_CALL, as_text(call.get("arguments")), tool=0, stamp=stamp)
    for name in ("search_info", "search_results"):
        if payload.get(name):
            reading.add(event, CITATION, write(payload[name]), stamp=stamp)
    reading.usage = mapping(payload.get("usage")) or reading.usage
    if payload.get("is_end") is True:
        reading.ended = True
        if reason := only_text(payload.get("finish_reason")):
            reading.finish_reasons[0] = reason
        reading.add(event, FINISH, stamp=stamp)
        if reading.usage:
            reading.add_usage(event, reading.usage, stamp=stamp)
    if len(reading.kind) == rows_before:
        reading.add(event, OTHER if payload["result"] else SILENT, stamp=stamp)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as its last event."""
    return [("message", {**payload, "is_end": True})] if _is_own(payload) else None


usage = workers_ai.usage
