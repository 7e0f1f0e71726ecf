"""The fields of a chat delta: which hold text, in which forms, and which are not known."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.chunk_table import CONTENT, REASONING, REFUSAL

TEXTS = {"content": CONTENT, "refusal": REFUSAL, "reasoning_content": REASONING, "reasoning": REASONING}
"""The kind of row for each field of a delta that holds a single text."""
_SHOWN = frozenset({"executed_tools", "images", "context"})
"""Known fields that are neither text nor a call of the client: tools that Groq ran, images of OpenRouter, what Azure found."""
_FIELDS = (
    frozenset(TEXTS)
    | _SHOWN
    | {"reasoning_details", "thinking_blocks", "tool_calls", "function_call", "audio", "annotations"}
)
"""Fields of a delta that add rows."""
METADATA = frozenset(
    {
        *("role", "index", "name", "id", "object", "type", "channel", "phase", "status", "token_id", "token_ids"),
        *("logprobs", "provider_metadata", "provider_specific_fields", "extra_content"),
        *("signature", "reasoning_signature", "thought_signature", "reasoning_opaque", "encrypted_content", "cot_id"),
    }
)
"""Fields of a delta that add nothing: what it is, and what only the provider can read."""


class ReasoningField:
    """The field to read reasoning from. Providers repeat the same reasoning in several, so the first with text is chosen."""

    def __init__(self) -> None:
        self.chosen = ""
        """Its name, or "" until a field holds text."""

    def read(self, delta: Mapping[str, Any]) -> str:
        """Return the reasoning that a delta adds."""
        for name in (self.chosen,) if self.chosen else _REASONING_FIELDS:
            if text := _REASONING_FIELDS[name](delta.get(name)):
                self.chosen = name
                return text
        return ""


def _details_text(details: Any) -> str:
    """Return the text of `reasoning_details` (OpenRouter). Encrypted items have none."""
    details = map(mapping, items(details))
    return "".join(only_text(detail.get("text") or detail.get("summary")) for detail in details)


def _blocks_text(blocks: Any) -> str:
    """Return the text of `thinking_blocks` (LiteLLM): https://docs.litellm.ai/docs/reasoning_content."""
    return "".join(only_text(block.get("thinking")) for block in map(mapping, items(blocks)))


def _thinking_text(content: Any) -> str:
    """Return the thinking parts if the content is a list (Mistral)."""
    parts = (part for part in map(mapping, items(content)) if part.get("type") == "thinking")
    return "".join(joined_text(part.get("thinking")) for part in parts)


_REASONING_FIELDS: dict[str, Callable[[Any], str]] = {
    "reasoning_content": only_text,
    "reasoning": only_text,
    "reasoning_details": _details_text,
    "thinking_blocks": _blocks_text,
    "content": _thinking_text,
}


def joined_text(value: Any) -> str:
    """Return a text, which Mistral and others send as a list of parts."""
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else only_text(mapping(part).get("text")) for part in items(value))


def unread_fields(delta: Mapping[str, Any], thought: str, *, has_calls: bool) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a delta that may hold text and have added no row: unknown ones, and known ones of a wrong type."""
    for name, value in delta.items():
        if not value or name in METADATA:
            continue
        if isinstance(value, list) and name == "content":
            yield from _unread_parts(value)
        # Providers repeat the same reasoning in several fields.
        elif name in _REASONING_FIELDS and name != "content":
            if not thought or (name in TEXTS and value != thought):
                yield name, value
        elif not _is_read(name, value, has_calls=has_calls):
            yield name, value


def _is_read(name: str, value: Any, *, has_calls: bool) -> bool:
    """Tell whether a field of a delta has added a row, or never holds text."""
    if name in ("content", "refusal"):
        return bool(joined_text(value))
    if name in ("tool_calls", "function_call"):
        return has_calls
    if name in ("audio", "context"):
        return isinstance(value, dict)
    return name in _FIELDS and name not in _REASONING_FIELDS


def _unread_parts(content: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the type of each part of a content that is neither text nor thinking, and the part without its type."""
    for part in content:
        if isinstance(part, dict) and part.get("type") != "thinking" and not isinstance(part.get("text"), str):
            yield (
                f"content.{as_text(part.get('type'))}",
                {name: value for name, value in part.items() if name != "type"},
            )
        elif isinstance(part, list):
            yield "content", part
