"""Messages of a model in any program's shape, as the semantic conventions of OpenTelemetry write them: a role and parts.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ (gen-ai-output-messages.json)
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.text.json import as_text, items, mapping, only_text

_LANGCHAIN_TEXTS = ("reasoning_content", "reasoning", "thinking")
_REASONING = frozenset({"reasoning", "thinking"})
_TEXTS = frozenset({"text", "output_text"})
_CALLS = frozenset({"tool_call", "tool_use", "tool-call", "function_call"})
_FINISH = ("finish_reason", "finishReason", "stop_reason")


def output_messages(value: Any) -> list[dict[str, Any]]:
    """Return the answers in a value: a text, one message, or a list of messages."""
    if isinstance(value, list) and all(isinstance(one, dict) and _is_message(one) for one in value):
        return [output_message(one) for one in value]
    return [] if value in (None, "", [], {}) else [output_message(value)]


def output_message(value: Any) -> dict[str, Any]:
    """Return one answer of a model as a role and parts."""
    message = _unserialized(value)
    if not isinstance(message, dict):
        return {"role": "assistant", "parts": list(_parts(message))}
    if not _is_message(message):
        return {"role": "assistant", "parts": [message if "type" in message else {"type": "json", "content": message}]}
    role = only_text(message.get("role")) or "assistant"
    written: dict[str, Any] = {"role": "assistant" if role == "model" else role, "parts": list(_parts_of(message))}
    reason = next((message[name] for name in _FINISH if message.get(name)), None)
    return {**written, "finish_reason": reason} if reason else written


def _is_message(value: Mapping[str, Any]) -> bool:
    return bool(value.keys() & {"role", "content", "parts", "tool_calls", "lc"})


def _unserialized(value: Any) -> Any:
    """Return a message without the form in which LangChain writes its objects."""
    fields = mapping(value)
    return fields["kwargs"] if fields.get("lc") == 1 and isinstance(fields.get("kwargs"), dict) else value


def _parts_of(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for holder in (message, mapping(message.get("additional_kwargs"))):
        for name in _LANGCHAIN_TEXTS:
            if text := only_text(holder.get(name)):
                yield {"type": "reasoning", "content": text}
                break
    content = [*_parts(message.get("parts")), *_parts(message.get("content"))]
    yield from content
    if text := only_text(message.get("refusal")):
        yield {"type": "refusal", "content": text}
    known = {as_text(part["id"]) for part in content if part.get("type") == "tool_call" and part.get("id")}
    for call in items(message.get("tool_calls")):
        part = _call(mapping(call))
        if as_text(part.get("id")) not in known:
            yield part


def _parts(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, str):
        if content:
            yield {"type": "text", "content": content}
    elif isinstance(content, list):
        for one in content:
            yield from _parts(one)
    elif isinstance(content, dict):
        yield _part(content)
    elif content is not None:
        yield {"type": "json", "content": content}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    kind = only_text(part.get("type"))
    if kind in _TEXTS or (not kind and isinstance(part.get("text"), str)):
        text = part.get("content", part.get("text"))
        return {"type": "reasoning" if part.get("thought") is True else "text", "content": text}
    if kind in _REASONING:
        text = next((part[name] for name in ("content", "text", "thinking", "reasoning") if part.get(name)), "")
        return {"type": "reasoning", "content": text}
    if kind in _CALLS:
        return _call(part)
    if isinstance(part.get("functionCall"), dict):
        return _call(part["functionCall"])
    return part if kind else {"type": "json", "content": part}


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tool call. Inspect writes the name as `function`."""
    function = mapping(call.get("function")) or call
    name = next((function[key] for key in ("name", "toolName") if function.get(key)), call.get("function"))
    call_id = next((call[key] for key in ("id", "call_id", "toolCallId") if call.get(key)), None)
    arguments = next((function[key] for key in ("arguments", "args", "input") if key in function), None)
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}
