"""A recorded request and its answer as one conversation: what was said to the model, with which tools, and what it said.

Everything is as it was recorded, secrets too: who lets it leave the machine redacts it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from viewer.answer import Answer
from viewer.declared_tools import TOOL_FIELDS, Tool, tools_of
from viewer.http import Interaction, Request
from viewer.message import Message, Part, message_of, parts_of
from viewer.payload import mapping, parse, write
from viewer.stream import Stream

__all__ = ["Conversation", "Message", "Part", "Tool", "conversation_of"]

_SYSTEM = ("system", "systemInstruction", "system_instruction", "instructions", "preamble", "system_prompt")
# In the order in which they were said, where a request has several of them.
_SAID = (
    "chat_history",
    "messages",
    "additional_messages",
    "contents",
    "prompt",
    "input",
    "inputs",
    "inputText",
    "message",
    "tool_results",
    "tool_outputs",
)
# Objects that hold a request inside of another.
_WRAPPERS = ("thread", "request", "input")
# Objects whose fields are parameters of the request.
_CONFIGS = frozenset(
    [
        "generationConfig",
        "generation_config",
        "inferenceConfig",
        "options",
        "parameters",
        "textGenerationConfig",
        "toolConfig",
        "tool_config",
    ]
)
_ROLES = {"gemini-generate": "model", "gemini-interactions": "model", "gemini-live": "model", "cohere-v1": "CHATBOT"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Hold what was said to a model and what it answered."""

    messages: tuple[Message, ...]
    """Of the request, in order, the system prompt first."""
    tools: tuple[Tool, ...]
    """Declared by the request."""
    parameters: tuple[tuple[str, str], ...]
    """Every other field of the request, its name and its JSON, in the order sent; inner fields by their path."""
    answer: tuple[Message, ...]
    """One for each choice: reasoning, content and tool calls put together, in the order in which they began."""
    readable: bool
    """False where what was said is not understood; `parameters` still hold what JSON there is."""


def conversation_of(interaction: Interaction, said: Stream | Answer | None) -> Conversation:
    """Return a request and what came back, a stream or an answer that came whole, as one conversation."""
    messages, tools, parameters, readable = _request(interaction.request)
    return Conversation(
        tuple(_named_results(messages)), tuple(tools), tuple(parameters), tuple(_answer(said)), readable
    )


_Read = tuple[list[Message], list[Tool], list[tuple[str, str]], bool]


def _request(request: Request) -> _Read:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body:
        return [], [], [], False
    if content_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
        return [], [], [(name, write(value)) for name, value in pairs], False
    try:
        body = parse(request.body)
    except ValueError:
        return [], [], [], False
    if not isinstance(body, dict):
        return [], [], [("body", write(body))], False
    return _read(body, "")


def _read(body: Mapping[str, Any], prefix: str) -> _Read:
    messages: list[Message] = []
    tools: list[Tool] = []
    inner_parameters: dict[str, list[tuple[str, str]]] = {}
    read: set[str] = set()
    for field in (*_SYSTEM, *_SAID):
        if field in body and _says(field, body):
            messages += _messages(field, body[field])
            read.add(field)
    for field in _WRAPPERS:
        inner = body.get(field)
        if field not in read and isinstance(inner, dict) and len(prefix) < 32:
            said, declared, parameters, readable = _read(inner, f"{prefix}{field}.")
            if readable:
                messages += said
                tools += declared
                inner_parameters[field] = parameters
    readable = bool(read or inner_parameters)
    tools += tools_of(body)
    parameters = []
    for field, value in body.items():
        if field in inner_parameters:
            parameters += inner_parameters[field]
        elif field not in read:
            parameters += _parameters(field, value, prefix)
    return messages, tools, parameters, readable


