"""JSON values with binary and encrypted data described by its size."""

from typing import Any

from viewer.text.base64 import bytes_in
from viewer.text.words import size

_FIELDS = frozenset(
    {
        *("encrypted_content", "encrypted_index", "encrypted_stdout", "data", "bytes", "b64_json", "signature"),
        *("encrypted_result", "encryptedContent"),
    }
)
# Shorter values are ids and words rather than binary data.
_MIN_CHARACTERS = 65
# Tool results nest a few levels deep. The limit keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 8


def without_binary(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with the size in place of each text of binary or encrypted data."""
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [without_binary(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: size(bytes_in(inner))
        if key in _FIELDS and isinstance(inner, str) and len(inner) >= _MIN_CHARACTERS
        else without_binary(inner, depth + 1)
        for key, inner in value.items()
    }
