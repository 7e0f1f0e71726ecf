"""What a call in the session of an agent was given: the lines of the program's file since its last call.

Each program wraps its messages in its own way. What is inside is a message in the form of a provider, or nearly so.
"""

from collections.abc import Mapping
from typing import Any

from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.request_fields import RequestContent
from viewer.text.json import mapping, only_text, parse

_MESSAGES = ("message", "payload")
"""Where Claude Code and Codex keep what was said."""
_EVENTS = ("payload", "msg")
"""Where Codex keeps its events."""
_RESULTS = ("exec_command_end", "mcp_tool_call_end", "patch_apply_end")


def read_lines(body: bytes, read_message: MessageReader = message_of) -> RequestContent:
    """Return the messages of the lines in order. Every other line becomes a parameter, under its type."""
    content = RequestContent(form="lines")
    for text in body.split(b"\n"):
        if not text.strip():
            continue
        try:
            line = mapping(parse(text))
        except ValueError:
            line = {}
        if message := _message(line, read_message):
            content.messages.append(message)
        else:
            content.parameters.append((_name(line), line or text.decode(errors="replace")))
    content.readable = bool(content.messages)
    return content


def _message(line: Mapping[str, Any], read_message: MessageReader) -> Message | None:
    for name in _MESSAGES:
        inner = mapping(line.get(name))
        if inner.keys() & {"content", "output"}:
            return read_message(inner)
    if "type" not in line and isinstance(line.get("prompt"), str):
        return read_message({"role": "user", "content": line["prompt"]})
    # The first versions of Codex wrote a message or a result alone.
    if "type" in line and line.keys() & {"content", "output"}:
        return read_message(line)
    # The older output of `codex exec` has no items, and this event alone has a result.
    event = mapping(line.get("msg"))
    if event.get("type") in _RESULTS:
        result = {name: event[name] for name in ("aggregated_output", "stdout", "result") if event.get(name)}
        text = next(iter(result.values()), only_text(event.get("stderr")))
        return read_message({"type": "function_call_output", "call_id": event.get("call_id"), "output": text})
    return None


def _name(line: Mapping[str, Any]) -> str:
    event = next((mapping(line[name]) for name in _EVENTS if name in line), {})
    words = (only_text(one) for one in (line.get("type"), line.get("subtype"), event.get("type")))
    return ".".join(filter(None, words)) or "line"
