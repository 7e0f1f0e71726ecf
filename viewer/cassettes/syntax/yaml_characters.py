"""Characters that a YAML file holds as they are although YAML wants them escaped: https://yaml.org/spec/1.2.2/#51-character-set.

libyaml refuses a file with a control character, such as the escape character of terminal colours. So each is replaced by a
private character before parsing, and put back in what was parsed. U+0085, U+2028 and U+2029 end a line in YAML 1.1 and for
libyaml, but not in YAML 1.2, whose writers put them into the middle of a line.
"""

import re
from typing import NamedTuple

from viewer.text.json import is_utf_8

_BOM = b"\xef\xbb\xbf"
# Without NUL, which no text has, and without tab and the line ends.
_CONTROLS = bytes(byte for byte in (*range(1, 0x20), 0x7F) if byte not in b"\t\n\r")
# In UTF-8: U+0080 to U+009F except U+0085; the byte order mark and the two code points that are no characters.
_WIDE = (re.compile(rb"\xc2[\x80-\x84\x86-\x9f]"), re.compile(rb"\xef(?:\xbb\xbf|\xbf[\xbe\xbf])"))
_REFUSED = re.compile(b"[" + re.escape(_CONTROLS) + b"]|" + b"|".join(one.pattern for one in _WIDE))
_LINE_ENDS = re.compile(rb"\xc2\x85|\xe2\x80[\xa8\xa9]")
# The last plane is for private use, and no recorder writes its characters.
_FIRST_PRIVATE = 0x100000
_PRIVATE = re.compile("[\U00100000-\U0010ffff]")


class Replaced(NamedTuple):
    """A file without the characters that libyaml cannot read as text."""

    data: bytes
    characters: int
    """How many were replaced."""


def replace_refused(data: bytes) -> Replaced:
    """Replace every character that libyaml refuses. A byte order mark at the start stays."""
    begin = _BOM if data.startswith(_BOM) else b""
    text = data.removeprefix(_BOM)
    if not _has_refused(text) or not _is_replaceable(text):
        return Replaced(data, 0)
    replaced, characters = _REFUSED.subn(_replace, text)
    return Replaced(begin + replaced, characters)


def replace_line_ends(data: bytes) -> Replaced:
    """Replace every character that ends a line in YAML 1.1 alone."""
    if not _LINE_ENDS.search(data) or not is_utf_8(data):
        return Replaced(data, 0)
    return Replaced(*_LINE_ENDS.subn(_replace, data))


def put_back(text: str) -> str:
    """Put back the characters that were replaced."""
    return text if text.isascii() else _PRIVATE.sub(_original, text)


def _has_refused(text: bytes) -> bool:
    if len(text.translate(None, _CONTROLS)) < len(text):
        return True
    return not text.isascii() and any(one.search(text) for one in _WIDE)


def _is_replaceable(text: bytes) -> bool:
    return is_utf_8(text) and not _PRIVATE.search(text.decode())


def _replace(match: re.Match[bytes]) -> bytes:
    return chr(_FIRST_PRIVATE + ord(match[0].decode())).encode()


def _original(match: re.Match[str]) -> str:
    return chr(ord(match[0]) - _FIRST_PRIVATE)
