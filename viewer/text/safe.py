"""Recorded text made safe for a terminal: what would command it is shown as a symbol."""

import re

# ISO control characters but line feed and tab; the marks that turn the direction of text around them, which reach past the
# text they stand in; the line ends that only some programs take for one; and half of a surrogate pair, which cannot be written.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FIRST_PICTURE, _DELETE_PICTURE = 0x2400, "\u2421"


def visible(text: str) -> str:
    """Return text with line feeds and tabs as its only controls; others are shown: ESC as U+241B, what has no symbol as <U+202E>."""
    return text if text.isascii() and text.isprintable() else _COMMANDS.sub(_picture, text)


def visible_line(text: str) -> str:
    """Return text that stays on one line."""
    return visible(text).replace("\n", "\u240a").replace("\t", "\u2409")


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_FIRST_PICTURE + code)
    if code == 0x7F:
        return _DELETE_PICTURE
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"<U+{code:04X}>"
