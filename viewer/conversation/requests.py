"""What a recorded request asks: its messages, its tools and its parameters, whatever the provider calls the fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.part_shapes import outputs_of, part_of, parts_of
from viewer.conversation.parts import Part, bytes_in
from viewer.conversation.tools import TOOL_FIELDS, Tool, tools_of
from viewer.text.json import mapping, only_text, parse, write
from viewer.text.words import size
from viewer.types.http import Request

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
    "turns",
    "item",
    "tool_results",
    "tool_outputs",
    "functionResponses",
    "function_responses",
)
# Objects that hold a request inside of another, or in a message on a socket.
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
_RESULTS = frozenset({"tool_results", "tool_outputs", "functionResponses", "function_responses"})
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
# How deep a request may lie inside of others.
_DEEPEST = 4


@dataclass(slots=True)
class Asked:
    """Gather what a request asks."""

    messages: list[Message] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    readable: bool = False
    """Whether it is understood what was said."""

    def add(self, other: "Asked") -> None:
        """Append what another part of the same request asks."""
        self.messages += other.messages
        self.tools += other.tools
        self.parameters += other.parameters
        self.readable |= other.readable


def read_request(request: Request, read_message: MessageReader = message_of) -> Asked:
    """Return what a request asks; of a body that is not understood, its fields as parameters."""
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        return _form_data(content_type, request.body)
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        pairs = parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True, max_num_fields=None)
        return Asked(parameters=[(name, write(value)) for name, value in pairs])
    try:
        body = parse(request.body)
    except ValueError:
        return _frames(request.body)
    return _read(body, read_message) if isinstance(body, dict) else Asked(parameters=[("body", write(body))])


def _form_data(content_type: str, body: bytes) -> Asked:
    """Return the fields of a form, as audio is sent to be written down: files as a message of the user."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    asked = Asked()
    parts = []
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        name = part.get_param("name", "", "content-disposition")
        filename = part.get_filename()
        if filename is None:
            asked.parameters.append((str(name), write(data.decode(errors="replace"))))
        else:
            media_type = part.get_content_type() if "content-type" in part else ""
            parts.append(_upload(filename, media_type, data))
    if parts:
        asked.messages.append(Message("user", tuple(parts)))
    asked.readable = bool(parts)
    return asked


def _upload(filename: str, media_type: str, data: bytes) -> Part:
    # The recorder of the Azure test proxy writes bytes that are no text as base64, and says so.
    encoded = data.removeprefix(b"b64:")
    size_bytes = len(data) if encoded is data else bytes_in(encoded.decode("latin-1").strip())
    kind = media_type.partition("/")[0]
    said = ", ".join(filter(None, (media_type, size(size_bytes))))
    return Part("audio" if kind == "audio" else "image" if kind == "image" else "file", said, filename)


def _frames(body: bytes) -> Asked:
    """Return what the client's messages on a socket ask, one a line; what it sent as sound is counted together."""
    asked = Asked()
    frames = []
    for line in body.splitlines():
        try:
            frames.append(mapping(parse(line)))
        except ValueError:
            return asked
    audio_bytes = 0
    for frame in frames:
        sound = bytes_in(_sound(frame))
        audio_bytes += sound
        if audio_bytes and not sound:
            asked.messages.append(_heard(audio_bytes))
            audio_bytes = 0
        if not sound:
            fields = {name: value for name, value in frame.items() if name not in ("type", "event_id")}
            asked.add(_read(fields, message_of))
    if audio_bytes:
        asked.messages.append(_heard(audio_bytes))
    asked.readable |= bool(asked.messages)
    return asked


def _sound(frame: Mapping[str, Any]) -> str:
    """Return the sound that a frame holds, as base64."""
    live = mapping(frame.get("realtime_input") or frame.get("realtimeInput"))
    return only_text(frame.get("audio")) or only_text(mapping(live.get("audio")).get("data"))


def _heard(audio_bytes: int) -> Message:
    return Message("user", (Part("audio", size(audio_bytes)),))


def _read(body: Mapping[str, Any], read_message: MessageReader, prefix: str = "") -> Asked:
    asked = Asked()
    inner: dict[str, Asked] = {}
    read: set[str] = set()
    for name in (*_SYSTEM, *_SAID):
        if name in body and _says(name, body):
            asked.messages += _messages(name, body[name], read_message)
            read.add(name)
    for name in _WRAPPERS:
        held = body.get(name)
        if name not in read and isinstance(held, dict) and prefix.count(".") < _DEEPEST:
            found = _read(held, read_message, f"{prefix}{name}.")
            if found.readable or found.tools:
                inner[name] = found
                asked.messages += found.messages
                asked.tools += found.tools
    asked.tools += tools_of(body)
    asked.readable = bool(read) or any(found.readable for found in inner.values())
    for name, value in body.items():
        if name in inner:
            asked.parameters += inner[name].parameters
        elif name not in read:
            asked.parameters += _parameters(name, value, prefix)
    return asked


def _says(name: str, body: Mapping[str, Any]) -> bool:
    """Tell whether a field holds what is said to a model, by what it holds and what stands beside it."""
    value = body[name]
    if name == "message":
        return isinstance(value, str) and bool(body.keys() & {"model", "chat_history", "preamble", "stream"})
    if name in _RESULTS:
        return isinstance(value, list)
    if isinstance(value, dict):
        return bool(
            value.keys() & ({"text", "parts", "content", "role"} if name in _SYSTEM else {"type", "role", "parts"})
        )
    if isinstance(value, list):
        return not value or any(isinstance(item, str | dict) for item in value) or name == "prompt"
    return isinstance(value, str)


def _messages(name: str, value: Any, read_message: MessageReader) -> Iterator[Message]:
    if name in _SYSTEM:
        fields = mapping(value)
        yield message_of(value, "system") if fields else Message("system", tuple(parts_of(value)))
    elif name in _RESULTS:
        yield Message("tool", tuple(_results(name, value)))
    elif isinstance(value, list) and not any(isinstance(item, str | dict) for item in value):
        if value:
            yield Message("user", (Part("other", f"{len(value)} token ids", name),))
    else:
        for item in value if isinstance(value, list) else [value]:
            yield read_message(item)


def _results(name: str, value: list[Any]) -> Iterator[Part]:
    """Yield the answers of tools that a request holds beside its messages."""
    for item in value:
        yield from outputs_of(item) if name == "tool_results" else part_of({"functionResponse": item})


def _parameters(name: str, value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if name in TOOL_FIELDS and not isinstance(value, dict):
        if not isinstance(value, list):
            yield prefix + name, write(value)
    elif name in _CONFIGS and isinstance(value, dict) and value:
        for setting, inner in value.items():
            if name not in TOOL_FIELDS or setting != "tools":
                yield f"{prefix}{name}.{setting}", write(inner)
    else:
        yield prefix + name, write(value)
