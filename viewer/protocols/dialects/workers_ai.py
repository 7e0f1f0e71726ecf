"""Cloudflare Workers AI in its own form: https://developers.cloudflare.com/workers-ai/features/prompting/.

A piece of text is under `response`, beside padding in `p`. Some models send a token that looks like a number as a number. Calls
come whole, or in pieces with an index like OpenAI's and an empty one at the end. The last event before `[DONE]` has the usage.
Models that follow OpenAI are read as OpenAI chat.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.chat_completions.tool_fragments import ToolFragments, fragment_of
from viewer.protocols.errors import error_of
from viewer.protocols.provider import host_of
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.usage_counts import with_inclusive_checks
from viewer.text.json import as_text, is_number, items, mapping
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, SILENT, TOOL_CALL
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "workers-ai"
ABOUT = About(
    PROTOCOL,
    "Cloudflare Workers AI",
    "https://developers.cloudflare.com/workers-ai/features/prompting/",
    "text generation in its own form",
)

_TYPICAL = frozenset({"p", "usage", "tool_calls"})
_FIELDS = _TYPICAL | {"response", "finish_reason", "error", "errors"}


def recognise(sample: Sample) -> int:
    """Look for responses without any other fields than Cloudflare's. Its host makes it certain."""
    responses = [payload for payload in sample.objects if _is_piece(payload)]
    if not responses or not all(payload.keys() <= _FIELDS for payload in sample.objects):
        return 50 if "/ai/run/" in sample.path and host_of(sample.url) == "api.cloudflare.com" else 0
    if "/ai/run/" in sample.path or any(_TYPICAL & payload.keys() for payload in sample.objects):
        return 92
    return 0


def _is_piece(payload: Mapping[str, Any]) -> bool:
    """Tell whether a payload has a response that may be a piece of text. Beside a call it is null."""
    response = payload.get("response")
    return isinstance(response, str) or ("tool_calls" in payload and "response" in payload and response is None)


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    unknown = UnknownText(events, reading)
    calls = ToolFragments(reading.tool_calls, 0)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        rows_before = len(reading.kind)
        if payload.get("error") or payload.get("errors"):
            reading.add_error(event, error_of((items(payload.get("errors")) or [value])[0]))
            continue
        response = payload.get("response")
        if isinstance(response, str) or is_number(response):
            text = as_text(response)
            reading.add(event, CONTENT if text else SILENT, text)
        _add_calls(event, payload, reading, calls)
        if isinstance(payload.get("finish_reason"), str):
            reading.ended = True
            reading.finish_reasons[0] = payload["finish_reason"]
            reading.add(event, FINISH)
        if reported := mapping(payload.get("usage")):
            reading.add_usage(event, reported)
        # The padding is not a text.
        rest = {name: payload[name] for name in payload if name != "p"} or value
        if len(reading.kind) == rows_before and not unknown.add(event, "event type", events.name[event], rest):
            reading.add(event, OTHER)


def _add_calls(event: int, payload: Mapping[str, Any], reading: Reading, calls: ToolFragments) -> None:
    """Add calls or pieces of them, in Cloudflare's form or OpenAI's."""
    entries = map(mapping, items(payload.get("tool_calls")))
    fragments = [fragment_of(call, mapping(call.get("function")) or call) for call in entries]
    for tool, arguments in calls.add(event, [one for one in fragments if one.id or one.name or one.arguments]):
        reading.add(event, TOOL_CALL, arguments, tool=tool)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return the result of a call that was not streamed as one event."""
    result = mapping(payload.get("result"))
    is_answer = isinstance(result.get("response"), str) and isinstance(payload.get("success"), bool)
    return [("message", result)] if is_answer else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "prompt_tokens"),
            output=count(reported, "completion_tokens"),
            cache_read=count(reported, "prompt_tokens_details", "cached_tokens"),
            total=count(reported, "total_tokens"),
            reported=reported,
        )
    )
