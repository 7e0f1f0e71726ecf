"""Gemini's streamGenerateContent, also as sent by Vertex AI: https://ai.google.dev/api/generate-content.

The stream is server-sent events or, without `alt=sse`, one JSON array with the same chunks. Code Assist (`v1internal`)
wraps each chunk in `response`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.gemini_calls import Calls
from viewer.protocols.gemini_parts import Parts, Place
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import (
    CITATION,
    FINISH,
    OTHER,
    SILENT,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.replies import StreamError
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "gemini-generate"
ABOUT = About(
    PROTOCOL,
    "Gemini and Vertex AI",
    "https://ai.google.dev/api/generate-content",
    "server-sent events, or one JSON array",
)

_FIELDS = frozenset({"candidates", "promptFeedback", "usageMetadata", "modelVersion"})
_CHUNK_FIELDS = frozenset({*_FIELDS, "createTime", "responseId", "error", "response", "traceId"})
_CANDIDATE_FIELDS = frozenset(
    {
        *(
            "content",
            "index",
            "finishReason",
            "finishMessage",
            "safetyRatings",
            "citationMetadata",
            "groundingMetadata",
        ),
        *("groundingAttributions", "urlContextMetadata", "avgLogprobs", "logprobsResult", "tokenCount", "score"),
    }
)
_CONTENT_FIELDS = frozenset({"parts", "role"})
_NORMAL_REASONS = ("STOP", "MAX_TOKENS", "1", "2")
"""Reasons that are no problem, by name or by number."""
_METHOD = re.compile(r":streamGenerateContent\b")
_AUDIO, _VIDEO, _IMAGES = ("AUDIO", 4), ("VIDEO", 3), ("IMAGE", 2, "DOCUMENT", 5)
"""Modalities by name, or by number if enums are numbers (`$alt=json;enum-encoding=int`)."""


def recognise(sample: Sample) -> int:
    """Look for candidates, then for two other fields of a chunk or a blocked prompt, then for the method in the path."""
    chunks = [_chunk(payload) for payload in sample.payloads]
    if any(isinstance(chunk.get("candidates"), list) for chunk in chunks):
        return 90
    if any(len(_FIELDS & chunk.keys()) > 1 or _is_blocked(chunk) for chunk in chunks):
        return 80
    return 50 if _METHOD.search(sample.url) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every chunk. Usage is cumulative, and counts that later chunks omit stay."""
    calls = Calls(reading)
    parts = Parts(reading, UnknownText(events, reading))
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = _chunk(payload)
        stamp = parse_time(chunk.get("createTime"))
        reading.note_model(chunk.get("modelVersion"))
        for position, candidate in enumerate(map(mapping, items(chunk.get("candidates")))):
            # Index 0 is often left out.
            choice = valid_index(candidate.get("index"), position)
            _read_candidate(Place(event, choice, stamp), candidate, reading, calls, parts)
        _read_block(event, mapping(chunk.get("promptFeedback")), stamp, reading)
        if error := chunk.get("error"):
            reading.add_error(event, error_of(error), stamp=stamp)
        if reported := mapping(chunk.get("usageMetadata")):
            known = {name: value for name, value in reported.items() if value is not None}
            reading.add_usage(event, {**(reading.usage or {}), **known}, stamp=stamp)
        if not chunk.keys() <= _CHUNK_FIELDS:
            place = Place(event, 0, stamp)
            parts.add_other(place, chunk.get("modelStatus"))
            parts.add_unknown(place, "chunk field", chunk, _CHUNK_FIELDS | {"modelStatus"})
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _is_blocked(chunk: Mapping[str, Any]) -> bool:
    return bool(mapping(chunk.get("promptFeedback")).get("blockReason"))


def _chunk(payload: Any) -> dict[str, Any]:
    chunk = mapping(payload)
    return chunk["response"] if isinstance(chunk.get("response"), dict) else chunk


def error_of(error: Any) -> StreamError:
    """Return the error of a chunk or of a message of Gemini Live."""
    if not isinstance(error, dict):
        return StreamError(as_text(error))
    message = error.get("message") or write(error)
    return StreamError(as_text(message), as_text(error.get("status") or ""), as_text(error.get("code") or ""))


def _read_block(event: int, feedback: Mapping[str, Any], stamp: float | None, reading: Reading) -> None:
    """Add a finish whose reason is why the prompt was blocked. No candidate follows."""
    reason = feedback.get("blockReason")
    if not reason:
        return
    reading.finish_reasons.setdefault(0, as_text(reason))
    reading.ended = True
    reading.add(event, FINISH, stamp=stamp)
    what = f"The provider blocked the prompt: {reason}. {as_text(feedback.get('blockReasonMessage'))}".rstrip()
    reading.problems.append(Problem("warning", what, "The model gave no answer."))


