"""What a call in the session of an agent was given: the lines of the program's file since its last call.

Each program wraps its messages in its own way. What is inside is a message in the form of a provider, or nearly so.
"""

from collections.abc import Mapping
from typing import Any

from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.request_fields import RequestContent
from viewer.conversation.session_requests.codex import codex_message
from viewer.conversation.session_requests.forms import message_in
from viewer.text.json import mapping, only_text, parse
from viewer.types.claude_code import unwrapped

_EVENTS = ("payload", "msg")
"""Where Codex keeps its events."""


def read_lines(body: bytes, read_message: MessageReader = message_of) -> RequestContent:
    """Return the messages of the lines in order. Every other line becomes a parameter, under its type."""
    content = RequestContent(form="lines")
    for text in body.split(b"\n"):
        if not text.strip():
            continue
        try:
            line = unwrapped(mapping(parse(text)))
        except ValueError:
            line = {}
        if message := _message(line, read_message):
            content.messages.append(message)
        else:
            content.parameters.append((_name(line), line or text.decode(errors="replace")))
    content.readable = bool(content.messages)
    return content


def _message(line: Mapping[str, Any], read_message: MessageReader) -> Message | None:
    if message := message_in(line):
        return read_message(message)
    message = mapping(line.get("message"))
    if not message.keys() & {"content", "output"}:
        message = codex_message(line) or {}
    return read_message(message) if message else None


def _name(line: Mapping[str, Any]) -> str:
    event = next((mapping(line[name]) for name in _EVENTS if name in line), {})
    words = (only_text(one) for one in (line.get("type"), line.get("subtype"), event.get("type"), line.get("method")))
    return ".".join(filter(None, words)) or "line"