def _says(field: str, body: Mapping[str, Any]) -> bool:
    """Tell whether a field holds what is said to a model, by what it holds and what stands beside it."""
    value = body[field]
    if field == "message":
        return isinstance(value, str) and bool(body.keys() & {"model", "chat_history", "preamble", "stream"})
    if isinstance(value, dict):
        return bool(
            value.keys() & ({"text", "parts", "content", "role"} if field in _SYSTEM else {"type", "role", "parts"})
        )
    if isinstance(value, list):
        return not value or any(isinstance(item, str | dict) for item in value) or field == "prompt"
    return isinstance(value, str)


def _messages(field: str, value: Any) -> Iterator[Message]:
    if field in _SYSTEM:
        fields = mapping(value)
        yield message_of(value, "system") if fields else Message("system", tuple(parts_of(value)))
    elif field in ("tool_results", "tool_outputs"):
        yield message_of({"role": "tool", "tool_results": value} if field == "tool_results" else value, "tool")
    elif isinstance(value, list) and not any(isinstance(item, str | dict) for item in value):
        if value:
            yield Message("user", (Part("other", f"{len(value)} token ids", field),))
    else:
        for item in value if isinstance(value, list) else [value]:
            yield message_of(item)


def _parameters(field: str, value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if field in TOOL_FIELDS and not isinstance(value, dict):
        if not isinstance(value, list):
            yield prefix + field, write(value)
    elif field in _CONFIGS and isinstance(value, dict) and value:
        for name, inner in value.items():
            if field not in TOOL_FIELDS or name != "tools":
                yield f"{prefix}{field}.{name}", write(inner)
    else:
        yield prefix + field, write(value)


def _named_results(messages: list[Message]) -> Iterator[Message]:
    """Yield messages whose tool results have the name of the tool, which many providers write at the call alone."""
    names = {
        part.id: part.name for message in messages for part in message.parts if part.kind == "tool_call" and part.id
    }
    for message in messages:
        parts = tuple(
            replace(part, name=names.get(part.id, "")) if part.kind == "tool_result" and not part.name else part
            for part in message.parts
        )
        yield replace(message, parts=parts)


def _answer(said: Stream | Answer | None) -> Iterator[Message]:
    if isinstance(said, Stream):
        yield from _streamed(said)
    elif said is not None:
        yield from _whole(said)


def _streamed(stream: Stream) -> Iterator[Message]:
    """Yield the message of each choice of a stream."""
    chunks = stream.chunks
    shown = chunks[chunks["kind"].isin(("reasoning", "content", "refusal", "audio", "tool_call"))]
    role = _ROLES.get(stream.protocol, "assistant")
    for choice, rows in shown.groupby("choice", sort=True):
        calls = [call for call in stream.tool_calls if call.choice == choice]
        parts: list[Part] = []
        for kind in rows["kind"].unique():
            text = "".join(rows.loc[rows["kind"] == kind, "text"])
            match kind:
                case "tool_call":
                    parts += [Part("tool_call", call.arguments, call.name, call.id) for call in calls]
                case "refusal":
                    parts.append(Part("text", text, "refusal"))
                case "audio":
                    parts.append(Part("audio", text))
                case "reasoning":
                    parts.append(Part("reasoning", text))
                case _:
                    parts.append(Part("text", text))
        yield Message(role, tuple(part for part in parts if part.text or part.kind in ("tool_call", "audio")))


def _whole(answer: Answer) -> Iterator[Message]:
    """Yield the message of each choice of an answer that came whole, which keeps the text of the first alone."""
    role = _ROLES.get(answer.protocol, "assistant")
    for choice in sorted({0, *(call.choice for call in answer.tool_calls)}):
        parts = [Part("reasoning", answer.reasoning), Part("text", answer.text)] if choice == 0 else []
        parts = [part for part in parts if part.text]
        parts += [
            Part("tool_call", call.arguments, call.name, call.id) for call in answer.tool_calls if call.choice == choice
        ]
        if parts:
            yield Message(role, tuple(parts))
