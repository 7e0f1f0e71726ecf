"""Tencent Hunyuan in its own form: https://cloud.tencent.com/document/product/1729/105701.

It is OpenAI's chat with the names of fields in capitals, so it is read as that. Answers that were not streamed are wrapped in
`Response`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import openai_chat
from viewer.protocols.reading import Reading
from viewer.protocols.usage_counts import with_inclusive_checks
from viewer.text.json import items, mapping, parse, write
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "hunyuan"
ABOUT = About(
    PROTOCOL,
    "Tencent Hunyuan",
    "https://cloud.tencent.com/document/product/1729/105701",
    "its own form",
)

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def recognise(sample: Sample) -> int:
    """Look for choices with a delta, in capitals."""
    choices = (mapping(choice) for payload in sample.objects for choice in items(payload.get("Choices")))
    if any("Delta" in choice or "Message" in choice for choice in choices):
        return 95
    return 90 if any(isinstance(payload.get("ErrorMsg"), dict) for payload in sample.objects) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event as one of OpenAI's chat, and keep the usage as it was sent."""
    payloads = [_parse(data) for data in events.data]
    chunks = map(_as_openai, payloads)
    data = [
        write(chunk).encode("utf-8", "surrogatepass") if chunk else raw
        for chunk, raw in zip(_with_sources_once(chunks), events.data, strict=True)
    ]
    openai_chat.read(replace(events, data=data), reading)
    reported = [payload["Usage"] for payload in payloads if isinstance(payload.get("Usage"), dict)]
    if reading.usage is not None and reported:
        reading.usage = reported[-1]


def _parse(data: bytes | None) -> dict[str, Any]:
    """Return the JSON object of an event, or an empty one if it holds something else."""
    try:
        return mapping(parse(data or b""))
    except ValueError:
        return {}


def _as_openai(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chunk with OpenAI's names of fields."""
    chunk = _renamed(payload)
    if isinstance(chunk.get("choices"), list):
        chunk["choices"] = [_choice(choice) for choice in chunk["choices"]]
    if isinstance(chunk.get("usage"), dict):
        chunk["usage"] = _renamed(chunk["usage"])
    error = mapping(chunk.pop("error_msg", None)) or mapping(chunk.get("error"))
    if error:
        chunk["error"] = {"message": error.get("Msg") or error.get("Message"), "code": error.get("Code")}
    return chunk


def _with_sources_once(chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the chunks with what a search found, and images for the answer, in the delta. Later chunks may repeat them."""
    shown: dict[str, Any] = {}
    for chunk in chunks:
        images = [
            item for replace in items(chunk.pop("replaces", None)) for item in items(mapping(replace).get("Multimedia"))
        ]
        added = {
            "annotations": mapping(chunk.pop("search_info", None)) or None,
            "images": [{"image_url": {"url": mapping(item).get("Url")}} for item in images] or None,
        }
        delta = next((mapping(mapping(choice).get("delta")) for choice in items(chunk.get("choices"))), {})
        for name, value in added.items():
            if value and shown.get(name) != value:
                delta[name] = shown[name] = value
        yield chunk


def _choice(value: Any) -> dict[str, Any]:
    choice = _renamed(mapping(value))
    # A mark of a risk, "1" if there is one.
    choice.pop("moderation_level", None)
    for name in ("delta", "message"):
        if not isinstance(choice.get(name), dict):
            continue
        delta = choice[name] = _renamed(choice[name])
        if isinstance(delta.get("tool_calls"), list):
            delta["tool_calls"] = [_call(call) for call in delta["tool_calls"]]
    return choice


def _call(value: Any) -> dict[str, Any]:
    call = _renamed(mapping(value))
    if isinstance(call.get("function"), dict):
        call["function"] = _renamed(call["function"])
    return call


def _renamed(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {_CAPITAL.sub("_", name).lower(): value for name, value in fields.items()}


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as one chunk, with its message as the delta."""
    response = mapping(payload.get("Response")) or payload
    choices = [mapping(choice) for choice in items(response.get("Choices"))]
    if not any(isinstance(choice.get("Message"), dict) for choice in choices):
        return None
    return [("message", {**response, "Choices": [{**choice, "Delta": choice.get("Message")} for choice in choices]})]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "PromptTokens"),
            output=count(reported, "CompletionTokens"),
            cache_read=count(reported, "PromptTokensDetails", "CachedTokens"),
            total=count(reported, "TotalTokens"),
            reported=reported,
        )
    )
