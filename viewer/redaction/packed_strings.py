"""Redact bodies that a recorder compressed, or cut into the chunks of the network, before it stored them as text.

Polly stores such a body as a JSON list of chunks in base64 or hexadecimal, so that no chunk needs to be a whole word:
https://github.com/Netflix/pollyjs/blob/master/packages/%40pollyjs/adapter-node-http/src/utils/get-body-from-chunks.js.
"""

import gzip
import json
import re
from base64 import b64encode
from codecs import getincrementaldecoder
from collections.abc import Callable

from viewer.files.content_encoding import GZIP, inflate
from viewer.text.base64 import unpack

_PROBE_BYTES = 100
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{24,}+={0,2}\s*")
_LIST = re.compile(r'\s*\[\s*"[A-Za-z0-9+/]*+={0,2}"(?:\s*,\s*"[A-Za-z0-9+/]*+={0,2}")*\s*\]\s*')


def redact_packed(packed: str, redact: Callable[[bytes], bytes]) -> str:
    """Redact the data in a packed text by `redact`, and pack it again. Return the same text if nothing changes."""
    pieces = _pieces(packed)
    if not pieces:
        return packed
    is_hexadecimal = all(map(_HEXADECIMAL.fullmatch, pieces))
    try:
        stored = b"".join(map(bytes.fromhex if is_hexadecimal else unpack, pieces))
    except ValueError:
        return packed
    is_compressed = stored.startswith(GZIP)
    data = inflate(stored)[0] if is_compressed else stored
    if not is_compressed and not _is_text(data):
        return packed
    redacted = redact(data)
    if redacted == data:
        return packed
    stored = gzip.compress(redacted, mtime=0) if is_compressed else redacted
    again = stored.hex() if is_hexadecimal else b64encode(stored).decode()
    return json.dumps([again]) if packed.lstrip().startswith("[") else again


def _is_text(data: bytes) -> bool:
    # Most texts that could be base64 are ids, whose bytes are not UTF-8.
    try:
        getincrementaldecoder("utf-8")().decode(data[:_PROBE_BYTES])
    except UnicodeDecodeError:
        return False
    return True


def _pieces(packed: str) -> list[str]:
    """Return the chunks of a packed text, or the text itself; nothing if it is no packed text."""
    if _LIST.fullmatch(packed):
        return [piece for piece in json.loads(packed) if piece]
    return [packed] if _BASE64.fullmatch(packed) else []
