"""Images in a stream, which are described and not shown."""

from collections.abc import Mapping
from typing import Any

from viewer.text.base64 import bytes_in
from viewer.text.json import as_text


def describe_image(what: str, fields: Mapping[str, Any], encoded: Any) -> str:
    """Return a line such as "partial image 0, png, 1024x1024, 48,210 bytes", from an image in base64 and the fields beside it."""
    details = [as_text(fields[name]) for name in ("output_format", "size", "quality") if fields.get(name)]
    size_bytes = [f"{bytes_in(encoded):,} bytes"] if isinstance(encoded, str) else []
    return ", ".join([what, *details, *size_bytes])
