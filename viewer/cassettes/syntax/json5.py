r"""JSON5 as plain data, including files that are cut off: https://spec.json5.org/.

JSON5 is JSON with more of JavaScript's syntax: keys without quotes, single quotes, comments, trailing commas and more
number forms. YAML's flow style looks the same but cannot be used to read it: in YAML, `'it\'s\n'` is not a string, and in
a single-quoted string `\n` keeps its backslash.
"""

import re
from typing import Any

from viewer.cassettes.syntax.yaml import MAX_DIGITS, Break
from viewer.types.limits import DEFAULT_LIMITS, Limits

# Groups are atomic by themselves, because Python before 3.11.5 takes what a possessive repetition of a group tried in vain for a part of it
# (https://github.com/python/cpython/issues/106052).
_COMMENT = r"//[^\n\r\u2028\u2029]*+|/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)\*/"
_SINGLE, _DOUBLE = (rf"{quote}(?:[^{quote}\\\n\r]++|\\(?:\r\n|[\s\S]))*+" for quote in "'\"")
# This matches at every place, so the tokens cover the whole text.
_TOKEN = re.compile(
    rf"(?>(?:[\s\ufeff]++|{_COMMENT})*)(?:"
    r"(?P<mark>[{}\[\],:])"
    rf"|(?P<text>{_SINGLE}'|{_DOUBLE}\")"
    rf"|(?P<cut_text>(?:{_SINGLE}|{_DOUBLE})\\?\Z)"
    r"|(?P<word>[^\s\ufeff{}\[\],:'\"/]++)"
    r"|(?P<end>\Z)"
    r"|(?P<odd>[\s\S]))"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(?:[ux][0-9a-fA-F]{0,3})?\Z|(\r\n|[\s\S]))")
_ESCAPED = {
    **dict(zip("bfnrtv0", "\b\f\n\r\t\v\0", strict=True)),
    # An escaped line end continues the string on the next line.
    **dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), ""),
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]++")
_HEXADECIMAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]++")
_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|Infinity|NaN)")
_WORDS = {"null": None, "true": True, "false": False}

_VALUE, _KEY, _COLON, _COMMA, _END = "a value", "a key", "a colon", "a comma", "the end of the file"
_FITS = {
    "{": (_VALUE,),
    "[": (_VALUE,),
    "}": (_KEY, _COMMA),
    "]": (_VALUE, _COMMA),
    ":": (_COLON,),
    ",": (_COMMA,),
}
"""What each mark may follow: what else could have come in its place."""
_CLOSES = {"}": dict, "]": list}
_NO_VALUE = object()


def read_json5(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[Any, Break | None]:
    """Parse a JSON5 value. Return it as far as it can be read, and the break if there is one."""
    text = data.decode(errors="replace")
    builder = _Builder(limits)
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or "odd"
        # A word that the end of the file cuts off, such as a number, would be wrong, so it is dropped.
        if kind == "end" or (kind == "word" and builder.is_open and token.end() == len(text)):
            break
        trouble = builder.take(kind, token[kind])
        if trouble:
            return builder.tree, Break(trouble, text.count("\n", 0, token.start(kind)) + 1)
    if builder.is_whole:
        return builder.tree, None
    return builder.tree, Break("the file ends in the middle of its JSON5", text.count("\n") + 1, at_end=True)


def unescape(inner: str) -> str:
    """Resolve the escapes in a JavaScript string, given what is between its quotes."""
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(_unescaped, inner)
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        return chr(int(code, 16))
    return _ESCAPED.get(escape[3], escape[3]) if escape[3] else ""


class _Builder:
    """Builds a tree from tokens. Open containers are kept in a list instead of on the call stack."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.tree: Any = None
        self._open: list[Any] = []
        self._key = ""
        """The key of the next value."""
        self._expected = _VALUE

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    @property
    def is_whole(self) -> bool:
        return self._expected == _END

    def take(self, kind: str, written: str) -> str:
        """Add one token to the tree. Return the reason if it cannot be added, otherwise ""."""
        if kind == "mark":
            fits = self._take_mark(written)
            if len(self._open) > self._limits.depth:
                return f"nested too deeply {self._limits.exceeded('depth')}"
        elif self._expected == _KEY:
            fits = kind != "odd"
            if fits:
                self._key = unescape(written if kind == "word" else written[1:-1])
                self._expected = _COLON
        else:
            value = _value(kind, written) if self._expected == _VALUE else _NO_VALUE
            fits = value is not _NO_VALUE
            if fits:
                self._put(value)
        return "" if fits else f"found {written[:20]!r} instead of {self._expected}"

    def _take_mark(self, mark: str) -> bool:
        inside = type(self._open[-1]) if self._open else None
        if self._expected not in _FITS[mark] or inside is not _CLOSES.get(mark, inside):
            return False
        if mark in "{[":
            container: Any = {} if mark == "{" else []
            self._put(container)
            self._open.append(container)
            self._expected = _KEY if mark == "{" else _VALUE
        elif mark in "}]":
            self._open.pop()
            self._expected = _COMMA if self._open else _END
        elif mark == ":":
            self._expected = _VALUE
        else:
            self._expected = _KEY if inside is dict else _VALUE
        return True

    def _put(self, value: Any) -> None:
        # A container is added when it opens, so the tree holds everything before a break.
        if not self._open:
            self.tree = value
        elif isinstance(self._open[-1], list):
            self._open[-1].append(value)
        else:
            self._open[-1][self._key] = value
        self._expected = _COMMA if self._open else _END


def _value(kind: str, written: str) -> Any:
    if kind == "text":
        return unescape(written[1:-1])
    if kind == "cut_text":
        return unescape(written[1:])
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written) and len(written) <= MAX_DIGITS:
        return int(written)
    if _HEXADECIMAL.fullmatch(written) and len(written) <= MAX_DIGITS:
        return int(written, 16)
    return float(written) if _NUMBER.fullmatch(written) else _NO_VALUE
