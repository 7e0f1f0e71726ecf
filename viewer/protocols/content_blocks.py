"""Messages in content blocks, as LangChain's agent protocol streams them: https://github.com/langchain-ai/agent-protocol.

A message starts, then each of its blocks starts, grows and finishes, then the message finishes with its usage. The end of a block
holds the whole block again. Messages of several subgraphs are interleaved, and each belongs to its namespace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols.errors import error_of
from viewer.protocols.langchain_messages import Messages
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, mapping, only_text, write

_TYPES = {"human": "HumanMessageChunk", "system": "SystemMessageChunk"}
"""The types of messages by role. Others are those of a model."""
_TEXTS = {"text": "text", "reasoning": "reasoning", "text-delta": "text", "reasoning-delta": "reasoning"}
"""The field with the text of a block or a delta, by its type."""


@dataclass(slots=True)
class ContentBlocks:
    """The blocks of the messages that have started. Their pieces are added like chunks of messages."""

    messages: Messages
    reading: Reading
    _open: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """By namespace and id, the id and type of the message that events continue. The id "" is that of the last message."""
    _shown: dict[tuple[str, str], str] = field(default_factory=dict)
    """The text or arguments of each block so far, by message and index."""

    def add(self, event: int, namespace: str, data: Mapping[str, Any]) -> None:
        """Add the rows of an event of a message."""
        identity = as_text(data.get("message_id") or data.get("id") or data.get("run_id") or "")
        match data.get("event"):
            case "message-start":
                kind = _TYPES.get(only_text(data.get("role")), "AIMessageChunk")
                message_id = identity or f"{namespace} {event}"
                self._open[namespace, ""] = self._open[namespace, identity] = (message_id, kind)
                self.messages.note_model(mapping(data.get("metadata")))
                return
            case "error":
                self.reading.add_error(event, error_of(dict(data)))
                return
        last = self._open.get((namespace, ""), (namespace, "AIMessageChunk"))
        key, kind = self._open.get((namespace, identity), last)
        index, block = as_text(data.get("index")), mapping(data.get("content") or data.get("content_block"))
        message: dict[str, Any] = {}
        match data.get("event"):
            case "content-block-start":
                message = self._start(key, index, block)
            case "content-block-delta":
                message = self._grow(key, index, mapping(data.get("delta")) or block)
            case "content-block-finish":
                message = self._finish(key, index, block)
            case "message-finish":
                usage, metadata = mapping(data.get("usage")), mapping(data.get("metadata"))
                message = {"usage_metadata": usage or None, "response_metadata": metadata}
        self.messages.add(event, {"type": kind, "id": key, "content": "", **message})

    def _start(self, key: str, index: str, block: Mapping[str, Any]) -> dict[str, Any]:
        if block.get("type") == "tool_call_chunk":
            return self._call(key, index, block, only_text(block.get("args")))
        return self._text(key, index, block)

    def _grow(self, key: str, index: str, delta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the piece in a delta. One of a block repeats its fields so far, as the first versions sent them."""
        match delta.get("type"):
            case "tool-call-delta":
                return self._call(key, index, {}, only_text(delta.get("args")))
            case "block-delta" if mapping(delta.get("fields")).get("type") == "tool_call_chunk":
                fields = mapping(delta["fields"])
                return self._call(key, index, fields, self._rest(key, index, only_text(fields.get("args"))))
            case "tool_call_chunk":
                return self._call(key, index, delta, only_text(delta.get("args")))
            case _:
                return self._text(key, index, delta)

    def _finish(self, key: str, index: str, block: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a whole block adds to its pieces."""
        if block.get("type") in ("tool_call", "invalid_tool_call"):
            is_shown = bool(self._shown.get((key, index)))
            arguments = "" if is_shown or not block.get("args") else as_text(block["args"])
            return self._call(key, index, block, arguments)
        name = _TEXTS.get(only_text(block.get("type")), "")
        return self._text(key, index, {**block, name: self._rest(key, index, only_text(block.get(name)))})

    def _rest(self, key: str, index: str, whole: str) -> str:
        """Return what a whole text adds to what is shown, or "" if it does not continue that."""
        shown = self._shown.get((key, index), "")
        return whole[len(shown) :] if whole.startswith(shown) else ""

    def _call(self, key: str, index: str, fields: Mapping[str, Any], arguments: str) -> dict[str, Any]:
        self._shown[key, index] = self._shown.get((key, index), "") + arguments
        piece = {"id": fields.get("id"), "name": fields.get("name"), "args": arguments, "index": index}
        return {"tool_call_chunks": [piece]}

    def _text(self, key: str, index: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        name = _TEXTS.get(only_text(fields.get("type")))
        text = only_text(fields.get(name)) if name else ""
        if not name or not text:
            return {}
        self._shown[key, index] = self._shown.get((key, index), "") + text
        return {"content": [{"type": name, name: text}]}


def tool_event_text(data: Mapping[str, Any]) -> str:
    """Return what an event about the run of a tool holds: its input, a piece of its output, its output or its error."""
    held = next((data[name] for name in ("input", "delta", "output", "message") if data.get(name)), "")
    content = held.get("content") if isinstance(held, dict) and "tool_call_id" in held else held
    return content if isinstance(content, str) else write(content)
