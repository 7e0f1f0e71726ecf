"""One thing that a message holds, and what is said of media: their bytes are counted and never kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from viewer.text.json import mapping, only_text
from viewer.text.words import size

PartKind = Literal["text", "reasoning", "tool_call", "tool_result", "image", "audio", "file", "other"]


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one thing that a message holds."""

    kind: PartKind
    text: str
    """Verbatim for a text, reasoning, a tool call's arguments and a tool's result; JSON where the provider has an object.

    Of an image, audio and a file it is what is said of it: "image/png, 12.3 kB", a URL, an id; of "other", its JSON.
    """
    name: str = ""
    """Of the tool, the file or document; "refusal" for a text that is one; what the provider calls an "other"."""
    id: str = ""
    """The tool call's, which ties a result to its call; media inside a result have it too."""
    is_error: bool = False
    """Whether a tool's result says of itself that the tool failed."""


def media(kind: PartKind, item: Any) -> Part:
    """Return what is said of an image, audio or a file: its type and size, or where it lies; it is never fetched."""
    fields = {"data": item} if isinstance(item, str) else _flat(mapping(item))
    name = first_text(fields, "filename", "file_name", "fileName", "name", "title", "displayName")
    media_type = first_text(fields, "media_type", "mime_type", "mimeType", "mediaType", "contentType")
    form = only_text(fields.get("format"))
    if not media_type and form:
        media_type = form if kind == "file" or "/" in form else f"{kind}/{form}"
    held = first_text(
        fields, "data", "bytes", "file_data", "b64_json", "imageBytes", "image_url", "url", "file_url", "image"
    )
    where = first_text(fields, "file_id", "fileId", "fileUri", "file_uri", "uri", "id", "image_url_id")
    if held.startswith("data:"):
        head, _, held = held.removeprefix("data:").partition(",")
        media_type = head.partition(";")[0] or media_type
    elif "://" in held[:16]:
        held, where = "", held
    said = [media_type, size(bytes_in(held)) if held else where]
    transcript = only_text(fields.get("transcript"))
    return Part(kind, transcript or ", ".join(filter(None, said)), name)


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a medium, the inner ones beside the outer: providers nest them under names of their own."""
    fields: dict[str, Any] = {}
    level: list[Mapping[str, Any]] = [item]
    for _ in range(4):
        for held in level:
            fields |= {key: value for key, value in held.items() if isinstance(value, str) and key not in fields}
        level = [value for held in level for value in held.values() if isinstance(value, dict)]
    return fields


def bytes_in(base64: str) -> int:
    """Return how many bytes a base64 text holds."""
    return len(base64.rstrip("=")) * 3 // 4


def first_text(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first field that is a text and not empty."""
    return next((fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]), "")
