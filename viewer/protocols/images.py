"""Images and files in a stream, which are described and not shown."""

from collections.abc import Mapping
from typing import Any

from viewer.text.base64 import bytes_in
from viewer.text.json import as_text


def describe_image(what: str, fields: Mapping[str, Any], encoded: Any) -> str:
    """Return a line such as "partial image 0, png, 1024x1024, 48,210 bytes", from an image in base64 and the fields beside it."""
    details = [as_text(fields[name]) for name in ("output_format", "size", "quality") if fields.get(name)]
    return ", ".join([what, *details, *_size(encoded)])


def describe_data(media_type: str, data: Any) -> str:
    """Return a line such as "image/png, 48,210 bytes", from data in base64, or with the address where the data is."""
    is_address = isinstance(data, str) and "://" in data[:16]
    return ", ".join([media_type or "file", *([data] if is_address else _size(data))])


def _size(encoded: Any) -> list[str]:
    return [f"{bytes_in(encoded):,} bytes"] if isinstance(encoded, str) else []
