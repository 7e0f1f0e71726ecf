"""Recorded text that can be shown anywhere: in a terminal, on a page, in a diff, as a file name.

One class of characters counts as unsafe, and every output uses it. It holds what commands a terminal, what changes the
direction of the text around it, what is invisible, and line ends that only some programs know.
"""

import re

# In order: ISO control characters except line feed and tab; the Arabic letter mark; zero-width space and direction marks
# (but not the joiners U+200C and U+200D, which Persian and emoji need); line and paragraph separators and the
# directional overrides; the word joiner, invisible operators and isolates; the byte order mark; half a surrogate pair,
# which UTF-8 cannot write.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_FIRST_PICTURE, _DELETE_PICTURE = 0x2400, "\u2421"
_SEPARATOR = re.compile(r"[/\\]")


def well_formed(text: str) -> str:
    """Return text that UTF-8 can encode: half a surrogate pair becomes U+FFFD, two halves in a row their character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def visible(text: str) -> str:
    """Replace every unsafe character except line feed and tab by a symbol: ESC by U+241B, U+202E by `<U+202E>`."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_picture, well_formed(text))


def visible_line(text: str) -> str:
    """Do the same as `visible`, and replace line feeds and tabs too, so that the text stays on one line."""
    return visible(text).replace("\n", "\u240a").replace("\t", "\u2409")


def safe_path(name: str, max_length: int) -> str:
    """Return a recorded file name for display: relative, without "..", on one line, and no longer than `max_length`."""
    parts = [part for part in _SEPARATOR.split(name) if part not in ("", ".")]
    text = visible_line("/".join("‥" if part == ".." else part for part in parts))
    return shortened(text, max_length)


def shortened(text: str, max_length: int) -> str:
    """Return a text no longer than `max_length`. An ellipsis stands for what is cut off its end."""
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_FIRST_PICTURE + code)
    return _DELETE_PICTURE if code == 0x7F else f"<U+{code:04X}>"
