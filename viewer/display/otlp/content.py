"""The texts of a call in the JSON of OpenTelemetry's conventions: instructions, messages and definitions of tools.

https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai has their JSON schemas.
"""

from collections.abc import Iterable
from typing import Any

from viewer.conversation.conversation import Conversation
from viewer.conversation.messages import Message
from viewer.conversation.parts import Part
from viewer.conversation.tools import Tool
from viewer.text.json import json_in, mapping, only_text

_MODALITIES = {"image": "image", "audio": "audio", "file": "document"}


def content_attributes(conversation: Conversation, finish_reason: str | None) -> dict[str, Any]:
    """Return what was said to a model and what it answered, by the names of their attributes."""
    instructions = [one for one in conversation.messages if _is_separate(one)]
    history = [one for one in conversation.messages if not _is_separate(one)]
    found = {
        "gen_ai.system_instructions": [part for one in instructions for part in _parts(one.parts)],
        "gen_ai.input.messages": [_message(one) for one in history],
        "gen_ai.output.messages": _output(conversation.answer, finish_reason),
        "gen_ai.tool.definitions": [_definition(tool) for tool in conversation.tools],
    }
    return {name: value for name, value in found.items() if value}


def _is_separate(message: Message) -> bool:
    """Tell whether instructions stand outside of the chat history, in a field of their own."""
    return message.role == "system" and "role" not in mapping(message.source)


def _output(answer: Iterable[Message], finish_reason: str | None) -> list[dict[str, Any]]:
    messages = [_message(one) for one in answer]
    if len(messages) == 1 and finish_reason:
        # Of several choices, it is not known whose reason it is.
        messages[0]["finish_reason"] = finish_reason
    return messages


def _message(message: Message) -> dict[str, Any]:
    named = {"name": message.name} if message.name else {}
    return {"role": message.role, "parts": _parts(message.parts), **named}


def _parts(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Any]:
    identity = {"id": part.id} if part.id else {}
    match part.kind:
        case "tool_call":
            return {"type": "tool_call", **identity, "name": part.name, "arguments": json_in(part.text)}
        case "tool_result":
            failed = {"is_error": True} if part.is_error else {}
            return {"type": "tool_call_response", **identity, "response": part.text, **failed}
        case "image" | "audio" | "file" if "://" in part.text:
            return {"type": "uri", "modality": _MODALITIES[part.kind], "uri": part.text}
        case "text" | "reasoning":
            # A text may have a name, such as "refusal". The schema takes types that it does not list as generic parts.
            return {"type": part.name if part.kind == "text" and part.name else part.kind, "content": part.text}
    # Binary data is described, not kept.
    named = {"name": part.name} if part.name and part.kind != "other" else {}
    kind = part.name if part.kind == "other" and part.name else part.kind
    return {"type": kind, **named, "content": part.text}


def _definition(tool: Tool) -> dict[str, Any]:
    declared = only_text(mapping(tool.source).get("type"))
    kind = declared if declared not in ("", "custom") else "function"
    described = {"description": tool.description} if tool.description else {}
    schema = json_in(tool.schema) if tool.schema else None
    return {"type": kind, "name": tool.name, **described, **({"parameters": schema} if mapping(schema) else {})}
