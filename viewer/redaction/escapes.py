"""Decode escapes in texts, and map each decoded character back to where it was written."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

# The escapes of one JSON string. A surrogate pair is one character.
JSON_ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL
)
# Escapes of JSON, of URLs and of HTML, nested to any depth: each level adds backslashes, `25` or `amp;`.
ANY_ESCAPE = re.compile(
    r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf\"'/]))|%(?:25)*+([0-9a-fA-F]{2})"
    r"|&(?:amp;)*+(?:#0*+([0-9]{1,7});|#[xX]0*+([0-9a-fA-F]{1,6});|(quot|apos|lt|gt);)|&(?:amp;)++"
)

# Codes that colour a text in a terminal, or make it a link (ECMA-48). Logs write the escape character in many ways, or lose it.
TERMINAL_CODE = re.compile(
    r"(?:\x1b|␛)(?:\][^\x07\x1b\0\n]{0,2000}+(?:\x07|\x1b\\)?|\[?[0-9;:?]*+[ -/]*+[0-~])"
    r"|(?:(?<!\\)\\++(?:033|e|x1[bB]|u001[bB])|\^\[)\[[0-9;:?]*+[@-~]|\[[0-9]{1,3}(?:;[0-9]{1,3})*m"
)
# In every text with such a code, unless the escape character itself is there. It begins with a literal, and so is searched fast.
_CODE_HINT = re.compile(
    r"\[(?:(?:(?<=\\e\[)|(?<=033\[)|(?<=1[bB]\[)|(?<=\^\[\[))[0-9;:?]*+[@-~]|[0-9]{1,3}(?:;[0-9]{1,3})*m)"
)

_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">"}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text that knows where each character was written."""

    text: str
    _begins: list[int] = field(repr=False)
    """Where each run of the decoded text begins. A run is one escape, or all that lies between two escapes."""
    _source_begins: list[int] = field(repr=False)
    """Where each run begins in the source."""

    def source_index(self, index: int) -> int:
        """Return where in the source the character at an index of the decoded text begins."""
        run = bisect_right(self._begins, index) - 1
        return self._source_begins[run] + index - self._begins[run]

    def source_end(self, index: int) -> int:
        """Return where in the source the characters before an index of the decoded text end."""
        run = bisect_left(self._begins, index, lo=1)
        if run < len(self._begins) and self._begins[run] == index:
            return self._source_begins[run]
        return self._source_begins[run - 1] + index - self._begins[run - 1]


def has_terminal_codes(text: str) -> bool:
    """Return whether a text may hold codes of a terminal."""
    return "\x1b" in text or "␛" in text or _CODE_HINT.search(text) is not None


def decoded_text(source: str, escapes: re.Pattern[str] = JSON_ESCAPE) -> str:
    """Return the text of `decode` alone. Most texts hold nothing whose place in the source matters."""
    return escapes.sub(_CharacterTable(_DECODERS[escapes]), source)


def decode(source: str, escapes: re.Pattern[str] = JSON_ESCAPE) -> Decoded:
    """Decode the escapes of a text. Each escape becomes one character, and each code of a terminal none."""
    character = _DECODERS[escapes]
    parts: list[str] = []
    begins, source_begins = [0], [0]
    place = length = 0
    for match in escapes.finditer(source):
        literal = source[place : match.start()]
        decoded = character(match)
        parts += (literal, decoded)
        length += len(literal)
        place = match.end()
        begins += (length, length + len(decoded))
        source_begins += (match.start(), place)
        length += len(decoded)
    parts.append(source[place:])
    return Decoded("".join(parts), begins, source_begins)


def _json_character(match: re.Match[str]) -> str:
    high, low, code, letter = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _any_character(match: re.Match[str]) -> str:
    code, byte, letter, percent, decimal, hexadecimal, entity = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    if entity:
        return _ENTITIES[entity]
    if decimal:
        number = int(decimal)
    elif written := code or byte or percent or hexadecimal:
        number = int(written, 16)
    else:
        return "&"
    return chr(number) if number <= sys.maxunicode else match[0][0]


class _CharacterTable:
    """Decodes each escape once: a text repeats a few of them."""

    def __init__(self, character: Callable[[re.Match[str]], str]) -> None:
        self._character = character
        self._known: dict[str, str] = {}

    def __call__(self, match: re.Match[str]) -> str:
        """Return the character of an escape."""
        written = match[0]
        known = self._known.get(written)
        if known is None:
            known = self._known[written] = self._character(match)
        return known


def _no_character(_match: re.Match[str]) -> str:
    return ""


_DECODERS: dict[re.Pattern[str], Callable[[re.Match[str]], str]] = {
    JSON_ESCAPE: _json_character,
    ANY_ESCAPE: _any_character,
    TERMINAL_CODE: _no_character,
}
