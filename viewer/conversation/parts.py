"""One part of a message. Binary data is described by its type and size, never kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from viewer.text.base64 import bytes_in
from viewer.text.json import mapping, only_text
from viewer.text.words import size

PartKind = Literal["text", "reasoning", "tool_call", "tool_result", "image", "audio", "file", "other"]

# The deepest known is Bedrock's `image.source.s3Location.uri`; one more for a wrapper.
_MEDIA_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message."""

    kind: PartKind
    text: str
    """Text, reasoning, arguments or a result, verbatim; as JSON if the provider writes an object.

    For an image, audio or a file: its description, such as "image/png, 12.3 kB", a URL or an id. For "other": its JSON.
    """
    name: str = ""
    """The name of the tool, file or document; "refusal" for a refusal; the provider's type for "other"."""
    id: str = ""
    """The id of the tool call, also on its results and on media in them."""
    is_error: bool = False
    """Whether a tool result is marked as an error."""


def described(part: Part) -> str:
    """Return the text of a part, or what stands for an image, audio or a file, in brackets."""
    if part.kind in ("text", "tool_result"):
        return part.text
    return f"[{': '.join(filter(None, (part.kind, part.name, part.text)))}]"


def media(kind: PartKind, item: Any) -> Part:
    """Describe an image, audio or a file by its type and size, or by its URL or id. Nothing is fetched."""
    fields = {"data": item} if isinstance(item, str) else _flat(mapping(item))
    name = first_text(fields, "filename", "file_name", "fileName", "name", "title", "displayName")
    media_type = first_text(fields, "media_type", "mime_type", "mimeType", "mediaType", "contentType")
    form = only_text(fields.get("format"))
    if not media_type and form:
        media_type = form if kind == "file" or "/" in form else f"{kind}/{form}"
    data = first_text(
        fields, "data", "bytes", "file_data", "b64_json", "imageBytes", "image_url", "url", "file_url", "image"
    )
    place = first_text(fields, "file_id", "fileId", "fileUri", "file_uri", "uri", "id", "image_url_id")
    if data.startswith("data:"):
        head, _, data = data.removeprefix("data:").partition(",")
        media_type = head.partition(";")[0] or media_type
    elif "://" in data[:16]:
        data, place = "", data
    description = ", ".join(filter(None, (media_type, size(bytes_in(data)) if data else place)))
    transcript = only_text(fields.get("transcript"))
    return Part(kind, transcript or description, name)


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text fields of a medium at any level, outer ones first. Each provider nests them under other names."""
    fields: dict[str, Any] = {}
    level: list[Mapping[str, Any]] = [item]
    for _ in range(_MEDIA_LEVELS):
        for one in level:
            fields |= {key: value for key, value in one.items() if isinstance(value, str) and key not in fields}
        level = [value for one in level for value in one.values() if isinstance(value, dict)]
    return fields


def first_text(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first of the fields that is a text and not empty, or ""."""
    return next((fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]), "")
