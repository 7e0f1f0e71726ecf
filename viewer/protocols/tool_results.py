"""What a tool returned as a text to read."""

from collections.abc import Mapping
from typing import Any

from viewer.text.binary import without_binary
from viewer.text.json import items, mapping, only_text, write

_TEXT_TYPES = frozenset({"text", "input_text", "output_text", "logs", None})


def result_text(result: Any) -> str:
    """Return the text of a result: texts verbatim, pages that a search found as title and address, all else as JSON."""
    if result is None or isinstance(result, str):
        return result or ""
    parts = [mapping(part) for part in items(result)]
    if parts and all(parts):
        if all(isinstance(part.get("text", part.get("logs")), str) and _is_text(part) for part in parts):
            return "\n".join(str(part.get("text", part.get("logs"))) for part in parts)
        if all(only_text(part.get("title")) and only_text(part.get("url")) for part in parts):
            return "\n\n".join(f"{part['title']}\n{part['url']}" for part in parts)
    return write(without_binary(result))


def is_error_result(content: Any) -> bool:
    """Tell whether the content of a result is one of Anthropic's errors."""
    return only_text(mapping(content).get("type")).endswith("_error")


def _is_text(part: Mapping[str, Any]) -> bool:
    kind = part.get("type")
    return kind is None or (isinstance(kind, str) and kind in _TEXT_TYPES)
