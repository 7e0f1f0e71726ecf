"""Which fields of a JSON request hold messages, tools and parameters. Each provider names them differently.

A field is recognised by its name and its value, not by the provider, because gateways mix the shapes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.part_shapes import outputs_of, part_of, parts_of
from viewer.conversation.parts import Part
from viewer.conversation.tools import TOOL_FIELDS, Tool, tools_of
from viewer.text.json import mapping

_SYSTEM_FIELDS = (
    "system",
    "systemInstruction",
    "system_instruction",
    "instructions",
    "preamble",
    "system_prompt",
    "gen_ai.system_instructions",
)
# In the order of the conversation, for requests that have several of them.
_MESSAGE_FIELDS = (
    "chat_history",
    "messages",
    "additional_messages",
    "contents",
    "prompt",
    "input",
    "inputs",
    "inputText",
    "message",
    "turns",
    "item",
    "tool_results",
    "tool_outputs",
    "functionResponses",
    "function_responses",
    "gen_ai.input.messages",
)
# Objects that hold a whole request: a gateway's envelope, or a message on a socket.
_WRAPPERS = (
    "thread",
    "request",
    "input",
    "setup",
    "session",
    "response",
    "client_content",
    "clientContent",
    "tool_response",
    "toolResponse",
)
_RESULT_FIELDS = frozenset({"tool_results", "tool_outputs", "functionResponses", "function_responses"})
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
# Known envelopes nest two deep. The limit keeps a hostile body from exhausting the stack.
_MAX_WRAPPERS = 4


BodyForm = Literal["object", "form", "socket", "lines", "unknown"]
"""A JSON object, fields of a form, the client's messages on a socket, lines of an agent's session, or anything else."""


@dataclass(slots=True)
class RequestContent:
    """What a request sends: messages, tools and parameters."""

    messages: list[Message] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    parameters: list[tuple[str, Any]] = field(default_factory=list)
    """Every other field, by its path and with its JSON value."""
    readable: bool = False
    """Whether the request has a field known to hold messages."""
    form: BodyForm = "object"

    def add(self, other: "RequestContent") -> None:
        """Append the content of another part of the same request."""
        self.messages += other.messages
        self.tools += other.tools
        self.parameters += other.parameters
        self.readable |= other.readable


def read_fields(body: Mapping[str, Any], read_message: MessageReader = message_of, prefix: str = "") -> RequestContent:
    """Return the content of a JSON object. `prefix` is the path of the object in the request."""
    content = RequestContent()
    wrapped: dict[str, RequestContent] = {}
    read: set[str] = set()
    for name in (*_SYSTEM_FIELDS, *_MESSAGE_FIELDS):
        if name in body and _holds_messages(name, body):
            content.messages += _messages(name, body[name], read_message)
            read.add(name)
    for name in _WRAPPERS:
        value = body.get(name)
        if name not in read and isinstance(value, dict) and prefix.count(".") < _MAX_WRAPPERS:
            inner = read_fields(value, read_message, f"{prefix}{name}.")
            if inner.readable or inner.tools:
                wrapped[name] = inner
                content.messages += inner.messages
                content.tools += inner.tools
    content.tools += tools_of(body)
    content.readable = bool(read) or any(inner.readable for inner in wrapped.values())
    for name, value in body.items():
        if name in wrapped:
            content.parameters += wrapped[name].parameters
        elif name not in read:
            content.parameters += _parameters(name, value, prefix)
    return content


def _holds_messages(name: str, body: Mapping[str, Any]) -> bool:
    value = body[name]
    if name == "message":
        # Logs and other services have a field of this name too.
        return isinstance(value, str) and bool(body.keys() & {"model", "chat_history", "preamble", "stream"})
    if name in _RESULT_FIELDS:
        return isinstance(value, list)
    if isinstance(value, dict):
        of_message = {"text", "parts", "content", "role"} if name in _SYSTEM_FIELDS else {"type", "role", "parts"}
        return bool(value.keys() & of_message)
    if isinstance(value, list):
        return not value or any(isinstance(item, str | dict) for item in value) or name == "prompt"
    return isinstance(value, str)


def _messages(name: str, value: Any, read_message: MessageReader) -> Iterator[Message]:
    if name in _SYSTEM_FIELDS:
        yield message_of(value, "system") if mapping(value) else Message("system", tuple(parts_of(value)), source=value)
    elif name in _RESULT_FIELDS:
        yield Message("tool", tuple(_results(name, value)), source=value)
    elif isinstance(value, list) and not any(isinstance(item, str | dict) for item in value):
        if value:
            yield Message("user", (Part("other", f"{len(value)} token ids", name),), source=value)
    else:
        for item in value if isinstance(value, list) else [value]:
            yield read_message(item)


def _results(name: str, value: list[Any]) -> Iterator[Part]:
    """Yield tool results that a request holds outside of its messages."""
    for item in value:
        yield from outputs_of(item) if name == "tool_results" else part_of({"functionResponse": item})


def _parameters(name: str, value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if name in TOOL_FIELDS and not isinstance(value, dict):
        if not isinstance(value, list):
            yield prefix + name, value
    elif name in _CONFIGS and isinstance(value, dict) and value:
        for setting, inner in value.items():
            if name not in TOOL_FIELDS or setting != "tools":
                yield f"{prefix}{name}.{setting}", inner
    else:
        yield prefix + name, value
