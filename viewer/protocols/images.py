"""Images that a model sends, in the forms that OpenAI and those who follow it use."""

from collections.abc import Iterator
from typing import Any

from viewer.text.json import items, mapping, only_text

_BASE64 = ";base64,"


def image_lines(images: Any) -> Iterator[str]:
    """Yield a line for each image: its address, or its type and size if the image itself was sent.

    OpenRouter sends `{"type": "image_url", "image_url": {"url": …}}`: https://openrouter.ai/docs/features/multimodal/image-generation.
    """
    for image in items(images):
        inner = mapping(image).get("image_url", image)
        url = only_text(inner) or only_text(mapping(inner).get("url"))
        if url:
            yield f"image: {_without_data(url)}"


def _without_data(url: str) -> str:
    """Return an address, or the type and size of the data that it holds."""
    head, base64, data = url.partition(_BASE64)
    if not base64 or not head.startswith("data:"):
        return url
    return f"{head.removeprefix('data:')}, {size_line(data)}"


def size_line(data: str) -> str:
    """Return the size of what a base64 text holds."""
    return f"{len(data) * 3 // 4 - data[-2:].count('='):,} bytes"
