"""Gemini Live (BidiGenerateContent), also as sent by Vertex AI: https://ai.google.dev/api/live.

Each line is one message of the server. The model's turn has the content of generateContent, but mostly as audio, with a
separate transcription. A connection has several turns, and their texts are joined. No message names the model, and a turn
ends without a reason unless something went wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import gemini_generate
from viewer.protocols.dialects.gemini_generate import citations_of, error_of
from viewer.protocols.gemini_calls import Calls
from viewer.protocols.gemini_parts import Parts, Place
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    FINISH,
    OTHER,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "gemini-live"
ABOUT = About(
    PROTOCOL,
    "Gemini Live",
    "https://ai.google.dev/api/live",
    "server messages of BidiGenerateContent, from Gemini or Vertex AI",
)

_MESSAGES = frozenset({"setupComplete", "serverContent", "toolCallCancellation", "sessionResumptionUpdate", "goAway"})
_FIELDS = frozenset({*_MESSAGES, "toolCall", "usageMetadata", "error", "voiceActivity", "voiceActivityDetectionSignal"})
_CONTENT_FIELDS = frozenset(
    {
        *(
            "modelTurn",
            "outputTranscription",
            "inputTranscription",
            "turnComplete",
            "turnCompleteReason",
            "interrupted",
        ),
        *("generationComplete", "waitingForInput", "groundingMetadata", "citationMetadata", "urlContextMetadata"),
    }
)
_NO_REASON = "TURN_COMPLETE_REASON_UNSPECIFIED"


def recognise(sample: Sample) -> int:
    """Look for the messages of the server, each an object under its name, then for the method in the path."""
    for message in map(mapping, sample.payloads):
        known = any(isinstance(message[name], dict) for name in _MESSAGES & message.keys())
        if known or "functionCalls" in mapping(message.get("toolCall")):
            return 90
    return 50 if "BidiGenerateContent" in sample.url else 0


def read(events: Events, reading: Reading) -> None:
    """Read every message. The last usage object counts, although it covers only one turn."""
    calls = Calls(reading)
    parts = Parts(reading, UnknownText(events, reading))
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        message = mapping(payload)
        if "setupComplete" in message:
            reading.add(event, START)
        if "serverContent" in message:
            _read_content(event, mapping(message["serverContent"]), reading, parts)
        for call in map(mapping, items(mapping(message.get("toolCall")).get("functionCalls"))):
            for tool, arguments in calls.fragments(0, call):
                reading.ended = False
                reading.add(event, TOOL_CALL, arguments, tool=tool)
        if message.get("error"):
            reading.add_error(event, error_of(message["error"]))
        if reported := mapping(message.get("usageMetadata")):
            reading.add_usage(event, reported)
        parts.add_unknown(Place(event), "message field", message, _FIELDS)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)


def _read_content(event: int, content: Mapping[str, Any], reading: Reading, parts: Parts) -> None:
    """Add what a message adds to the turn. The transcription of the user is of kind other."""
    rows_before = len(reading.kind)
    for part in map(mapping, items(mapping(content.get("modelTurn")).get("parts"))):
        parts.add(Place(event), part)
    if said := _transcript(content.get("outputTranscription")):
        reading.add(event, AUDIO, said)
    if len(reading.kind) > rows_before:
        reading.ended = False
    if heard := _transcript(content.get("inputTranscription")):
        reading.add(event, OTHER, heard)
    parts.add_unknown(Place(event), "content field", content, _CONTENT_FIELDS)
    for citation in citations_of(content):
        reading.add(event, CITATION, write(citation))
    if content.get("turnComplete"):
        _finish(event, content.get("turnCompleteReason"), reading)
    if len(reading.kind) == rows_before:
        reading.add(event, OTHER if content else SILENT)


def _transcript(transcription: Any) -> str:
    return only_text(mapping(transcription).get("text"))


def _finish(event: int, reason: Any, reading: Reading) -> None:
    reading.ended = True
    if reason and reason != _NO_REASON:
        reading.finish_reasons[0] = as_text(reason)
    reading.add(event, FINISH)


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert `usageMetadata`, which calls `response` what generateContent calls `candidates`."""
    counted = gemini_generate.usage(
        {
            **reported,
            "candidatesTokenCount": reported.get("responseTokenCount", reported.get("candidatesTokenCount")),
            "candidatesTokensDetails": reported.get("responseTokensDetails", reported.get("candidatesTokensDetails")),
        },
        provider,
    )
    return replace(counted, reported=reported, checks=tuple(_checks(reported)))


def _checks(reported: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the checks that these counts allow. The total may or may not include thoughts."""
    fields = ("prompt", "response", "candidates", "toolUsePrompt")
    counts = {field: count(reported, f"{field}TokenCount") for field in fields}
    parts = {field: part for field, part in counts.items() if part}
    thoughts = count(reported, "thoughtsTokenCount")
    cached = count(reported, "cachedContentTokenCount")
    total = count(reported, "totalTokenCount")
    if "prompt" in parts and total is not None:
        if thoughts and total == sum(parts.values()) + thoughts:
            parts["thoughts"] = thoughts
        yield sum_check("total = " + " + ".join(parts), total, *parts.values())
    if cached and "prompt" in parts:
        yield part_check("cached ≤ prompt", cached, parts["prompt"])
