"""One message to or from a model, read from any provider's shape."""

import marshal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from viewer.conversation.part_shapes import outputs_of, part_of, parts_of, tool_calls_of
from viewer.conversation.parts import Part, PartKind, first_text, media
from viewer.text.json import items, mapping, only_text

_RESULT_ROLES = frozenset({"tool", "function", "role_tool"})
_MEDIA_FIELDS: dict[str, PartKind] = {"images": "image", "files": "file", "experimental_attachments": "file"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: str
    """As the provider spells it. If the message has none: "system", "user", "assistant" or "tool", by its content."""
    parts: tuple[Part, ...]
    name: str = ""
    """The name of the speaker, if the message has one."""
    source: Any = field(default=None, compare=False, repr=False)
    """The recorded JSON value of a message of a request. Uploads and audio are replaced by their digests."""


def message_of(item: Any, default_role: str = "user") -> Message:
    """Read a recorded message of any shape."""
    if not isinstance(item, dict):
        return Message(default_role, tuple(parts_of(item)), source=item)
    role = only_text(item.get("role") or item.get("speaker"))
    if not role and _is_part(item):
        parts = tuple(part_of(item))
        return Message(_role_of(parts, default_role), parts, source=item)
    role = role or default_role
    parts = tuple(_parts_of_message(item))
    call_id = first_text(item, "tool_call_id", "toolCallId")
    name = first_text(item, "name", "tool_name")
    if call_id or role.lower() in _RESULT_ROLES:
        return Message(role, tuple(_as_result(part, call_id, name) for part in parts), source=item)
    return Message(role, parts, name, item)


MessageReader = Callable[[Any], Message]
NamedMessages = dict[tuple[int, str, tuple[str, ...]], tuple[Message, Message]]
"""Messages without and with the names of tools in their results, by `id` of the message and what it is completed with.

The message itself is kept, too, so that its `id` stays its own.
"""


class RepeatedMessages:
    """A reader that reads each distinct message once. Every request of an agent repeats the messages of the one before."""

    def __init__(self) -> None:
        self._read: dict[bytes, Message] = {}
        self.named: NamedMessages = {}
        """The messages that were read, with the names of their tools."""

    def __call__(self, item: Any) -> Message:
        # As keys, marshal's bytes are exact, while JSON would write NaN as null. Version 2 is the last in which equal
        # values have equal bytes: later ones depend on how often an object is referenced.
        try:
            key = marshal.dumps(item, 2)
        except ValueError:
            # Nested too deeply.
            return message_of(item)
        if key not in self._read:
            self._read[key] = message_of(item)
        return self._read[key]


def _is_part(item: Mapping[str, Any]) -> bool:
    return item["type"] != "message" if "type" in item else not item.keys() & {"content", "parts", "tool_calls"}


def _role_of(parts: tuple[Part, ...], default_role: str) -> str:
    """Return the role of a message without one: calls and reasoning are the model's, results are a tool's."""
    kinds = {part.kind for part in parts}
    if "tool_call" in kinds or "reasoning" in kinds:
        return "assistant"
    return "tool" if "tool_result" in kinds else default_role


def _as_result(part: Part, call_id: str, name: str) -> Part:
    if part.kind == "text":
        return replace(part, kind="tool_result", id=call_id, name=name)
    return replace(part, id=part.id or call_id)


def _parts_of_message(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the parts in the order in which a model produces them: reasoning, content, tool calls."""
    yield from _reasoning_fields(item)
    parts = [*parts_of(item.get("parts"))]
    yield from parts
    # The AI SDK repeats the text of the parts in `content`.
    text = "".join(part.text for part in parts if part.kind == "text")
    for key in ("content", "text", "message"):
        if not parts or item.get(key) != text:
            yield from parts_of(item.get(key))
    if refusal := only_text(item.get("refusal")):
        yield Part("text", refusal, "refusal")
    if audio := mapping(item.get("audio")):
        yield media("audio", audio)
    for key, kind in _MEDIA_FIELDS.items():
        for medium in items(item.get(key)):
            yield media(kind, medium)
    yield from _calls_and_results(item)


def _calls_and_results(item: Mapping[str, Any]) -> Iterator[Part]:
    for key in ("tool_calls", "toolInvocations"):
        for call in items(item.get(key)):
            yield from tool_calls_of(call)
    for result in items(item.get("tool_results")):
        yield from outputs_of(result)
    if isinstance(item.get("function_call"), dict):
        yield from tool_calls_of({"function": item["function_call"]})


def _reasoning_fields(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the reasoning of a message once, although some providers repeat it in several fields."""
    seen = ""
    for key in ("reasoning_content", "reasoning", "thinking", "tool_plan", "reasoning_details"):
        value = item.get(key)
        parts = [Part("reasoning", value)] if isinstance(value, str) else [*parts_of(value)]
        for part in parts:
            if part.text and part.text not in seen:
                yield replace(part, kind="reasoning") if part.kind == "text" else part
                seen += part.text
