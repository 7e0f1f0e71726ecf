"""Tell by the line around a name and its value whether a bare word there can only be the value of a setting.

In `password: required` and `connect(password=entered)` the word is prose or code. In a line of YAML, INI or a log it is the password.
"""

import re

_MAX_LINE = 300
_MAX_SECTION = 1000
# Also in a comment and in a diff.
_INDENT = re.compile(r"[+#-]?[ \t]*+(?:- +)?[\"']?")
_REST = re.compile(r"[ \t]*+(?:[#;][^\n\0]*+)?(?=\r?\n|\0|\Z)")
_SETTING_LINE = re.compile(r"[+#-]?[ \t]*+(?:- +)?[\w.-]{1,60}:(?:[ \t]|\r?\Z)")
_SECTION = re.compile(r"^\[[\w .:\"-]{1,60}\][ \t]*\r?$", re.MULTILINE)
_DECLARATION = re.compile(r"(?:const|let|var|val|final|auto|static|local)[ \t]+\Z")
_PAIRS_BEFORE = re.compile(r"[^(){}]*[\w\"']=[^\s(){}]+[, \t]+")
_PAIR_END = re.compile(r"[\s\"'`\0]|\Z")
_OPEN = (" ", "\t", "\n", "\r", "\0", '"', "'", "`", "")
# Names of types and classes, which stand in the same place in code.
_TYPE_NAME = re.compile(r"(?:[A-Z][a-z]+|[a-z]+(?=[A-Z]))(?:[A-Z][a-z]+)*[!?]?")
_HEADER_BEGIN = re.compile(r"(?:(?:-H|--header)[ \t=]*[\"']|[<>] ?)[\w-]*\Z")
_ROW = re.compile(r"[ \t]*\|?[^|\n]*\|[^|\n]*\|?[ \t]*")


def is_pair(text: str, name_begin: int, value_begin: int, value_end: int) -> bool:
    """Return whether `name=word` stands by itself, between blanks or quotes, as in a log or a file of settings."""
    if text[max(0, name_begin - 1) : name_begin] not in _OPEN or _is_type(text[value_begin:value_end]):
        return False
    before = _line_before(text, name_begin)
    if _DECLARATION.search(before):
        return False
    if text[value_end - 1 : value_end] in (",", ";"):
        return _PAIRS_BEFORE.fullmatch(before) is not None
    return text[value_end - 1 : value_end] not in (")", "}", "]") and _PAIR_END.match(text, value_end) is not None


def is_setting_line(text: str, name_begin: int, value_begin: int, value_end: int, operator: str) -> bool:
    """Return whether `name: word` or `name = word` is a whole line of YAML or INI, by the lines next to it."""
    before = _line_before(text, name_begin)
    rest = _REST.match(text, value_end)
    if rest is None or not _INDENT.fullmatch(before) or _is_type(text[value_begin:value_end]):
        return False
    line_begin = name_begin - len(before)
    if operator == "=":
        return _SECTION.search(text, max(0, line_begin - _MAX_SECTION), line_begin) is not None
    above = text[max(0, line_begin - _MAX_LINE) : line_begin].rstrip("\r\n").rpartition("\n")[2]
    below = text[rest.end() : rest.end() + _MAX_LINE].lstrip("\r\n").partition("\n")[0]
    return any(map(_SETTING_LINE.match, (above, below)))


def is_header(text: str, name_begin: int, name: str) -> bool:
    """Return whether a name before a colon is that of a header: after `curl -H`, in a log of curl, or as it begins with `X-`."""
    head = text[max(0, name_begin - _MAX_LINE) : name_begin]
    return name[:2] in ("x-", "X-") or _HEADER_BEGIN.search(head[-20:]) is not None


def is_row_of_two(text: str, name_begin: int) -> bool:
    """Return whether a row of a table has a name and a value, and no further cell that describes them."""
    begin = name_begin - len(_line_before(text, name_begin))
    return _ROW.fullmatch(text[begin : begin + _MAX_LINE].partition("\n")[0].rstrip("\r")) is not None


def _line_before(text: str, place: int) -> str:
    return re.split(r"[\n\0]", text[max(0, place - _MAX_LINE) : place])[-1]


def _is_type(value: str) -> bool:
    return _TYPE_NAME.fullmatch(value.rstrip(",;")) is not None