def _read_candidate(place: Place, candidate: Mapping[str, Any], reading: Reading, calls: Calls, parts: Parts) -> None:
    """Add the rows of one candidate of one chunk."""
    event, choice, stamp = place
    rows_before = len(reading.kind)
    content = mapping(candidate.get("content"))
    for part in map(mapping, items(content.get("parts"))):
        if isinstance(part.get("functionCall"), dict):
            for tool, arguments in calls.fragments(choice, part["functionCall"]):
                reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
        else:
            parts.add(place, part)
    if not (content.keys() <= _CONTENT_FIELDS and candidate.keys() <= _CANDIDATE_FIELDS):
        parts.add_unknown(place, "content field", content, _CONTENT_FIELDS)
        parts.add_unknown(place, "candidate field", candidate, _CANDIDATE_FIELDS)
    for citation in citations_of(candidate):
        reading.add(event, CITATION, write(citation), choice=choice, stamp=stamp)
    if queries := items(mapping(candidate.get("groundingMetadata")).get("webSearchQueries")):
        reading.note_tool_uses("web_search", len(queries))
    if reason := candidate.get("finishReason"):
        for tool, arguments in calls.close(choice):
            reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
        reading.finish_reasons[choice] = as_text(reason)
        reading.ended = True
        reading.add(event, FINISH, choice=choice, stamp=stamp)
        _read_finish_message(place, as_text(reason), only_text(candidate.get("finishMessage")), reading)
    elif len(reading.kind) == rows_before:
        reading.add(event, SILENT, choice=choice, stamp=stamp)


def _read_finish_message(place: Place, reason: str, message: str, reading: Reading) -> None:
    """Add what the provider says about the finish, such as the function call that the model tried to make."""
    if message:
        reading.add(place.event, OTHER, message, choice=place.choice, stamp=place.stamp)
    if reason not in _NORMAL_REASONS and (message or reason.startswith(("MALFORMED", "UNEXPECTED"))):
        what = f"The answer ends with {reason}: {message}" if message else f"The answer ends with {reason}."
        reading.problems.append(Problem("warning", what, "What came before it is shown. Ask again."))


def citations_of(candidate: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the metadata that names sources. Many chunks have grounding metadata without any."""
    grounding = mapping(candidate.get("groundingMetadata"))
    if grounding.get("groundingChunks") or grounding.get("groundingSupports"):
        yield grounding
    for name in ("citationMetadata", "urlContextMetadata"):
        if candidate.get(name):
            yield candidate[name]


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as a single chunk, which has the same shape."""
    chunk = _chunk(payload)
    return [("message", payload)] if items(chunk.get("candidates")) or "promptFeedback" in chunk else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert `usageMetadata`. Candidates do not include thoughts, and the prompt does not include tool results.

    Only Vertex AI reports the type of the traffic, and only Gemini's own API the tier. They say the same in other words.
    """
    prompt = count(reported, "promptTokenCount")
    candidates = count(reported, "candidatesTokenCount")
    thoughts = count(reported, "thoughtsTokenCount")
    tool_results = count(reported, "toolUsePromptTokenCount")
    cached = count(reported, "cachedContentTokenCount")
    total = count(reported, "totalTokenCount")
    sent, answered, read = (reported.get(f"{name}TokensDetails") for name in ("prompt", "candidates", "cache"))
    return Usage(
        input=None if prompt is None else prompt + (tool_results or 0),
        output=None if candidates is None and thoughts is None else (candidates or 0) + (thoughts or 0),
        reasoning=thoughts,
        cache_read=cached,
        audio_input=_tokens_of(_AUDIO, sent),
        audio_output=_tokens_of(_AUDIO, answered),
        total=total,
        reported=reported,
        checks=tuple(_checks(prompt, candidates, thoughts, tool_results, cached, total)),
        audio_cache_read=_tokens_of(_AUDIO, read),
        image_cache_read=_tokens_of(_IMAGES, read),
        image_input=_tokens_of(_IMAGES, sent),
        image_output=_tokens_of(_IMAGES, answered),
        video_input=_tokens_of(_VIDEO, sent),
        service_tier=only_text(reported.get("serviceTier") or reported.get("trafficType")) or None,
    )


def _tokens_of(modality: tuple[str | int, ...], details: Any) -> int | None:
    """Return the tokens of a modality in a list of counts."""
    counts = [count(item, "tokenCount") for item in map(mapping, items(details)) if item.get("modality") in modality]
    return sum(tokens or 0 for tokens in counts) if counts else None


def _checks(
    prompt: int | None,
    candidates: int | None,
    thoughts: int | None,
    tool_results: int | None,
    cached: int | None,
    total: int | None,
) -> Iterator[Check]:
    if prompt is not None and total is not None:
        parts = {"candidates": candidates, "thoughts": thoughts, "tool use": tool_results}
        known = {name: part for name, part in parts.items() if part}
        yield sum_check(" + ".join(["total = prompt", *known]), total, prompt, *known.values())
    if cached and prompt is not None:
        yield part_check("cached ≤ prompt", cached, prompt)
