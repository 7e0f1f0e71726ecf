"""Images and files in a stream, which are described and not shown."""

from collections.abc import Mapping
from typing import Any

from viewer.text.base64 import bytes_in
from viewer.text.json import as_text
from viewer.text.words import counted


def describe_image(what: str, fields: Mapping[str, Any], data: Any) -> str:
    """Return a line such as "partial image 0, png, 1024x1024, 48,210 bytes", from an image and the fields beside it."""
    details = [as_text(fields[name]) for name in ("output_format", "size", "quality") if fields.get(name)]
    return ", ".join([what, *details, *_size_or_address(data)])


def describe_data(media_type: str, data: Any) -> str:
    """Return a line such as "image/png, 48,210 bytes"."""
    return ", ".join([media_type or "file", *_size_or_address(data)])


def describe_address(url: str, media_type: str = "", *, default: str = "file") -> str:
    """Return such a line for what is at an address. A data address (RFC 2397) holds the data, and names its media type itself.

    `default` is what to say of an address without a media type.
    """
    head, base64, data = url.partition(";base64,")
    if base64:
        return describe_data(media_type or head.removeprefix("data:"), data)
    return describe_data(media_type or default, url)


def _size_or_address(data: Any) -> list[str]:
    """Return the size of data in base64, or the address where the data is."""
    if not isinstance(data, str):
        return []
    return [data if "://" in data[:16] else counted(bytes_in(data), "byte")]
