"""Base64 as recorders write it: folded over lines, without padding, or cut off by the end of the file."""

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")


def unpack(text: str) -> bytes:
    """Decode as many bytes as a base64 text holds. Raise `ValueError` if it has other characters."""
    packed = "".join(text.split()).rstrip("=")
    if not _ALPHABET.fullmatch(packed):
        raise ValueError("not base64")
    # One character alone holds six bits, which is not a byte.
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    return base64.b64decode(packed + "=" * (-len(packed) % 4))


def bytes_in(text: str) -> int:
    """Return how many bytes a base64 text encodes."""
    return len(text.rstrip("=")) * 3 // 4
