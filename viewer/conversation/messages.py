"""One message to or from a model, in whichever provider's shape it was written."""

import marshal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from viewer.conversation.part_shapes import outputs_of, part_of, parts_of, tool_calls_of
from viewer.conversation.parts import Part, PartKind, first_text, media
from viewer.text.json import mapping, only_text

_RESULT_ROLES = frozenset({"tool", "function", "role_tool"})
_MEDIA_FIELDS: dict[str, PartKind] = {"images": "image", "files": "file", "experimental_attachments": "file"}


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one message."""

    role: str
    """As the provider writes it; "system", "user", "assistant" or "tool" where the shape alone tells it."""
    parts: tuple[Part, ...]
    name: str = ""
    """Who speaks, where the message names one."""


def message_of(item: Any, default_role: str = "user") -> Message:
    """Return a recorded message of any shape."""
    if not isinstance(item, dict):
        return Message(default_role, tuple(parts_of(item)))
    role = only_text(item.get("role") or item.get("speaker"))
    if not role and _is_part(item):
        parts = tuple(part_of(item))
        return Message(_role_of(parts, default_role), parts)
    role = role or default_role
    parts = tuple(_parts_of_message(item))
    call_id = first_text(item, "tool_call_id", "toolCallId")
    name = first_text(item, "name", "tool_name")
    if call_id or role.lower() in _RESULT_ROLES:
        return Message(role, tuple(_as_result(part, call_id, name) for part in parts))
    return Message(role, parts, name)


MessageReader = Callable[[Any], Message]


class RepeatedMessages:
    """Reads messages, each distinct one once: the requests of an agent repeat those of all requests before."""

    def __init__(self) -> None:
        self._read: dict[bytes, Message] = {}

    def __call__(self, item: Any) -> Message:
        # Unlike JSON, marshal writes every value that a parser returns, and different values differently. Version 2 is
        # the last that writes equal values equally, without regard to how often an object is referenced.
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
    """Return who says what has no role of its own: a model calls and thinks, a tool answers."""
    kinds = {part.kind for part in parts}
    if "tool_call" in kinds or "reasoning" in kinds:
        return "assistant"
    return "tool" if "tool_result" in kinds else default_role


def _as_result(part: Part, call_id: str, name: str) -> Part:
    if part.kind == "text":
        return replace(part, kind="tool_result", id=call_id, name=name)
    return replace(part, id=part.id or call_id)


def _parts_of_message(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield what stands in the fields of a message, in the order in which it was said."""
    yield from _reasoning_fields(item)
    said = [*parts_of(item.get("parts"))]
    yield from said
    # The AI SDK repeats the text of its parts beside them.
    spoken = "".join(part.text for part in said if part.kind == "text")
    for field in ("content", "text", "message"):
        if not said or item.get(field) != spoken:
            yield from parts_of(item.get(field))
    if refusal := only_text(item.get("refusal")):
        yield Part("text", refusal, "refusal")
    if audio := mapping(item.get("audio")):
        yield media("audio", audio)
    for field, kind in _MEDIA_FIELDS.items():
        for held in _list(item.get(field)):
            yield media(kind, held)
    yield from _calls_and_results(item)


def _calls_and_results(item: Mapping[str, Any]) -> Iterator[Part]:
    for field in ("tool_calls", "toolInvocations"):
        for call in _list(item.get(field)):
            yield from tool_calls_of(call)
    for result in _list(item.get("tool_results")):
        yield from outputs_of(result)
    if isinstance(item.get("function_call"), dict):
        yield from tool_calls_of({"function": item["function_call"]})


def _reasoning_fields(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the reasoning of a message once: several providers write the same into several fields."""
    seen = ""
    for field in ("reasoning_content", "reasoning", "thinking", "tool_plan", "reasoning_details"):
        held = item.get(field)
        texts = [Part("reasoning", held)] if isinstance(held, str) else [*parts_of(held)]
        for part in texts:
            if part.text and part.text not in seen:
                yield replace(part, kind="reasoning") if part.kind == "text" else part
                seen += part.text


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
