"""UTF-8 that was read in another encoding, so that `’` became `â€™`.

Browsers read text without a charset as windows-1252 and keep it so in what they export:
https://encoding.spec.whatwg.org/#windows-1252. In it, five bytes that have no character become control characters.
"""

import codecs
import re
from collections import Counter
from typing import NamedTuple

from viewer.text.json import is_utf_8

# By character, its byte in windows-1252 or in Latin-1, which differ in the bytes from 0x80 to 0x9F only.
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_DEFINED = (place for place in range(0x80, 0xA0) if place not in _UNDEFINED)
_BYTES = {place: place for place in range(256)} | {ord(bytes([place]).decode("cp1252")): place for place in _DEFINED}
# A whole character of UTF-8, or one that lacks one of its bytes, or a byte that is neither.
_CHARACTER = re.compile(
    rb"(?P<whole>[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
    rb"|(?P<short>[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})|(?P<other>[\x80-\xff])"
)


class Restored(NamedTuple):
    """Text as it was before it was read in the wrong encoding."""

    data: bytes | None
    """Its UTF-8; None if it cannot be restored as a whole."""
    lost: int = 0
    """How many characters could not be restored, and are U+FFFD."""
    is_doubtful: bool = False
    """Whether parts of it look misread, but not all of it."""


def restore_utf_8(text: str) -> Restored:
    """Undo the reading of UTF-8 as windows-1252 or Latin-1, if all of the text can be explained by it.

    Text that was read correctly is almost never valid UTF-8 when it is encoded so. Some exports drop the bytes that have no
    character, so a few characters may lack one.
    """
    if text.isascii():
        return Restored(None)
    data = codecs.charmap_encode(text, "replace", _BYTES)[0]
    # What the two encodings do not have became a question mark.
    is_encoded = data.count(b"?") == text.count("?")
    if is_encoded and is_utf_8(data):
        return Restored(data)
    found = Counter(match.lastgroup for match in _CHARACTER.finditer(data))
    if not is_encoded or found["other"] or found["whole"] <= found["short"]:
        return Restored(None, is_doubtful=found["whole"] > 0)
    restored = data.decode(errors="replace")
    return Restored(restored.encode(), restored.count("\ufffd"))
