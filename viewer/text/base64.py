"""Base64 as recorders write it: folded over lines, without its padding, or cut off by the end of the file."""

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")


def unpack(text: str) -> bytes:
    """Return the bytes of a base64 text, as many as it holds; raise `ValueError` where it is none."""
    packed = "".join(text.split()).rstrip("=")
    if not _ALPHABET.fullmatch(packed):
        raise ValueError("not base64")
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    return base64.b64decode(packed + "=" * (-len(packed) % 4))
